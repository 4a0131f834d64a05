"""Make ``CVMSansSC.otf``: the common Chinese characters, cut out of Noto Sans CJK SC.

Run it only to change the set of characters; the kit never does. It needs
``fonttools`` and the collection file of the fonts, which Debian has in the package
``fonts-noto-cjk``::

    python make_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The set is the 3,755 characters of GB 2312 level 1, ASCII, the punctuation of
Chinese typesetting, and whatever is named in ``ALSO``. The result has
a name of its own, so that a figure takes this very file on every machine, also where
the full fonts are installed, and comes out the same.
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

NAME = "CVM Sans SC"
ALSO = ""
HERE = Path(__file__).parent


def characters() -> set[str]:
    """List the characters the font holds."""
    rows = range(0xB0, 0xD8)  # level 1 of GB 2312, ordered by sound
    pairs = (bytes([row, cell]) for row in rows for cell in range(0xA1, 0xFF))
    common = {pair.decode("gb2312", "ignore") for pair in pairs} - {""}
    ascii_ = {chr(code) for code in range(0x20, 0x7F)}
    punctuation = {chr(code) for code in (*range(0x3000, 0x3018), *range(0xFF01, 0xFF5F))}
    return common | ascii_ | punctuation | set("—…‘’“”·×÷±−≤≥≈°％￥¥→←↑↓①②③④⑤⑥⑦⑧⑨⑩") | set(ALSO)


def simplified(collection: str) -> TTFont:
    """Pick the Simplified Chinese face out of the collection."""
    faces = TTCollection(collection).fonts
    return next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")


def main(collection: str) -> None:
    """Cut, rename and write the font."""
    font = simplified(collection)
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        drop_tables=["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS"], name_languages=[0x409],
    )  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters())))
    cutter.subset(font)
    for number, text in {1: NAME, 3: f"{NAME} Regular", 4: NAME, 6: "CVMSansSC-Regular"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = ["CVMSansSC-Regular"]
    top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = NAME
    font["head"].modified = font["head"].created  # the same file from the same source
    font.recalcTimestamp = False
    font.save(HERE / "CVMSansSC.otf")


if __name__ == "__main__":
    main(sys.argv[1])

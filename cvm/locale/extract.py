"""Collect every text a person reads into ``cvm.pot``, the list translators start from.

python cvm/locale/extract.py            write cvm.pot
python cvm/locale/extract.py --check    write nothing, exit 1 if it is out of step

No dates, no line numbers and no version: the file changes only when a text does.
A translator copies it to ``<language>/LC_MESSAGES/cvm.po``, fills it in, and makes
the catalogue with ``pybabel compile -d cvm/locale -D cvm``; nothing else changes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

PACKAGE = Path(__file__).resolve().parents[1]
POT = Path(__file__).with_name("cvm.pot")

# None: the first argument is the text, as gettext takes it.
KEYWORDS: dict[str, None] = {"_": None, "N_": None}
HEADER = """# The words of cvm, collected by: python cvm/locale/extract.py
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalogue() -> Catalog:
    """Read the package and give its texts, each with the files that use it."""
    found = Catalog(domain="cvm")
    # Sorted, because folders are listed in an order of the machine's own.
    rows = extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=["Translators:"]
    )
    for name, _line, text, comments, _context in sorted(rows, key=lambda row: row[:2]):
        place = "cvm/" + Path(name).as_posix()
        found.add(text, locations=[(place, 0)], auto_comments=comments)
    return found


def pot() -> str:
    """Give the text of ``cvm.pot``."""
    out = io.BytesIO()
    write_po(out, catalogue(), sort_output=True, omit_header=True, include_lineno=False, width=100)
    return HEADER + out.getvalue().decode("utf-8")


def main(arguments: list[str]) -> int:
    """Write the file, or check that it is in step; give the exit code."""
    now = pot()
    if "--check" in arguments:
        if POT.exists() and POT.read_text(encoding="utf-8") == now:
            return 0
        print(f"{POT.name} is out of step. Bring it in step with: python cvm/locale/extract.py")
        return 1
    POT.write_text(now, encoding="utf-8", newline="\n")
    print(f"{POT.name}: {len(catalogue())} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Make the class's export: ``python datasets/classroom/make.py``.

The answers are simulated; then they are dressed as a form tool would export them, with all
that a trainer finds in such a file. The same seed gives the same bytes on the pinned versions;
a test makes the file anew and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from cvm.luck import Luck
from cvm.survey import CLASSROOM, Fieldwork, Survey, simulate_survey
from cvm.survey.questionnaire import Item

HERE = Path(__file__).parent
SEED, STUDENTS, CHINESE = 2026, 84, 0.35
COMMENTS = ("", "", "", "", "the app is slow", "排队太久", "fine, thank you", "too many calls")


def made(folder: Path) -> None:
    """Write the export."""
    world = Survey(fieldwork=Fieldwork(response=0.9, missing=0.03, dealer_share=0))
    answers = simulate_survey(
        world, n=STUDENTS, seed=SEED, questionnaire=CLASSROOM, as_written=True
    )
    lines = dressed(answers, Luck(SEED).generator("classroom"))
    pd.DataFrame([*headings(), *lines]).to_csv(
        folder / "class.csv", index=False, header=False, lineterminator="\n", encoding="utf-8-sig"
    )


def headings() -> list[list[str]]:
    """Give three lines of heading: the English questions, the Chinese ones, the tool's marks."""
    leads = {"satisfaction, 5 points": "How satisfied are you with …",
             "agreement, 5 points": "How far do you agree?"}  # fmt: skip
    english, chinese = ["Timestamp", "Student number"], ["提交时间", "学号"]
    for item in CLASSROOM.items:
        lead = leads.get(item.scale.name)
        english.append(f"{lead} [{item.wording.en}]" if lead else item.wording.en)
        chinese.append(item.wording.zh)
    for choice in CLASSROOM.choices:
        english.append(choice.wording.en)
        chinese.append(choice.wording.zh)
    english, chinese = [*english, "Anything else?"], [*chinese, "其他意见"]
    return [english, chinese, [f'{{"ImportId":"QID{k}"}}' for k in range(len(english))]]


def dressed(answers: pd.DataFrame, rng: np.random.Generator) -> list[list[str]]:
    """Write answers the way people and tools do, and send some of them twice."""
    start = pd.Timestamp("2026-03-02 09:00:00")
    lines, times = (
        [],
        start + pd.to_timedelta(np.sort(rng.integers(20, 2400, len(answers))), unit="s"),
    )
    for (_, row), time in zip(answers.iterrows(), times, strict=True):
        tongue = "zh" if rng.random() < CHINESE else "en"
        cells = [written(row[item.code], item, tongue, rng) for item in CLASSROOM.items]
        chosen = [said(choice, row[choice.code], tongue) for choice in CLASSROOM.choices]
        who = f"26{int(row['respondent']) + 1:04d}"
        lines.append([f"{time:%Y-%m-%d %H:%M:%S}", who, *cells, *chosen, rng.choice(COMMENTS)])
    for k in (5, 19, 40):  # sent again later, with a second thought
        again = [*lines[k]]
        again[0] = f"{start + pd.Timedelta(minutes=45, seconds=int(k)):%Y-%m-%d %H:%M:%S}"
        again[2 + k % 3] = "5" if k % 3 == 0 else "4 - agree"
        lines.append(again)
    ease = 2 + [item.code for item in CLASSROOM.items].index("EASE")
    unasked = next(line for line in lines if line[-3] in ("no", "否"))
    unasked[ease] = "5"  # by somebody who had no reason to answer
    lines[30][1] = ""
    lines.insert(31, [*lines[30]])  # a double click, by somebody without a number
    lines.append([f"{start + pd.Timedelta(minutes=50):%Y-%m-%d %H:%M:%S}", "269999",
                  *[""] * (len(lines[0]) - 3), "only looking"])  # fmt: skip
    return lines


def written(value: float, item: Item, tongue: str, rng: np.random.Generator) -> str:
    """Write one answer: as a number, in words, or both."""
    if np.isnan(value):
        return (
            str(rng.choice(["", "N/A" if tongue == "en" else "不适用"]))
            if item.asked_if is None
            else ""
        )
    words = {a.value: a.label.said(tongue) for a in item.scale.anchors}  # type: ignore[arg-type]
    point = int(value)
    if point not in words:
        return str(point)
    both = f"{point} - {words[point]}" if tongue == "en" else f"{words[point]}（{point}）"
    return {"satisfaction": words[point], "agreement": both}.get(
        item.scale.name.split(",")[0], str(point)
    )


def said(choice, value: str, tongue: str) -> str:  # type: ignore[no-untyped-def]
    """Write the words of an option."""
    return next(o.label.said(tongue) for o in choice.options if o.value == value)  # type: ignore[arg-type]


if __name__ == "__main__":
    made(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)

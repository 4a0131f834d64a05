"""The page of all verdicts."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cvm import verdicts
from cvm.errors import CvmError
from cvm.research import claim, claims, region
from cvm.verdicts import verdict_page, write_verdicts

IDS = ("retention-profit", "pareto")


@pytest.fixture(scope="module")
def page():
    return verdict_page(ids=IDS, seeds=(1, 2), progress=False)


class Balance(HTMLParser):
    """Notes what was opened and never closed."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _attributes):
        if tag not in ("meta", "path", "use", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()


def test_a_claim_is_told_with_its_verdict_its_map_and_its_advice(page):
    for id in IDS:
        entry, trial = claim(id), claim(id).trial(seed=1)
        section = page.split(f'<section id="{id}">')[1].split("</section>")[0]
        for text in (
            trial.sentence(),
            str(region(trial)),
            entry.advice,
            entry.folklore,
            "second hand",
        ):
            assert text.replace("'", "&#x27;") in section
        assert section.count("<svg") == 1
        assert "with 2 of 2 lucks" in section or "with 1 of 2 lucks" in section


def test_the_list_at_the_top_leads_to_every_section(page):
    assert [page.count(f'href="#{id}"') for id in IDS] == [1, 1]
    assert page.index('href="#retention-profit"') < page.index("<section")


def test_the_page_is_one_whole_file_that_asks_for_nothing(page):
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    for outside in ("<script", "<link", "<img", "@import", "src="):
        assert outside not in page


def test_the_same_seeds_give_the_same_page():
    once = [verdict_page(ids=IDS[:1], seeds=(3,), progress=False) for _ in range(2)]
    assert once[0] == once[1]


def test_without_names_every_claim_of_the_ledger_is_on_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(
        verdicts, "_section", lambda entry, *_rest: f"<section>{entry.id}</section>"
    )
    monkeypatch.setattr(
        verdicts.Claim, "trial", lambda self, **_: type("T", (), {"verdict": "holds"})
    )
    path = write_verdicts(tmp_path / "made" / "page.html")
    text = path.read_text(encoding="utf-8")
    assert [text.count(f"<section>{id}</section>") for id in claims()["id"]] == [1] * len(claims())
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"{len(claims())}/{len(claims())} ")


def test_the_command_of_the_course_writes_it():
    course = Path(__file__).resolve().parents[1] / "course.py"
    told = subprocess.run(
        [sys.executable, course, "help"], capture_output=True, text=True, check=True
    )
    assert "python course.py verdicts" in told.stdout


def test_no_luck_and_an_unknown_claim_are_told():
    with pytest.raises(CvmError, match="There is no luck to try"):
        verdict_page(seeds=())
    with pytest.raises(CvmError, match="Did you mean 'pareto'"):
        verdict_page(ids=["paretto"])

"""Yunhe Telecom: the case's tables come out of their parameter file, byte for byte."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cvm import datasets, tables
from cvm.market import SCHEMAS, Market

FOLDER = Path(__file__).parents[1] / "datasets" / "yunhe"
FILES = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.csv"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("make_yunhe", FOLDER / "make.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    folder = tmp_path_factory.mktemp("yunhe")
    maker.made(folder)
    return folder


# exact -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_table_is_what_its_parameters_make(made, file):
    assert (made / file).read_bytes() == (FOLDER / file).read_bytes()


def test_nothing_is_made_that_does_not_lie_there(made):
    assert sorted(path.relative_to(made) for path in made.rglob("*.csv")) == FILES


def test_ledger_states_and_transactions_agree_to_the_cent():
    ledger, states = datasets.load("yunhe_ledger"), datasets.load("yunhe_states")
    paid = np.rint(100 * datasets.load("yunhe")["amount"]).sum()
    assert paid == np.rint(100 * ledger["revenue"]).sum() == np.rint(100 * states["revenue"]).sum()


# invariant ---------------------------------------------------------------------------


def test_the_parameter_file_names_every_parameter():
    plan = json.loads((FOLDER / "market.json").read_text())
    assert set(plan["market"]) == set(Market().to_dict())


@pytest.mark.parametrize("name", [n for n in datasets.names() if n.startswith("yunhe")])
def test_the_tables_pass_their_schemas_and_hide_the_truth(name):
    table = datasets.load(name)
    tables.check(table, SCHEMAS["transactions" if name == "yunhe" else name.split("_")[1]])
    assert not [column for column in table if str(column).startswith("true_")]


def test_the_truth_lies_apart():
    for file in FILES:
        header = pd.read_csv(FOLDER / file, nrows=0).columns
        assert any(c.startswith("true_") for c in header) == (file.parts[0] == "truth")


def test_it_stays_small():
    assert sum((FOLDER / file).stat().st_size for file in FILES) < 10e6


def test_every_column_has_its_chinese_term():
    words = pd.read_csv(FOLDER / "dictionary.csv")
    told = set(zip(words["table"], words["column"], strict=True))
    for file in FILES:
        if file.parts[0] != "truth" and file.stem != "dictionary":
            header = pd.read_csv(FOLDER / file, nrows=0).columns
            assert {(file.stem, column) for column in header} <= told
    assert words["字段"].str.contains("[\u4e00-\u9fff]").all()


def test_the_card_counts_right():
    card = datasets.card("yunhe")
    for name, rows in re.findall(r"^\| `([\w/]+)\.csv` \| ([\d,]+) \|", card, re.M):
        assert len(pd.read_csv(FOLDER / f"{name}.csv")) == int(rows.replace(",", "")), name

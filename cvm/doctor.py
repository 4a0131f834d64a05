"""Doctor: is everything here that the course needs, and if not, what to do.

It reads the kit's own list of requirements and looks at what is installed; it imports
nothing heavy, so that it can speak where another import would fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

import pandas as pd
from packaging.requirements import Requirement

from cvm.results import Result
from cvm.words import _

__all__ = ["SetupReport", "setup_report"]

#: Extras that a reader may want; those of developers are left out.
OPTIONAL = ("lab", "files", "grocery", "engines")


@dataclass(frozen=True, kw_only=True, repr=False)
class SetupReport(Result):
    """What the course needs and what is installed.

    Parameters
    ----------
    packages : DataFrame
        One row a package: package, part ("" for what every chapter needs, else the
        optional part it belongs to), needed (versions), found ("" if missing), ok,
        and remedy.
    """

    packages: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether every chapter can run."""
        needed = self.packages[self.packages["part"] == ""]
        return bool(needed["ok"].all())

    def sentence(self) -> str:
        """Say that all is here, or what is not and how to get it."""
        wrong = self.packages[~self.packages["ok"]]
        head = _("Everything the course needs is here.") if self.ok else _("Not all is here yet.")
        return "\n".join([head, *(_line(row) for _place, row in wrong.iterrows())])

    def to_frame(self) -> pd.DataFrame:
        """Give the table of packages."""
        return self.packages.copy()


def setup_report() -> SetupReport:
    """Look at what is installed.

    Returns
    -------
    SetupReport
        A sentence, or ``.to_frame()`` for the table of all packages.
    """
    rows = [
        _row(Requirement(line), part)
        for part in ("", *OPTIONAL)
        for line in metadata.requires("cvm") or ()
        if _wanted(Requirement(line), part)
    ]
    columns = ["package", "part", "needed", "found", "ok", "remedy"]
    return SetupReport(packages=pd.DataFrame(rows, columns=columns))


def _wanted(requirement: Requirement, part: str) -> bool:
    """Tell whether a requirement belongs to an optional part, or to every chapter."""
    marker = requirement.marker
    if not part:
        return marker is None or marker.evaluate({"extra": ""})
    always = marker is None or marker.evaluate({"extra": ""})
    return not always and marker is not None and marker.evaluate({"extra": part})


def _row(requirement: Requirement, part: str) -> dict[str, object]:
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        found = ""
    ok = bool(found) and requirement.specifier.contains(found, prereleases=True)
    wanted = f"{requirement.name}{requirement.specifier}"
    return {
        "package": requirement.name,
        "part": part,
        "needed": str(requirement.specifier),
        "found": found,
        "ok": ok,
        "remedy": "" if ok else f'python -m pip install "{wanted}"',
    }


def _line(row: pd.Series) -> str:
    state = _("is version {found}", found=row["found"]) if row["found"] else _("is not installed")
    return _(
        "- {package} {state}; {for_what} needs {needed}. Install it with: {remedy}",
        package=row["package"],
        state=state,
        for_what=_("the optional part '{part}'", part=row["part"])
        if row["part"]
        else _("the course"),
        needed=row["needed"] or _("any version"),
        remedy=row["remedy"],
    )

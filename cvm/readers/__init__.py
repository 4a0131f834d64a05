"""Readers: the files people have, turned into tables that can be trusted.

:func:`read_table` takes CSV, Excel and Parquet as they come: with a byte order mark or in
GB18030, with semicolons, decimal commas, currency signs, dates in the common forms,
Chinese column names. It is tolerant of all that has one meaning and strict about all
that has two: a date whose day and month cannot be told apart, ``1.234``, an id that a
spreadsheet has rounded, a sheet nobody named. It returns a whole checked table or raises
with everything that is wrong, each fault with its line in the file.

    log = read_table("orders.csv", schema=tables.TRANSACTIONS,
                     columns={"客户": "customer", "日期": "date", "金额": "amount"})

:func:`read_answers` takes what a form tool exports for a questionnaire of
:mod:`cvm.survey`, with its headings of several lines and its answers in words.

:func:`read_online_retail` takes the Online Retail II workbook as it is downloaded.

:func:`load_database` brings the files of a customer database into it, all or nothing.

Files larger than memory are not for these: give the path of a Parquet file to
:func:`cvm.tiering.rfm`.
"""

from cvm.readers.answers import read_answers
from cvm.readers.database import load_database
from cvm.readers.online_retail import OnlineRetail, read_online_retail
from cvm.readers.table import read_table

__all__ = ["OnlineRetail", "load_database", "read_answers", "read_online_retail", "read_table"]

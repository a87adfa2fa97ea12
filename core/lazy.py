"""Libraries that cost more to import than a start may take: each is imported when something of it is first used.

The web process and most commands compute nothing; with these libraries at the top of a module each start would pay for
them. So every module takes them from here, under their usual names, and never imports them itself. Where they stand in
annotations, ``from __future__ import annotations`` keeps those from being evaluated.
"""

from importlib import import_module
from typing import TYPE_CHECKING


class Lazy:
    """Stands for the module ``name`` and imports it at the first attribute that is asked of it."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str):
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value


if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq
    import pypinyin
    import scipy.optimize as optimize
    import scipy.special as special
    import xlsxwriter
else:
    np = Lazy("numpy")
    pd = Lazy("pandas")
    pa = Lazy("pyarrow")
    pacsv = Lazy("pyarrow.csv")
    pq = Lazy("pyarrow.parquet")
    pypinyin = Lazy("pypinyin")
    optimize = Lazy("scipy.optimize")
    special = Lazy("scipy.special")
    xlsxwriter = Lazy("xlsxwriter")

"""Shelf of the sieve: each method is one file of SQL and one of Python, in the order they build on each other.

``compute(connection, params)`` runs the method and keeps its result in the connection as a temporary
table of its kind, which later methods read (``NEEDS``). The fields of ``Params`` are the places in its SQL.
``explain(row)`` says one row of the result in a sentence.
"""

from __future__ import annotations

from vafa.core.shelf import Shelf
from vafa.segment.methods import (
    abc_xyz,
    active_days,
    affinity,
    buying_types,
    cohort_value,
    cohorts,
    crr,
    days,
    gaps,
    ladder,
    lateness,
    lookalikes,
    ltv,
    pairs,
    pareto,
    portrait,
    products,
    rfm,
    summary,
    traits,
    years,
)

METHODS = Shelf(
    "methods",
    "compute",
    days,
    summary,
    gaps,
    active_days,
    pareto,
    abc_xyz,
    rfm,
    ladder,
    lateness,
    ltv,
    crr,
    cohorts,
    years,
    cohort_value,
    buying_types,
    products,
    pairs,
    affinity,
    traits,
    portrait,
    lookalikes,
)

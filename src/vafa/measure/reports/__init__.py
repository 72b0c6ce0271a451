"""Shelf of the mirror: reports. Each is one file (with its template beside it) that makes one HTML page
which opens without a network: ``render(analysis, params)``."""

from __future__ import annotations

from vafa.core.shelf import Shelf
from vafa.measure.reports import customer_base

REPORTS = Shelf("reports", "render", customer_base)

"""Step 6, check: is what the page shows credible, and what does it say? Pure; the rules are in `cells`, `check`, `pages`."""

from __future__ import annotations

from tracker.contract.attributes import parse_attribute
from tracker.contract.cells import CellError, number_of, parse_measure, parse_rank, parse_spread, reader
from tracker.contract.check import CODES, GUARDS, check
from tracker.contract.columns import keys_of
from tracker.contract.names import clean_name, clean_text, fold_doubled
from tracker.contract.pages import recognise

__all__ = [
    "CODES",
    "GUARDS",
    "CellError",
    "check",
    "clean_name",
    "clean_text",
    "fold_doubled",
    "keys_of",
    "number_of",
    "parse_attribute",
    "parse_measure",
    "parse_rank",
    "parse_spread",
    "reader",
    "recognise",
]

"""A published name → who it is."""

from __future__ import annotations

from tracker.lexicon import Lexicon
from tracker.model import Identity, ModelId, folded_name


def resolve(raw_name: str, org_hint: str | None = None, source: str | None = None, *, lexicon: Lexicon | None = None) -> Identity:
    """Who a published name stands for."""
    folded = "-".join(folded_name(raw_name))
    return Identity(name=raw_name, model=ModelId(folded), variant=folded)

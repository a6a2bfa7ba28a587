"""Slots → ids: one text per model and per variant, the same for every spelling."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.identity.dates import Date
from tracker.identity.parse import Parsed
from tracker.identity.slots import Slots


def core(parsed: Parsed) -> str:
    """The model without its marks: maker, line, generation, words in one order, size, base. The base of two ids that differ by date."""
    slots, line = parsed.slots, parsed.line
    words = slots.words if line is None or not parsed.named else slots.words.union(parsed.named)
    pieces = (
        "" if line is None else line.slug,
        slots.generation,
        *slots.numbers,
        *sorted(words),
        slots.size.mark,
        _context(parsed),
    )
    name = "-".join(filter(None, (*pieces, "base" if slots.base else "")))
    place = parsed.owner.slug if parsed.owner is not None else "" if line is None or parsed.named else line.maker.slug
    return f"{place}/{name}" if place else name


def _context(parsed: Parsed) -> str:
    """A window is part of the name where models were released by it; `>200k` is a price tier."""
    context = parsed.slots.context
    if context.startswith(">"):
        return ""
    return "" if parsed.line is not None and not parsed.named and parsed.line.family.context == "variant" else context


def marks(slots: Slots) -> str:
    """What tells snapshots of one model apart, as a name states it."""
    return marks_of(dates=slots.dates, revision=slots.revision, preview=slots.preview)


def marks_of(*, dates: Sequence[Date], revision: str, preview: bool) -> str:
    """Preview, revision, date. Revision 001 is what the bare name means."""
    dated = next((date.mark for date in dates if date.day), "") or next((date.mark for date in dates), "")
    return "".join(f"-{mark}" for mark in ("preview" if preview else "", revision.replace("001", ""), dated) if mark)


def model_text(parsed: Parsed) -> str:
    """The id of a model as its name alone gives it; of a system, its parts in their order."""
    if parsed.parts:
        return "system:" + "+".join(core(part) + marks(part.slots) for part in parsed.parts)
    return core(parsed) + marks(parsed.slots)


def flags(parsed: Parsed) -> str:
    """The flags stated, as a variant's id bears them."""
    slots = parsed.slots
    stated = (
        ("reasoning", "" if slots.reasoning == "unspecified" else slots.reasoning),
        ("effort", slots.effort),
        ("thinking_budget", slots.budget),
        ("quant", slots.quant),
        ("context", slots.context if not _context(parsed) else ""),
        ("serving", "+".join(sorted(set(slots.serving)))),
        ("harness", "+".join(sorted(set(slots.harness)))),
    )
    return ",".join(f"{name}={value}" for name, value in stated if value)

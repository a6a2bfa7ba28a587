"""Composes ids from slots: one text per model and per variant, the same for every spelling."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.identity.dates import Date
from tracker.identity.parsed import Parsed, Slots
from tracker.identity.vocabulary import COMMON, TIERS


def core(parsed: Parsed) -> str:
    """The model without its marks, which ids that differ only by date share: maker/family-generation-tier-size-tune.

    The words within a part are sorted, so that their order in the name does not matter. A maker known only from a board's hint is
    not part of the id: without the hint the same name is the same model.
    """
    slots, line = parsed.slots, parsed.line
    brand, tiers, others = _words(parsed)
    pieces = (*_family(brand, line.slug if line is not None else "", slots.generation), *slots.numbers, *tiers)
    name = "-".join(filter(None, (*pieces, slots.size.mark, *others, _context(parsed), "base" if slots.base else "")))
    place = parsed.owner.slug if parsed.owner is not None else "" if line is None or parsed.named else line.maker.slug
    return f"{place}/{name}" if place else name


def _words(parsed: Parsed) -> tuple[list[str], list[str], list[str]]:
    """The words that distinguish models: those of an undeclared brand, tiers, and all others."""
    words = parsed.slots.words
    if not words and not parsed.named:
        return [], [], []
    undeclared = parsed.line is None or bool(parsed.named)
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for word in sorted(words.union(parsed.named) if parsed.line is not None else words):
        parts[0 if undeclared and word not in COMMON else 1 if word in TIERS else 2].append(word)
    return parts


def _family(brand: Sequence[str], slug: str, generation: str) -> tuple[str, ...]:
    """Brand and generation; a name that ends in a single letter is joined to the number: o3, DeepSeek-R1."""
    if generation[:1].isdigit() and slug[-2:-1] in ("", "-") and slug:
        return (*brand, slug + generation)
    return (*brand, slug, generation)


def _context(parsed: Parsed) -> str:
    """The context window, if models were released by it; `>200k` is a price tier."""
    context = parsed.slots.context
    if not context or context.startswith(">"):
        return ""
    return "" if parsed.line is not None and not parsed.named and parsed.line.family.context == "variant" else context


def marks(slots: Slots) -> str:
    """What distinguishes snapshots of one model, as a name states it."""
    return marks_of(dates=slots.dates, revision=slots.revision, preview=slots.preview)


def marks_of(*, dates: Sequence[Date], revision: str, preview: bool) -> str:
    """Preview, revision, date. The bare name means revision 001."""
    text = "-preview" if preview else ""
    if revision and revision != "001":
        text += f"-{revision}"
    if dates:
        dated = next((date for date in dates if date.day), dates[0]).mark
        text += f"-{dated}" if dated else ""
    return text


def model_text(parsed: Parsed, its_core: str = "") -> str:
    """The id of a model from its name alone; of a system, its parts in order. `its_core` is the core, if already composed."""
    if parsed.parts:
        return "system:" + "+".join(core(part) + marks(part.slots) for part in parsed.parts)
    return (its_core or core(parsed)) + marks(parsed.slots)


def flags(parsed: Parsed) -> str:
    """The stated flags, as in a variant's id."""
    slots = parsed.slots
    stated = (
        ("reasoning", "" if slots.reasoning == "unspecified" else slots.reasoning),
        ("effort", slots.effort),
        ("thinking_budget", slots.budget),
        ("quant", slots.quant),
        ("context", slots.context if slots.context and not _context(parsed) else ""),
        ("serving", together(slots.serving)),
        ("harness", together(slots.harness)),
    )
    return ",".join([f"{name}={value}" for name, value in stated if value])


def together(words: Sequence[str]) -> str:
    """Several words of one flag, sorted."""
    return "+".join(sorted(set(words))) if words else ""

"""Resolves a published name: by the grammar, then by the lexicon; unsure if both leave it open.

Source: docs/decisions/0011-identity.md
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec.structs import replace

from tracker.identity import compose, questions
from tracker.identity.facts import Doubt, Facts, facts, read_as, snapshot_of
from tracker.identity.known import KnownNames
from tracker.identity.known import known as arranged
from tracker.identity.makers import Maker
from tracker.identity.parse import is_system, parse
from tracker.identity.parsed import Parsed
from tracker.identity.slots import atoms
from tracker.identity.tokens import LONGEST
from tracker.model import Confidence, Identity, ModelId
from tracker.model.names import Lexicon

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def resolve(raw_name: str, org_hint: str | None = None, source: str | None = None, *, lexicon: Lexicon) -> Identity:
    """The identity of a published name.

    `org_hint` is the maker according to the board, `source` the board. With `EMPTY_LEXICON` the grammar decides alone. Never
    raises: a name that cannot be read is unsure.
    """
    return _resolve(raw_name, org_hint or None, source or "", lexicon)


def line_name(family: str, generation: str, *, lexicon: Lexicon) -> str:
    """A family's generation as people write it: `GPT-5`, `o3`, `DeepSeek V4`; with a blank unless the family has a `line`."""
    return arranged(lexicon).line_name(family, generation)


@lru_cache(maxsize=65536)
def _resolve(raw: str, hint: str | None, source: str, lexicon: Lexicon) -> Identity:
    if len(raw) > LONGEST or _LETTER_OR_DIGIT.search(raw) is None:
        return Identity(name=raw, reason=questions.UNREADABLE)
    known = facts(lexicon)
    parsed = parse(raw, hint if hint and len(hint) <= LONGEST else None, known.known)
    decided, model, confidence, reason = _decided(parsed, source, known)
    decided.slots.size = parsed.slots.size.as_read(decided.slots.size)
    if decided.guess and not parsed.copy and _is_declared(parsed, decided, known):
        decided = replace(decided, guess=False)
    answer = (model if confidence is not Confidence.UNSURE else None, confidence, reason)
    return _identity(raw, decided, known.known, answer)


def _is_declared(parsed: Parsed, decided: Parsed, known: Facts) -> bool:
    """Whether the lexicon states the model, and so its lab."""
    core = compose.core(parsed)
    named = core in known.renamed or compose.model_text(parsed, core) in known.aliases
    return named or compose.core(decided) in known.releases


def _decided(parsed: Parsed, source: str, known: Facts) -> tuple[Parsed, str, Confidence, str]:
    """The name as people read it, its model, the confidence, and the reason."""
    core = compose.core(parsed)
    text = compose.model_text(parsed, core)
    doubt = _doubt(text, source, known)
    if doubt is not None:
        partly = replace(parsed, maker=doubt.maker, named=(doubt.family,), line=None) if doubt.family else parsed
        return partly, text, Confidence.UNSURE, doubt.why
    if parsed.parts:
        return parsed, text, Confidence.STATED, "a system of several parts"
    read, confidence = _read_as_written(parsed, core, text, known)
    model, open_because = _model(read, core if read is parsed else compose.core(read), known)
    doubt = _doubt(model, source, known) if model != text else None
    why = open_because or (doubt.why if doubt is not None else "") or _why_open(read)
    if why:
        return read, model, Confidence.UNSURE, why
    if confidence is Confidence.STATED and model != text:
        confidence = Confidence.ALIAS
    return read, model, confidence, "as the name states" if confidence is Confidence.STATED else "as written down for its lab"


def _read_as_written(parsed: Parsed, core: str, text: str, known: Facts) -> tuple[Parsed, Confidence]:
    """The name after its alias, if any."""
    target = known.aliases.get(text)
    if target is not None:
        return read_as(parsed, target, marked=True), Confidence.ALIAS
    target = known.renamed.get(core)
    if target is not None:
        marked = bool(compose.marks(target.slots))
        parsed = read_as(parsed, target, marked=marked)
        again = known.renamed.get(compose.core(target))
        return (read_as(parsed, again, marked=False) if again is not None else parsed), Confidence.ALIAS
    return parsed, Confidence.STATED


def _model(parsed: Parsed, core: str, known: Facts) -> tuple[str, str]:
    """The model's id, and why it is open, if so."""
    slots, core = parsed.slots, _under(core, known)
    entry = known.releases.get(core)
    stamped = parsed.line is not None and parsed.line.is_stamped(slots.generation)
    if entry is not None and entry.stamped is not None:
        stamped = entry.stamped
    if entry is None or not entry.snapshots:
        dates = [] if stamped else [date for date in slots.dates if not (parsed.stamped and date.year and date.day)]
        preview = slots.preview and not (entry is not None and entry.preview_is_release)
        kept = compose.marks_of(dates=dates, revision=slots.revision, preview=preview)
        return core + kept, questions.MOVING if slots.latest and not slots.dates and entry is None else ""
    if not slots.dates and not slots.revision and not (slots.preview and not entry.preview_is_release):
        if entry.bare is None and parsed.spelled == "repository" and slots.chat:
            return entry.snapshots[0].model, ""  # a repository keeps its name; later ones have a date
        return (entry.bare, "") if entry.bare is not None else (core, questions.SEVERAL_SNAPSHOTS)
    snapshot = snapshot_of(entry, slots)
    if snapshot is None:
        return core, questions.SEVERAL_SNAPSHOTS
    return snapshot or core + compose.marks(slots), ""


def _under(core: str, known: Facts) -> str:
    """The core of its releases in the lexicon, with or without an optional size."""
    target = known.renamed.get(core)
    return compose.core(target) if target is not None and core not in known.releases else core


def _doubt(text: str, source: str, known: Facts) -> Doubt | None:
    doubt = known.unsure.get(text)
    if doubt is None or (doubt.sources and not source.startswith(doubt.sources)):
        return None
    return doubt


def _why_open(parsed: Parsed) -> str:
    if parsed.several:
        return questions.TWO_ROWS
    if parsed.copy:
        return questions.COPY
    slots = parsed.slots
    undecided = slots.reasoning == "unspecified" and not slots.tune.startswith(("inst", "base"))
    if parsed.line is not None and parsed.line.both and parsed.spelled == "title" and undecided:
        stated = atoms(slots)
        if any(condition <= stated for condition in parsed.line.both):
            return questions.TWO_KINDS
    if not (slots.words or slots.generation or slots.numbers or slots.size.mark or slots.dates or parsed.line):
        return questions.UNBRANDED
    return ""


def _identity(raw: str, parsed: Parsed, known: KnownNames, answer: tuple[str | None, Confidence, str]) -> Identity:
    """The record of a name. `answer`: its model, the confidence, and the reason."""
    model, confidence, reason = answer
    slots, maker = parsed.slots, _maker(parsed, known) or Maker(name="", slug="")
    stated = compose.flags(parsed)
    family = _family(raw, parsed)
    is_built_on = parsed.line is not None and bool(parsed.named)  # then the generation is the base model's
    generation = "" if is_built_on else slots.shown_generation
    return Identity(
        name=raw,
        lab=maker.name,
        country=maker.country,
        family=family,
        generation=generation,
        line_title=known.line_name(family, generation),
        tier=" ".join(slots.tier),
        size_total_b=slots.size.total,
        size_active_b=slots.size.active,
        tune=slots.tune,
        kind="system" if is_system(parsed) else slots.kind or (parsed.line.family.kind if parsed.line is not None else "llm"),
        reasoning=slots.reasoning,
        effort=slots.effort,
        thinking_budget=slots.budget,
        quant=slots.quant,
        context=slots.context,
        serving=compose.together(slots.serving),
        harness=compose.together(slots.harness),
        preview=slots.preview or slots.unfinished,
        date=max([date.text for date in slots.dates], key=len) if slots.dates else "",
        model=ModelId(model) if model is not None else None,
        variant=None if model is None else f"{model}#{stated}" if stated else model,
        confidence=confidence,
        reason=reason,
        guessed_lab=parsed.guess and maker is parsed.maker,
        guessed_family=parsed.line is None or bool(parsed.named) or maker is not parsed.line.maker,
    )


def _maker(parsed: Parsed, known: KnownNames) -> Maker | None:
    """The creator that the board states, if it is another one than the name suggests."""
    maker, creator = parsed.maker, parsed.creator
    if creator is None or maker is None or creator.slug == maker.slug:
        return maker
    return maker if known.is_part_of(maker, creator.name) else creator


def _family(raw: str, parsed: Parsed) -> str:
    """The brand line as its lab writes it; an undeclared brand as the board writes it."""
    if parsed.line is not None and not parsed.named:
        return parsed.line.family.name
    lowered = raw.lower()
    return " ".join(_as_written(word, raw, lowered) for word in parsed.named)


def _as_written(word: str, raw: str, lowered: str) -> str:
    at = lowered.find(word)
    if at >= 0 and len(lowered) == len(raw):
        return raw[at : at + len(word)]
    return word.capitalize() if word.islower() else word

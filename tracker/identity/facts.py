"""What people wrote down of single models, by the ids that the grammar gives the names they wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from tracker.errors import DeclarationError
from tracker.identity import compose
from tracker.identity.dates import Date
from tracker.identity.known import KnownNames, Maker, known
from tracker.identity.parse import Parsed, parse
from tracker.identity.slots import Slots
from tracker.model.names import Lexicon, Release, folded

UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSnapshot:
    """One release of a model: its marks, and its id."""

    dates: tuple[Date, ...]
    revision: str
    preview: bool
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """A model's snapshots. `bare` is the id that its name without a mark means, None where that is open."""

    snapshots: tuple[ModelSnapshot, ...] = ()
    bare: str | None = None
    preview_is_release: bool = False
    stamped: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a name does not say which model it means, on boards whose id begins so, and whose model it is at least."""

    why: str
    sources: tuple[str, ...]
    maker: Maker
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Releases and readings by a model's core, aliases and unsure names by the whole id."""

    known: KnownNames
    releases: Mapping[str, Releases] = field(default_factory=dict)
    aliases: Mapping[str, Parsed] = field(default_factory=dict)
    renamed: Mapping[str, Parsed] = field(default_factory=dict)
    unsure: Mapping[str, Doubt] = field(default_factory=dict)


@lru_cache(maxsize=16)
def facts(lexicon: Lexicon) -> Facts:
    """The lexicon's facts, kept.

    Raises:
        DeclarationError: two names that the grammar reads alike are declared to be different things.
    """
    arranged = known(lexicon)
    releases: dict[str, Releases] = {}
    aliases: dict[str, Parsed] = {}
    renamed: dict[str, Parsed] = {}
    unsure: dict[str, Doubt] = {}
    for place, lab in lexicon.labs.items():
        for release in lab.releases:
            _add_release(release, place, arranged, releases, renamed)
        for name, meaning in lab.aliases.items():
            parsed, target = parse(name, None, arranged), parse(meaning, None, arranged)
            if compose.marks(parsed.slots) or parsed.parts:
                _add(aliases, compose.model_text(parsed), target, f"{place}: aliases", name)
            else:
                _add(renamed, compose.core(parsed), target, f"{place}: aliases", name)
        for one in lab.unsure:
            doubt = Doubt(why=one.why, sources=one.sources, maker=arranged.makers[folded(lab.lab)], family=one.family)
            for name in one.names:
                _add(unsure, compose.model_text(parse(name, None, arranged)), doubt, f"{place}: unsure", name)
    return Facts(known=arranged, releases=releases, aliases=aliases, renamed=renamed, unsure=unsure)


def _add(found: dict[str, Any], key: str, value: object, place: str, name: str) -> None:
    if found.get(key, value) is not value:
        raise DeclarationError(f'{place}: "{name}" is read as {key}, which is declared already; expected it once; remove one')
    found[key] = value


def _add_release(
    release: Release, place: str, arranged: KnownNames, releases: dict[str, Releases], renamed: dict[str, Parsed]
) -> None:
    parsed = parse(release.name, None, arranged)
    snapshots = tuple(_snapshot(release.name, mark, arranged) for mark in release.snapshots)
    bare = snapshots[0].model if len(snapshots) == 1 and not release.bare else None
    if release.bare not in ("", UNSURE):
        bare = _snapshot(release.name, release.bare, arranged).model
    if bare is not None:  # what the plain name means has the plain id
        snapshots = tuple(replace(one, model=compose.core(parsed)) if one.model == bare else one for one in snapshots)
        bare = compose.core(parsed)
    entry = Releases(
        snapshots=snapshots,
        bare=bare,
        preview_is_release=release.preview == "release",
        stamped={"stamp": True, "snapshot": False}.get(release.dates),
    )
    _add(releases, compose.core(parsed), entry, f"{place}: releases", release.name)
    for size in release.sizes:
        sized = compose.core(parse(f"{release.name} {size}", None, arranged))
        _add(renamed, sized, parsed, f"{place}: releases", f"{release.name} {size}")


def _snapshot(name: str, mark: str, arranged: KnownNames) -> ModelSnapshot:
    parsed = parse(f"{name} ({mark})" if mark != "release" else name, None, arranged)
    slots = parsed.slots
    return ModelSnapshot(
        dates=tuple(slots.dates),
        revision=slots.revision,
        preview=slots.preview,
        model=compose.core(parsed) + compose.marks(slots),
    )


def read_as(parsed: Parsed, target: Parsed, *, marked: bool) -> Parsed:
    """A name read as another: the model is the other's, the flags stay. `marked`: the marks are the other's too."""
    mine, other = parsed.slots, target.slots
    slots = replace(
        mine,
        generation=other.generation,
        shown_generation=other.shown_generation or mine.shown_generation,
        numbers=other.numbers,
        words=other.words,
        tier=other.tier or mine.tier,
        size=other.size if other.size.mark else mine.size,
        base=other.base,
        kind=other.kind or mine.kind,
        reasoning=mine.reasoning if mine.reasoning != "unspecified" else other.reasoning,
        effort=mine.effort or other.effort,
        serving=mine.serving or other.serving,
        harness=mine.harness or other.harness,
        context=mine.context if not target.slots.context else other.context,
    )
    if marked:
        slots = replace(slots, dates=other.dates, revision=other.revision, preview=other.preview, latest=other.latest)
    return replace(parsed, slots=slots, maker=target.maker, line=target.line, named=target.named, owner=target.owner)


def snapshot_of(entry: Releases, slots: Slots) -> str | None:
    """The id of the one snapshot that the stated marks allow; None where they allow several; empty where none."""
    fitting = [one for one in entry.snapshots if _fits(one, slots, Date.agrees)]
    fitting = fitting or [one for one in entry.snapshots if _fits(one, slots, Date.is_beside)]
    if len({one.model for one in fitting}) > 1:
        fitting = [one for one in fitting if one.preview == slots.preview] or fitting
    models = {one.model for one in fitting}
    if len(models) == 1:
        return models.pop()
    return None if models else ""


def _fits(one: ModelSnapshot, slots: Slots, alike: Callable[[Date, Date], bool]) -> bool:
    if slots.preview and not one.preview:
        return False
    if slots.revision and one.revision and slots.revision != one.revision:
        return False
    if slots.revision and not one.revision and slots.revision != "001":
        return False
    return not slots.dates or not one.dates or any(alike(date, other) for date in slots.dates for other in one.dates)

"""The lexicon's facts about single models, by the ids that the grammar gives their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tracker.errors import DeclarationError
from tracker.identity import compose
from tracker.identity.dates import Date
from tracker.identity.known import KnownNames, known
from tracker.identity.makers import Maker
from tracker.identity.parse import parse
from tracker.identity.parsed import Parsed, Slots
from tracker.model.names import Lexicon, Release, folded

UNSURE = "unsure"


class ModelSnapshot(Struct, frozen=True, kw_only=True):
    """One release of a model, with its marks and its id."""

    dates: tuple[Date, ...]
    revision: str
    preview: bool
    model: str


class Releases(Struct, frozen=True, kw_only=True):
    """A model's snapshots. `bare` is the id of the name without a mark, None if that is open."""

    snapshots: tuple[ModelSnapshot, ...] = ()
    bare: str | None = None
    preview_is_release: bool = False
    stamped: bool | None = None


class Doubt(Struct, frozen=True, kw_only=True):
    """Why a name is ambiguous, on boards whose id begins with one of `sources`, and its lab and family."""

    why: str
    sources: tuple[str, ...]
    maker: Maker
    family: str


class Facts(Struct, frozen=True, kw_only=True):
    """The facts of a lexicon: `releases` and `renamed` by a model's core, `aliases` and `unsure` by the whole id."""

    known: KnownNames
    releases: Mapping[str, Releases] = {}
    aliases: Mapping[str, Parsed] = {}
    renamed: Mapping[str, Parsed] = {}
    unsure: Mapping[str, Doubt] = {}


@lru_cache(maxsize=16)
def facts(lexicon: Lexicon) -> Facts:
    """The lexicon's facts, cached.

    Raises:
        DeclarationError: two names that the grammar reads alike are declared with different meanings.
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
        for ambiguous in lab.unsure:
            maker = arranged.makers[folded(lab.lab)]
            doubt = Doubt(why=ambiguous.why, sources=ambiguous.sources, maker=maker, family=ambiguous.family)
            for name in ambiguous.names:
                _add(unsure, compose.model_text(parse(name, None, arranged)), doubt, f"{place}: unsure", name)
    return Facts(known=arranged, releases=releases, aliases=aliases, renamed=renamed, unsure=unsure)


def _add(facts: dict[str, Any], key: str, value: object, place: str, name: str) -> None:
    if facts.get(key, value) is not value:
        raise DeclarationError(f'{place}: "{name}" is read as {key}, which is declared already; expected it once; remove one')
    facts[key] = value


def _add_release(
    release: Release, place: str, arranged: KnownNames, releases: dict[str, Releases], renamed: dict[str, Parsed]
) -> None:
    parsed = parse(release.name, None, arranged)
    snapshots = tuple(_snapshot(release.name, mark, arranged) for mark in release.snapshots)
    bare = snapshots[0].model if len(snapshots) == 1 and not release.bare else None
    if release.bare not in ("", UNSURE):
        bare = _snapshot(release.name, release.bare, arranged).model
    if bare is not None:  # the snapshot that the plain name means has the plain id
        plain = compose.core(parsed)
        snapshots = tuple(replace(release, model=plain) if release.model == bare else release for release in snapshots)
        bare = plain
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
    """A name read as another one: it gets the other's model and keeps its own flags. `marked`: it gets the other's marks too."""
    own, other = parsed.slots, target.slots
    slots = replace(
        own,
        generation=other.generation,
        shown_generation=other.shown_generation or own.shown_generation,
        numbers=other.numbers,
        words=other.words,
        tier=other.tier or own.tier,
        size=other.size if other.size.mark else own.size,
        base=other.base,
        kind=other.kind or own.kind,
        reasoning=own.reasoning if own.reasoning != "unspecified" else other.reasoning,
        effort=own.effort or other.effort,
        serving=own.serving or other.serving,
        harness=own.harness or other.harness,
        context=other.context or own.context,
    )
    if marked:
        slots = replace(slots, dates=other.dates, revision=other.revision, preview=other.preview, latest=other.latest)
    return replace(parsed, slots=slots, maker=target.maker, line=target.line, named=target.named, owner=target.owner)


def snapshot_of(entry: Releases, slots: Slots) -> str | None:
    """The id of the one snapshot that the stated marks allow; None if they allow several; empty if none."""
    fitting = [snapshot for snapshot in entry.snapshots if _fits(snapshot, slots, Date.agrees)]
    fitting = fitting or [snapshot for snapshot in entry.snapshots if _fits(snapshot, slots, Date.is_beside)]
    if len({snapshot.model for snapshot in fitting}) > 1:
        fitting = [snapshot for snapshot in fitting if snapshot.preview == slots.preview] or fitting
    models = {snapshot.model for snapshot in fitting}
    if len(models) == 1:
        return models.pop()
    return None if models else ""


def _fits(snapshot: ModelSnapshot, slots: Slots, alike: Callable[[Date, Date], bool]) -> bool:
    if slots.preview and not snapshot.preview:
        return False
    if slots.revision and slots.revision != (snapshot.revision or "001"):
        return False
    return not slots.dates or not snapshot.dates or any(alike(*dates) for dates in product(slots.dates, snapshot.dates))

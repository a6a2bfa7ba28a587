"""`tracker events`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import click

from tracker import toml
from tracker.cli._open import Time, as_json, print_json, when
from tracker.errors import DeclarationError
from tracker.model import Event, EventFilter
from tracker.reports.jsonl import event_json
from tracker.stores.sqlite import SqliteStore
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import history_of, known

_EVER = datetime(1971, 1, 1, tzinfo=UTC)


@click.command("events")
@click.option("--board", help="Only of this board.")
@click.option("--kind", "kinds", multiple=True, help="Only of this kind; may be given several times.")
@click.option("--grade", "grades", multiple=True, help="Only of this grade; may be given several times.")
@click.option("--since", type=Time(), help="Recorded at or after that time (ISO, or an age such as 7d).")
@click.option("--until", type=Time(), help="Recorded before that time.")
@click.option("--news/--recorded", default=None, help="Only news, or only what is recorded.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    board: str | None,
    kinds: tuple[str, ...],
    grades: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    *,
    news: bool | None,
    as_json: bool,
) -> None:
    """List events: what really changed.

    Oldest first. What several boards report together is computed on request: --kind consensus. Without --json only news is
    printed; --recorded lists the rest.
    """
    with history_of(settings) as store:
        _check(store, kinds, grades)
        only = known(settings, store, board) if board else None
        wanted = EventFilter(board=only, kinds=kinds, grades=grades, since=since, until=until, is_news=news)
        if as_json:
            print_json(event_json(event) for event in _found(settings, store, wanted))
            return
        for event in _found(settings, store, wanted):
            if news is not None or event.is_news:
                click.echo(f"{event.id[:12]}  {when(event.recorded_at)}  {event.kind}/{event.grade}  {safe(event.headline)}")


def _found(settings: Settings, store: SqliteStore, wanted: EventFilter) -> Iterator[Event]:
    yield from store.events(wanted)
    if "consensus" in wanted.kinds:
        for event in across(settings, store, since=wanted.since, until=wanted.until):
            fits = wanted.board in (None, event.board) and wanted.is_news in (None, event.is_news)
            if fits and (not wanted.grades or event.grade in wanted.grades):
                yield event


def across(
    settings: Settings, store: SqliteStore, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[Event, ...]:
    """What all boards of a store tell together, up to its newest reading by default."""
    from tracker.line import panel  # noqa: PLC0415  # as below

    newest = max((check.observed_at for board in store.boards() if (check := store.last_check(board))), default=_EVER)
    until = until or newest + timedelta(seconds=1)
    return panel.across(store, since=since or _EVER, until=until, lexicon=lexicon_of(settings))


def _check(store: SqliteStore, kinds: Sequence[str], grades: Sequence[str]) -> None:
    """Refuse a kind or a grade that no event can have. Raises DeclarationError."""
    if not kinds and not grades:
        return
    from tracker.events import GRADES  # noqa: PLC0415  # only when one is named

    known = {grade for every in GRADES.values() for grade in every}
    if not known.issuperset(grades):
        known |= {event.grade for event in store.events(EventFilter(kinds=("attribute_change",)))}
    for what, found, every in (("kind", kinds, frozenset(GRADES)), ("grade", grades, known)):
        for word in found:
            if word not in every:
                raise DeclarationError(f"{what} {toml.quoted(word)} is unknown{toml.meant(word, every)}")

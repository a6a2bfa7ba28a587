"""The public Python API: a workspace open for reading, with a function for each command that answers a question."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast
from zoneinfo import ZoneInfo

from tracker.clock import SystemClock
from tracker.errors import DeclarationError, StoreError
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Check,
    Correction,
    Event,
    EventFilter,
    Identity,
    MetricId,
    RecordChange,
    Result,
    kept_and_pruned,
)
from tracker.model.names import Lexicon
from tracker.query.rows import answers
from tracker.query.times import check_times
from tracker.shipped import SCHEDULES
from tracker.stores.sqlite import SqliteStore
from tracker.wording import machine_time
from tracker.workspace.ids import known
from tracker.workspace.lookup import find
from tracker.workspace.names import names_of
from tracker.workspace.opening import board_of
from tracker.workspace.settings import Settings

if TYPE_CHECKING:  # a query loads what it needs, and no other
    from tracker.claims import Finding
    from tracker.evidence.checkpoint import Checkpoint
    from tracker.line.proof import BoardVerification, Verification
    from tracker.model import Chart, Report
    from tracker.query.filters import Filters
    from tracker.query.find import Found, Listed
    from tracker.query.history import Course
    from tracker.query.leaders import Led
    from tracker.query.listings import Listings
    from tracker.query.models import Card
    from tracker.query.prices import PriceAt
    from tracker.query.ranking import Ranking
    from tracker.query.retirements import Retirement
    from tracker.query.scorecard import KindScore
    from tracker.query.settle import Settlement
    from tracker.query.standings import Standing
    from tracker.query.unsure import OpenName
    from tracker.query.versus import Versus
    from tracker.query.why_not import Explained
    from tracker.schedules.settlement import SettlementRule
    from tracker.stores.archive import FileArchive
    from tracker.watches import Firing
    from tracker.workspace.boards import BoardOverview
    from tracker.workspace.captures import CaptureRow
    from tracker.workspace.resolution import Resolution
    from tracker.workspace.status import Status

_EVER = datetime(1971, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1970, 1, 8, tzinfo=UTC)
_SECOND, _WEEK = timedelta(seconds=1), timedelta(days=7)


def _warn(errors: Iterable[DeclarationError]) -> None:
    for error in errors:
        warnings.warn(str(error), stacklevel=4)  # the caller of a function of the workspace


class Workspace:
    """A store and its declarations, open for reading; `tracker.open` makes one. Close it, or use it in a `with` statement.

    Names, boards and times mean the same as in the command of the same name. Times are aware. Nothing is created or written.
    Each function raises DeclarationError for an unknown board, metric or model (naming the nearest), StoreError if the store
    cannot be read, and ValueError for a time without a time zone. A wrong file of model names is left out, with a warning.
    """

    def __init__(self, settings: Settings, report: Callable[[Iterable[DeclarationError]], object] = _warn) -> None:
        """Open the store of these settings. Raises DeclarationError where there is none."""
        settings.require_store()
        self.settings, self._report = settings, report
        self.store = SqliteStore(settings.database, known_at=settings.known_at)
        if settings.known_at is not None and not self.store.boards():
            began = self.store.known_since()
            since = f"expected a time from {machine_time(began)} on" if began else "nothing is yet (tracker run)"
            self.store.close()
            raise DeclarationError(f"--known-at {machine_time(settings.known_at)}: nothing was on record then; {since}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; what a command changed in it is backed up."""
        try:
            if self.store.has_written:
                from tracker.workspace.service_backup import back_up_written  # noqa: PLC0415  # as above

                back_up_written(self.settings, self.store, SystemClock().now())
        finally:
            self.store.close()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The known labs, families and names of models, as far as their files are right; the others are reported.

        At an earlier time, those that were in use then, if they are on record.
        """
        if self.settings.known_at is not None and (then := self.store.names()) is not None:
            return then
        names = names_of(self.settings)
        self._report(names.errors)
        return names.lexicon

    @cached_property
    def archive(self) -> FileArchive:
        """The stored bodies."""
        from tracker.stores.archive import FileArchive  # noqa: PLC0415  # history does without

        return FileArchive(self.settings.captures)

    # ── boards ───────────────────────────────────────────────────────────────────────────────────

    @answers("tracker.model:Board")
    def boards(self) -> tuple[Board, ...]:
        """The boards that the store has history of, as they were last declared, by id."""
        return tuple(board for name in sorted(self.store.boards()) if (board := self.store.declared(name)) is not None)

    def board(self, name: str) -> Board:
        """A board by its id, as the store last knew it or, if it did not, as declared."""
        return board_of(self.settings, self.store, name)

    @answers("tracker.workspace.boards:BoardOverview")
    def overview(self, *, every: bool = False) -> tuple[BoardOverview, ...]:
        """All boards, by id, with their health and the origin of their declarations; `every`: also unselected ones."""
        from tracker.workspace.boards import overview  # noqa: PLC0415  # as above
        from tracker.workspace.declared import declared  # noqa: PLC0415  # as above

        return overview(self.settings, self.store, declared(self.settings), now=SystemClock().now(), every=every)

    def status(self) -> Status:
        """The present state of boards, routes and declarations, and what needs attention (`troubled`)."""
        from tracker.workspace.status import status  # noqa: PLC0415  # as above

        return status(self.settings, self.store)

    @answers("tracker.query.standings:Standing")
    def standings(
        self, board: str, *, metric: str | None = None, at: datetime | None = None, model: str | None = None
    ) -> tuple[Standing, ...]:
        """A board's ranking by a metric (its primary one by default), now or as of a time; `model` selects rows by a name.

        Ranks are among all rows. Entries without a value come last, by name.
        """
        from tracker.query.standings import standings  # noqa: PLC0415  # as above

        check_times(at=at)
        declared = self.board(board)
        rows = standings(declared, self.store, metric=MetricId(metric) if metric else None, at=at)
        if model is None:
            return rows
        by_board = self.find(model, at=at).by_board
        listed = {match.entry.id for match in by_board.get(declared.id, ())}
        if not listed:
            expected = f"expected a model of this board, or one of: {', '.join(sorted(by_board))}"
            raise DeclarationError(f'{declared.id}: does not list "{model}"; {expected}')
        return tuple(row for row in rows if row.entry in listed)

    @answers("tracker.query.ranking:Ranking")
    def rankings(
        self, only: Filters | str | None = None, *, board: str | None = None, best_of: str | None = None
    ) -> tuple[Ranking, ...]:
        """The order of each board that the filters mean (or of `board`) on each metric they mean, cut to the rows they mean.

        Rows keep their ranks among all; `best_of` (`family`, `lab` or `model`) leaves the best row of each. With `only.rivals`,
        the rows above them, that passed them after `only.since`; otherwise rows state how they `moved` since then. Boards of
        which nothing was accepted by `only.at`, or by `only.since` for movements, are left out, unless one is named.
        """
        from tracker.query.columns import best_rows, check_columns, in_order, wanted_traits  # noqa: PLC0415  # as above
        from tracker.query.ranking import rankings  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only, board)
        check_columns(only, chosen)
        found = rankings(
            chosen,
            self.store,
            lambda: self.listings(only),
            only,
            wanted_traits(only),
            skip=board is None,
            with_facts=bool(best_of),
        )
        if best_of:
            found = tuple(replace(ranking, rows=best_rows(ranking.rows, best_of)) for ranking in found)
        return tuple(replace(ranking, rows=in_order(ranking, only)) for ranking in found)

    @answers("tracker.query.leaders:Led")
    def leaders(self, only: Filters | str | None = None, *, board: str | None = None) -> tuple[Led, ...]:
        """Who led each board that the filters mean (or `board`) on each metric they mean, among the models they mean.

        A text in place of the filters is a board. `only.since` and `only.until` leave the reigns in that time, `only.top` the
        last ones.
        """
        from tracker.query.leaders import leaders_of  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only, board)
        return leaders_of(chosen, self.listings(replace(only, at=None), gone=True), only)

    # ── models ───────────────────────────────────────────────────────────────────────────────────

    def find(self, name: str, *, at: datetime | None = None, boards: Sequence[str] = ()) -> Found:
        """The entries that a name means on each board, including those that left. All functions resolve names with it."""
        from tracker.query.find import demand, remembered, states  # noqa: PLC0415  # as above

        current = states(self.store, at=at, lexicon=self.lexicon, boards=self._known(boards))
        return demand(name, remembered(self.store, current, self.lexicon), self.lexicon)

    @answers("tracker.query.models:Card")
    def models(
        self, name: str = "", *, lab: str = "", family: str = "", only: Filters | None = None, listings: Listings | None = None
    ) -> tuple[Card, ...]:
        """One card per model of all boards: its names, and the rank of each entry. Empty if nothing matches.

        `only` leaves the boards and models that it means; `listings(only, gone=True)` need not be made twice.
        """
        from tracker.query.models import cards  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only)
        listings = listings or self.listings(only, gone=True)
        ids, entries = [board.id for board in chosen], None
        listings.check_makers(ids, only)
        if only.about_models:
            entries = listings.choice(ids, only, listings.facts(ids, only.traits)).entries
        boards = listings.states(ids)
        return cards(self.store, name=name, lab=lab, family=family, lexicon=self.lexicon, boards=boards, entries=entries)

    @answers("tracker.query.unsure:OpenName")
    def unsure(self, name: str = "", *, lab: str = "", family: str = "") -> tuple[OpenName, ...]:
        """The listed names that need a person, and what would decide each. Empty if nothing matches."""
        from tracker.query.unsure import open_names  # noqa: PLC0415  # as above

        return open_names(self.models(name, lab=lab, family=family), self.lexicon)

    @answers("tracker.query.history:Course")
    def history(
        self, model: str, *, board: str | None = None, metric: str | None = None, only: Filters | None = None
    ) -> tuple[Course, ...]:
        """The values, ranks, names and events of each entry that a name means.

        `metric`, and the metrics, topics and times of `only`, leave what they mean: of metrics their values, their events, and
        the ranks if one of them ranks the board.
        """
        from tracker.query.history import history, narrowed  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only, board)
        only = replace(only, metrics=(*only.metrics, metric)) if metric else only
        boards = [declared.id for declared in chosen] if only.boards or only.topics else None
        return narrowed(history(model, self.store, self.lexicon, boards=boards), only)

    def compare(
        self,
        one: str,
        other: str,
        *,
        boards: Sequence[str] = (),
        at: datetime | None = None,
        every: bool = False,
        only: Filters | None = None,
    ) -> Versus:
        """Two models on every board that lists both, from one snapshot each; `every` pair of variants, not only the best."""
        from tracker.query.versus import narrowed, versus  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only)
        at = only.at or at
        check_times(at=at)
        ids = self._known(boards) or tuple(board.id for board in chosen)
        return narrowed(versus(one, other, self.store, boards=ids, at=at, every=every, lexicon=self.lexicon), only)

    @answers("tracker.query.prices:PriceAt")
    def price(self, model: str, *, at: datetime | None = None, only: Filters | None = None) -> tuple[PriceAt, ...]:
        """The listed prices of a model at a time (now by default) on every board, with how exactly each is known."""
        from tracker.query.prices import prices  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only)
        at = only.at or at or SystemClock().now()
        check_times(at=at)
        priced = [board.id for board in chosen if any(metric.topic == "price" for metric in board.metrics)]
        entries: Sequence[Listed] = ()
        with suppress(DeclarationError):
            entries = self.find(model, boards=priced).entries if priced else ()
        if not entries:
            self.find(model, boards=[board.id for board in chosen])  # refuses a name that no board lists
        return prices(model, entries, self.store, only, at)

    @answers("tracker.query.retirements:Retirement")
    def retirements(self, only: Filters | None = None) -> tuple[Retirement, ...]:
        """The models that are deprecated or expire, on the boards that state it; those stated last first."""
        from tracker.query.retirements import retirements  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only)
        return retirements(chosen, self.listings(only, gone=True), only)

    def resolve(self, name: str, *, org: str | None = None, source: str | None = None) -> Identity:
        """The model that a name means, and why; `org` is the maker that a board states. No text raises."""
        from tracker import identity  # noqa: PLC0415  # as above

        return identity.resolve(name, org, source, lexicon=self.lexicon)

    def resolution(self, name: str, *, org: str | None = None, source: str | None = None) -> Resolution:
        """The same, with the model's names in the store or, if there are none, the nearest; `source` must be known."""
        from tracker.workspace.resolution import resolved  # noqa: PLC0415  # as above

        return resolved(name, org, source, settings=self.settings, store=self.store, lexicon=self.lexicon)

    @answers("tracker.query.why_not:Explained")
    def why_not(self, model: str, *, board: str | None = None, since: datetime | None = None) -> tuple[Explained, ...]:
        """Each change to a model, derived again from the bytes, with its event or the rule that kept it out of the news."""
        from tracker.line import fold  # noqa: PLC0415  # as above
        from tracker.line.apart import read_line  # noqa: PLC0415  # as above
        from tracker.query.why_not import explain  # noqa: PLC0415  # as above

        check_times(since=since)
        rows: list[Explained] = []
        for name, listed in self.find(model, boards=(board,) if board else ()).by_board.items():
            lines, _ = self.archive.index(name)
            if self.settings.known_at is not None:
                known = {check.observed_at for check in self.store.checks(name)}
                lines = [line for line in lines if line.observed_at in known]
            declared, past = self.board(name), BoardState()
            steps = fold.steps(declared, lines, self.archive, before=None, past=past, lexicon=self.lexicon, read=read_line)
            rows += explain(steps, [match.entry.id for match in listed])
        return tuple(row for row in rows if since is None or row.until >= since)

    def chart(self, form: str, board: str, only: Filters | None = None, *, each: str = "", against: str = "") -> Chart:
        """What a form of chart shows of a board: `tracker.charts.FORMS[form]` draws it.

        A line is the best entry of each `lab`, or each `entry` (if models are named). `against` is what a frontier compares
        scores with: `price`, `size`, or a topic or metric.
        """
        from tracker.query.filters import metrics_of  # noqa: PLC0415  # as above
        from tracker.query.pictures import chart  # noqa: PLC0415  # as above
        from tracker.query.series import LineOf, Wanted  # noqa: PLC0415  # as above

        only, (declared, *_) = self._chosen(only, board)
        entries = None
        if only.about_models:
            listings = self.listings(only, gone=True)
            choice = listings.choice((declared.id,), only, listings.facts((declared.id,), only.traits))
            entries = frozenset(entry for _, entry in choice.entries)
        wanted = Wanted(
            metric=metrics_of(declared, only)[0].id if only.metrics or only.topics else None,
            since=only.since,
            at=only.at,
            line_of=LineOf(each or ("entry" if only.models else "lab")),
            entries=entries,
            top=only.top,
            against=against,
        )
        return chart(form, declared, self.store, self.lexicon, wanted)

    # ── what changed ─────────────────────────────────────────────────────────────────────────────

    @answers("tracker.model:Event")
    def events(self, wanted: EventFilter | None = None, *, only: Filters | None = None) -> Iterator[Event]:
        """The events that match both filters, oldest first. Name the kind `consensus` for what several boards report together."""
        return self.each_event(wanted, only=only)

    def each_event(self, wanted: EventFilter | None = None, *, only: Filters | None = None) -> Iterator[Event]:
        """The same, one by one, as they are read."""
        wanted = wanted or EventFilter()
        if only is not None:
            return self._events_of(wanted, only)
        check_times(since=wanted.since, until=wanted.until)
        if wanted.board is not None:
            known(self.settings, self.store, wanted.board)
        self._check_words(wanted)
        is_across = self._across_boards(wanted.kinds)
        common = self.consensus(since=wanted.since, until=wanted.until) if is_across else ()
        return chain(self.store.events(wanted), (event for event in common if _matches(event, wanted)))

    def _events_of(self, wanted: EventFilter, only: Filters) -> Iterator[Event]:
        from tracker.query.happened import about  # noqa: PLC0415  # as above

        only, boards = self._chosen(only)
        events = self.each_event(
            replace(
                wanted,
                kinds=(*wanted.kinds, *only.kinds),
                grades=(*wanted.grades, *only.grades),
                since=only.since or wanted.since,
                until=_end(only) or wanted.until,
            )
        )
        return iter(about(events, boards, self.listings(only, gone=True), only))

    @answers("tracker.model:RecordChange")
    def changes(self, since: str = "", *, top: int = 1_000) -> tuple[RecordChange, ...]:
        """What the record gained or lost since a cursor ("": ever), in that order, at most `top`; the last has the next cursor.

        An event that came and went since, or went and came back, is left out. What a replay finds again is not gained again.
        Raises DeclarationError for a cursor of another store, and with `known_at`: what is gained later has no place in an
        earlier record.
        """
        if self.settings.known_at is not None:
            raise DeclarationError("--known-at: changes are what comes from now on; expected no such time (see corrections)")
        return tuple(self.store.changes(since, top))

    def event(self, name: str) -> Event:
        """The event with that id or, if it is the only one, with that beginning of an id."""
        event = self.store.event(name) or next((event for event in self.consensus() if event.id.startswith(name)), None)
        if event is None:
            raise DeclarationError(f'event "{name}" is unknown; expected an id or its beginning (tracker events lists them)')
        return event

    @answers("tracker.model:Event")
    def consensus(self, *, since: datetime | None = None, until: datetime | None = None) -> tuple[Event, ...]:
        """The events that several boards report together, up to the newest reading by default; derived, not stored."""
        from tracker.line import panel  # noqa: PLC0415  # as above

        check_times(since=since, until=until)
        until = until or (self._newest(self.store.boards()) or _EVER) + _SECOND
        return panel.across(self.store, since=since or _EVER, until=until, lexicon=self.lexicon)

    @answers("tracker.model:Correction")
    def corrections(
        self, boards: Sequence[str] = (), *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[Correction, ...]:
        """The events that were withdrawn, added or changed later, since ≤ corrected_at < until (≤ `known_at`); oldest first."""
        check_times(since=since, until=until)
        named, known_at = self._known(boards), self.settings.known_at
        return tuple(
            correction
            for correction in self.store.corrections()
            if (not named or correction.board in named)
            and (since is None or correction.corrected_at >= since)
            and (until is None or correction.corrected_at < until)
            and (known_at is None or correction.corrected_at <= known_at)
        )

    def report(
        self,
        boards: Sequence[str] = (),
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        only: Filters | None = None,
    ) -> Report:
        """The stories of a window (half-open; the week up to the newest reading by default). `tracker.reports.render` writes it.

        `only` leaves the boards and events that it means; a report on some of a board's events says so.

        Raises:
            DeclarationError: nothing has been read yet, or the window is empty.
        """
        from tracker import reports  # noqa: PLC0415  # as above
        from tracker.line import panel  # noqa: PLC0415  # as above
        from tracker.query.happened import about, described  # noqa: PLC0415  # as above
        from tracker.query.health import health  # noqa: PLC0415  # as above
        from tracker.query.top import top  # noqa: PLC0415  # as above

        only, chosen = self._chosen(only)
        since, until = only.since or since, _end(only) or until
        check_times(since=since, until=until)
        names = self._known(boards) or tuple(board.id for board in chosen)
        newest = self._newest(names)
        if newest is None:
            raise DeclarationError("nothing has been read yet; expected a reading to report on (tracker run)")
        since, until = _window(newest, since, until)
        zone = ZoneInfo(self.settings.time_zone)
        declared = [board for name in names if (board := self.store.declared(name)) is not None]
        shown = [health(board, self.store, now=min(until, newest + _SECOND), zone=zone) for board in declared]
        ids = [board.id for board in declared]
        events = [event for board in ids for event in self.store.events(EventFilter(board=board, since=since, until=until))]
        events += panel.across(self.store, since=since, until=until, boards=ids, lexicon=self.lexicon)
        if cut := described(only):
            events = about(events, chosen, self.listings(only, gone=True), only)
            with_any = {event.board for event in events}
            shown = [state for state in shown if state.board in with_any]
        checks = {board: [check for check in self.store.checks(board) if check.observed_at < until] for board in names}
        changed = {event.board for event in events if event.is_news}
        tops = {board.id: top(board, self.store, since=since, until=until) for board in declared if board.id in changed}
        return replace(reports.build(shown, events, checks, since=since, until=until, tops=tops), only=cut)

    def illustrated(self, report: Report) -> Report:
        """The report with charts, which its HTML page shows."""
        from tracker.query.illustrations import illustrated  # noqa: PLC0415  # as above

        return illustrated(report, self.store, self.lexicon)

    @answers("tracker.claims:Finding")
    def check(
        self, text: str, *, at: datetime | None = None, boards: Sequence[str] = (), article: bool = False
    ) -> tuple[Finding, ...]:
        """The verdict on each claim of a text; of an `article`, only on sentences that seem to compare models."""
        from tracker import claims  # noqa: PLC0415  # as above

        check_times(at=at)
        return claims.check(text, self.store, at=at, lexicon=self.lexicon, boards=self._known(boards), article=article)

    @answers("tracker.watches:Firing")
    def firings(
        self, watch: str | None = None, *, board: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[Firing, ...]:
        """When each watch, or one of them, would have fired over the stored history, oldest first."""
        from tracker.workspace.firings import firings, watches_of  # noqa: PLC0415  # as above

        check_times(since=since, until=until)
        chosen = watches_of(self.settings, self.lexicon, watch)
        boards = self._known((board,)) if board else self.store.boards()
        fired = (
            firing
            for name in boards
            for firing in firings(self.board(name), chosen, self.store, self.archive, self.lexicon)
            if (since is None or firing.until >= since) and (until is None or firing.until < until)
        )
        return tuple(sorted(fired, key=lambda firing: (firing.until, firing.watch, firing.board)))

    # ── proof ────────────────────────────────────────────────────────────────────────────────────

    @answers("tracker.line.proof:Verification")
    def verify(self, events: Sequence[Event]) -> tuple[Verification, ...]:
        """Derive events again from the stored bytes and compare; of a consensus, the events behind it."""
        from tracker.line import proof  # noqa: PLC0415  # as above

        by_board: dict[BoardId, dict[str, Event]] = {}
        for part in (part for event in events for part in self.parts(event)):
            by_board.setdefault(part.board, {})[part.id] = part
        return tuple(
            result
            for name, of_board in sorted(by_board.items())
            for result in proof.verify(list(of_board.values()), self.board(name), self.archive, self.lexicon)
        )

    def audit(self) -> tuple[str, ...]:
        """What was changed, dropped, added or moved in the archive after it was written, one line each; empty if nothing was."""
        from tracker.line import index  # noqa: PLC0415  # as above

        problems = dict.fromkeys(self.archive.audit())
        for name in sorted(self.store.boards()):
            try:
                problems |= dict.fromkeys(index.changed(name, self.archive, self.store))
            except StoreError as error:  # an index that cannot be read
                problems[str(error)] = None
        return tuple(problems)

    def verify_board(self, board: str) -> BoardVerification:
        """Derive all events and tables of a board again, and compare; every stored body is compared with its hash.

        Raises:
            StoreError: bytes are damaged or missing; names each.
        """
        from tracker.line import proof, sync  # noqa: PLC0415  # as above
        from tracker.stores.tables import differences, state_differences  # noqa: PLC0415  # as above

        declared, events = self.board(board), list(self.store.events(EventFilter(board=BoardId(board))))
        if problems := self.archive.check(declared.id):
            raise StoreError("\n".join(problems))
        with SqliteStore(Path(":memory:")) as derived:
            until, aside = self.store.position(declared.id), sync.set_aside(declared.id, self.archive, self.store)
            times = {line.observed_at for line in aside}
            stored = {check.observed_at for check in self.store.checks(declared.id)}
            sync.derive(declared, self.archive, derived, self.lexicon, until=until, stored=stored, aside=times)
            _, pruned = kept_and_pruned(self.archive.index(declared.id)[0])
            verified = proof.compared(events, derived.events(EventFilter()), is_pruned=bool(pruned))
            compare = state_differences if pruned else differences
            different = tuple(compare(self.store, derived, declared.id))
        return proof.BoardVerification(board=declared.id, events=verified, differences=different, pruned=len(pruned))

    def evidence(self, name: str, path: Path, *, public: bool = False) -> Event:
        """Write a bundle that proves an event to anyone, and return the event.

        `public`: without the bytes if the terms of the board, as stored or as declared now, bar passing them on.
        """
        from tracker.evidence import bundle  # noqa: PLC0415  # as above
        from tracker.workspace.sharing import is_barred, with_terms  # noqa: PLC0415  # as above

        event = self.event(name)
        if self._across_boards((event.kind,)):
            parts = ", ".join(part.id[:12] for part in self.parts(event))
            raise DeclarationError(f"evidence: {event.id[:12]} is of several boards; expected an event of one, such as {parts}")
        board = next(board for board in with_terms(self) if board.id == event.board)
        without = public and is_barred(board)
        source = bundle.EvidenceSource(
            board=board, store=self.store, archive=self.archive, lexicon=self.lexicon, without_bodies=without
        )
        bundle.write(event, source, path)
        return event

    def settle(self, rule: str, board: str, at: datetime) -> tuple[SettlementRule, datetime, Settlement | None]:
        """A rule of `rules/`, the time of its check, and who was first on a board then; None if no state covers that time.

        A time without a zone is a day, and the rule states when on it.
        """
        from tracker.query.settle import settle  # noqa: PLC0415  # as above
        from tracker.schedules.settlement import load_rule  # noqa: PLC0415  # as above

        stated = load_rule(rule, (self.settings.schedules / "rules", SCHEDULES / "rules"))
        check = stated.check_at(at) if at.tzinfo is None else at
        return stated, check, settle(stated, self.board(board), self.store, self.lexicon, at=check)

    def scorecard(
        self, boards: Sequence[str] = (), *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[KindScore, ...]:
        """How the news of a period turned out, by kind and grade (docs/reference/scorecard.md)."""
        from tracker.query.scorecard import scores  # noqa: PLC0415  # as above

        check_times(since=since, until=until)
        chosen = self._known(boards) if boards else self.store.boards()
        newest = {board: check.observed_at for board in chosen if (check := self.store.last_check(board)) is not None}
        events = {board: list(self.store.events(EventFilter(board=board))) for board in newest}
        return scores(events, self.corrections(boards), newest, since=since, until=until)

    def checkpoint(self, key: Path, log: Path) -> Checkpoint:
        """Sign the archive's root with a private key of OpenSSH, and append it to a log."""
        from tracker.evidence import checkpoint  # noqa: PLC0415  # as above

        return checkpoint.write(self.archive, key, log, now=SystemClock().now())

    def parts(self, event: Event) -> list[Event]:
        """The stored events behind an event: those of a consensus, otherwise itself."""
        if not self._across_boards((event.kind,)):
            return [event]
        parts = (self.store.event(part) for part in cast("list[str]", event.facts["events"]))
        return [part for part in parts if part is not None]

    @answers("tracker.workspace.captures:CaptureRow")
    def captures(self, board: str) -> tuple[CaptureRow, ...]:
        """The fetches of a board and what people decided about them, in the order of the archive.

        With `known_at`, the fetches that were in the history then: when a decision was made is not on record.
        """
        from tracker.workspace.captures import captures, index_of  # noqa: PLC0415  # as above

        name = self.board(board).id
        return captures(index_of(name, self), self.store.checks(name))

    @answers("tracker.model:Check")
    def quarantine(self, board: str | None = None) -> tuple[Check, ...]:
        """The readings held back, by board, oldest first."""
        names = self.store.boards() if board is None else self._known((board,))
        return tuple(check for name in names for check in self.store.checks(name) if check.result is Result.QUARANTINED)

    # ── shared ───────────────────────────────────────────────────────────────────────────────────

    def _chosen(self, only: Filters | str | None, board: str | None = None) -> tuple[Filters, tuple[Board, ...]]:
        """The filters, and the boards they mean, or only that one; in the order of ids."""
        from tracker.query.filters import Filters, boards_of  # noqa: PLC0415  # as above

        if isinstance(only, str):
            only, board = None, board or only
        only = only or Filters()
        if board is not None and only.boards:
            raise DeclarationError(f'board "{board}" is named, and --board {" ".join(only.boards)} too; expected one of the two')
        check_times(since=only.since, until=only.until, at=only.at)
        if only.labs:
            from tracker.query.listings import labs_meant  # noqa: PLC0415  # as above

            only = replace(only, labs=labs_meant(only.labs, self.lexicon))
        if board is not None:
            only = replace(only, boards=(*only.boards, known(self.settings, self.store, board)))
        for name in only.boards:
            if "/" in name and not any(sign in name for sign in "*?["):
                known(self.settings, self.store, name)
        return only, boards_of(only, self.boards())

    def listings(self, only: Filters, *, gone: bool = False) -> Listings:
        """The boards as of `only.at` with the facts of their models; `gone`: with the entries that have left."""
        from tracker.query.listings import Listings  # noqa: PLC0415  # as above

        return Listings(self.store, lambda: self.lexicon, self.boards(), at=only.at, gone=gone)

    def _known(self, boards: Sequence[str]) -> tuple[BoardId, ...]:
        return tuple(known(self.settings, self.store, board) for board in boards)

    def _newest(self, boards: Collection[BoardId]) -> datetime | None:
        return max((check.observed_at for board in boards if (check := self.store.last_check(board))), default=None)

    def _across_boards(self, kinds: Collection[str]) -> bool:
        """Whether one of the kinds is derived from several boards and not stored."""
        if not kinds:
            return False
        from tracker.events import RECORDED  # noqa: PLC0415  # only when one is named

        return not set(kinds).issubset(RECORDED)

    def _check_words(self, wanted: EventFilter) -> None:
        """Refuse kinds and grades that do not exist."""
        if not wanted.kinds and not wanted.grades:
            return
        from tracker import toml  # noqa: PLC0415  # only when one is named
        from tracker.events import KINDS  # noqa: PLC0415  # as above

        grades = {grade for kind in KINDS.values() for grade in kind.grades}
        if not grades.issuperset(wanted.grades):
            by_publishers = tuple(name for name, kind in KINDS.items() if kind.open_grades)
            grades |= {event.grade for event in self.store.events(EventFilter(kinds=by_publishers))}
        for field, words, known_words in (("kind", wanted.kinds, frozenset(KINDS)), ("grade", wanted.grades, grades)):
            for word in words:
                if word not in known_words:
                    raise DeclarationError(f"{field} {toml.quoted(word)} is unknown{toml.meant(word, known_words)}")


def open_workspace(
    path: Path | None = None, *, store: Path | None = None, schedules: Path | None = None, known_at: datetime | None = None
) -> Workspace:
    """The workspace of a folder (the current one by default), as a command that runs there finds it; see `tracker.open`."""
    here = path or Path()
    if not here.is_dir():
        raise DeclarationError(f"{here}: no such folder; expected a workspace (tracker init) or a store")
    if store is None and path is not None and (path / "tracker.db").exists():
        store = path
    settings = find(store, schedules, here=here, environment=os.environ)
    if path is not None and store is None and settings.folder is None and not settings.store.is_relative_to(path):
        raise DeclarationError(f"{path}: no workspace and no store here; expected tracker.toml or tracker.db (tracker init)")
    settings.check_store()
    check_times(known_at=known_at)
    return Workspace(replace(settings, known_at=known_at))


def _window(newest: datetime, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    until = until or max(newest, since or newest) + _SECOND
    since = since or (until - _WEEK if until > _EARLIEST else until)
    if since >= until:
        raise DeclarationError(
            f"the window from {machine_time(since)} to {machine_time(until)} is empty; expected its beginning before its end"
        )
    return since, until


def _end(only: Filters) -> datetime | None:
    """The time before which something has to have happened: `until`, or the end of the second `at`."""
    return only.until or (only.at + _SECOND if only.at is not None else None)


def _matches(event: Event, wanted: EventFilter) -> bool:
    """Whether a consensus matches a filter; its board is that of its last report."""
    of_board = wanted.board in (None, event.board) and wanted.is_news in (None, event.is_news)
    return of_board and event.kind in wanted.kinds and (not wanted.grades or event.grade in wanted.grades)

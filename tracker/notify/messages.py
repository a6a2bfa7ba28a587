"""Events → their message, within the limits of a channel: the headline first, the evidence last.

If there are several stories, the weightiest comes first and in full, the others follow by board. The same trouble of several
boards of one host is one story.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, tzinfo
from typing import NamedTuple

from tracker.errors import DeliveryError
from tracker.events import trouble_of
from tracker.model import Board, BoardId, Event, Story
from tracker.notify.forms import Role, TextLine, calm, fit, page, quiet, shorten
from tracker.reports import words
from tracker.reports.folding import fold, order
from tracker.reports.jsonl import event_json
from tracker.reports.words import interval
from tracker.wording import count, host_of, listed, machine_time

_MOST_BOARDS = 6
_SHORT_ID = 12
_LONGEST_TITLE = 250
_LONG_PAGE = 0.4
"""An address that would take a larger share of a message is left out; the command to verify remains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a channel: characters of title (0: it has none) and of body, and the form: text, markdown, html or json."""

    title: int = 0
    body: int = 1_000_000
    form: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message for a channel. `id` is the idempotency key: the same for the same events on the same route.

    The headline is the `title`, if there is one, and then in the body only if the title is cut. `more` events are only counted.
    """

    id: str
    route: str
    title: str
    body: str
    form: str
    events: tuple[Event, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """A story in words, all of them calm. `heading` is its heading in a digest."""

    headline: str
    dated: str
    asides: tuple[str, ...]
    heading: str
    page: str
    events: tuple[Event, ...]

    @property
    def lead(self) -> Event:
        """The event whose evidence is shown."""
        return self.events[0]


class _Trouble(NamedTuple):
    """A trouble that boards of one host can share, and the predicate of their common headline."""

    host: str
    kind: str
    predicate: str


def compose(
    events: Sequence[Event],
    counted: Sequence[Event] = (),
    *,
    route: str,
    id: str,  # noqa: A002  # as in Message
    boards: Mapping[BoardId, Board],
    limits: Limits,
    zone: tzinfo = UTC,
) -> Message:
    """The message with the events, of which there is at least one, and the number of `counted` ones. Deterministic.

    Times are in `zone`, except in JSON.

    Raises:
        DeliveryError: final; the limits leave no room for a headline and its evidence.
    """
    if limits.form == "json":
        return _as_json(events, counted, route=route, id=id, limits=limits)
    news = _news(events, boards, zone)
    more = f" (and {len(news) - 1} more)" if len(news) > 1 else ""
    whole = f"{news[0].headline}{more}"
    title = whole if len(whole) <= limits.title else shorten(news[0].headline, limits.title)
    head = [] if title.startswith(news[0].headline) else [TextLine(role=Role.HEADLINE, text=news[0].headline)]
    middle = list(_middle(news))

    def left_out(whole: int) -> list[Event]:
        cut = [line.story for line in middle[whole:] if line.role is Role.ENTRY and line.story]
        return [event for number in cut for event in news[number].events]

    def tails(whole: int) -> list[list[TextLine]]:
        return _tails(news, [*left_out(whole), *counted], boards, limits.body)

    body, shown = fit(head, middle, tails, form=limits.form, most=limits.body)
    only_counted = len(counted) + len(left_out(shown))
    return Message(id=id, route=route, title=title, body=body, form=limits.form, events=tuple(events), more=only_counted)


def _middle(news: Sequence[_News]) -> Iterator[TextLine]:
    first, *others = news
    if first.dated:
        yield TextLine(role=Role.NOTE, text=first.dated, story=0)
    yield from (TextLine(role=Role.ENTRY, text=aside, story=0) for aside in first.asides)
    by_heading: dict[str, list[tuple[int, _News]]] = {}
    for number, story in enumerate(others, start=1):  # so the board with the weightiest story comes first
        by_heading.setdefault(story.heading, []).append((number, story))
    for heading, together in by_heading.items():
        also = "Also on " if heading == first.heading and heading else ""
        yield TextLine(role=Role.HEADING, text=f"{also}{heading or 'The tracker itself'}")
        for number, story in together:
            yield TextLine(role=Role.ENTRY, text=f"{story.headline} [{story.lead.id[:_SHORT_ID]}]", story=number)
            yield from (TextLine(role=Role.ASIDE, text=aside, story=number) for aside in story.asides)


def _tails(news: Sequence[_News], more: Sequence[Event], boards: Mapping[BoardId, Board], most: int) -> list[list[TextLine]]:
    """The possible ends of a message, longest first: what is only counted, whose data it is, the evidence."""
    evidence = _evidence(news[0], most)
    many = f"And {count(len(more), 'more event', 'more events')}"
    listing = [TextLine(role=Role.FOOT, text=f"{many}: ", command=_listing(more))] if more else []
    counted = [TextLine(role=Role.FOOT, text=f"{many}.")] if more else []
    sources = [boards[event.board] for story in news for event in story.events if event.board in boards]
    publishers = "; ".join(dict.fromkeys(quiet(board.attribution or board.title) for board in sources))  # as the terms demand
    source = [TextLine(role=Role.FOOT, text=f"Data: {publishers}")] if publishers else []
    bare = replace(evidence, url="")
    return [
        [*listing, *source, evidence],
        [*counted, *source, evidence],
        [*counted, evidence],
        [evidence],
        [*counted, bare],
        [bare],
    ]


def _evidence(news: _News, most: int) -> TextLine:
    """How to check the first story: the board's page, and the command that shows the bytes."""
    shown = news.page if len(news.page) <= most * _LONG_PAGE else ""
    verify = f"tracker verify {news.lead.id[:_SHORT_ID]}"
    text, command = ("Evidence: ", verify) if news.lead.evidence else ("Details: ", "tracker status")
    return TextLine(role=Role.FOOT, text=text, url=shown, command=command)


def _listing(events: Sequence[Event]) -> str:
    """The command that lists the events, among all that were recorded in that time."""
    times = [event.recorded_at for event in events]
    boards = {event.board for event in events}
    only = f" --board {min(boards)}" if len(boards) == 1 and min(boards) else ""
    return f"tracker events{only} --since {machine_time(min(times))} --until {machine_time(max(times) + timedelta(seconds=1))}"


def _news(events: Sequence[Event], boards: Mapping[BoardId, Board], zone: tzinfo) -> list[_News]:
    """The stories of the events, by weight, then by number of events; every event is in exactly one."""
    by_trouble: dict[_Trouble, list[Event]] = {}
    by_board: dict[BoardId, list[Event]] = {}
    ended, rest = _ended(events)
    for event in rest:
        trouble = trouble_of(event)
        if trouble and (predicate := trouble.shared.get(event.grade)) is not None:
            by_trouble.setdefault(_Trouble(_host(event, boards), event.kind, predicate), []).append(event)
        else:
            by_board.setdefault(event.board, []).append(event)
    stories = [_in_words(story, boards, zone) for several in by_board.values() for story in fold(several)]
    stories += [_of_host(at, several, ended, boards, zone) for at, several in by_trouble.items()]
    return sorted(stories, key=lambda story: (-story.lead.weight, -len(story.events), order(story.lead)))


def _ends(event: Event) -> bool | None:
    """Whether the event ends a trouble that boards can share; None if it is not about one."""
    trouble = trouble_of(event)
    return trouble.ends if trouble and event.grade in trouble.shared else None


def _ended(events: Sequence[Event]) -> tuple[dict[BoardId, list[Event]], list[Event]]:
    """The troubles whose end is among the events, by board; and the other events."""
    over = {event.board: event.recorded_at for event in sorted(events, key=order) if _ends(event)}
    ended: dict[BoardId, list[Event]] = {}
    rest: list[Event] = []
    for event in events:
        if _ends(event) is False and event.board in over and event.recorded_at <= over[event.board]:
            ended.setdefault(event.board, []).append(event)
        else:
            rest.append(event)
    return ended, rest


def _of_host(
    at: _Trouble, events: Sequence[Event], ended: Mapping[BoardId, Sequence[Event]], boards: Mapping[BoardId, Board], zone: tzinfo
) -> _News:
    """The story of a trouble that boards of one host share."""
    together = sorted(events, key=order)
    names = list(dict.fromkeys(_name(event, boards) for event in together))
    lead = together[0]
    many = f"{len(names)} boards of {at.host} {at.predicate}: {listed(names, _MOST_BOARDS)}."
    before = [event for board in dict.fromkeys(event.board for event in together) for event in ended.get(board, ())]
    return _News(
        headline=many if len(names) > 1 else calm(lead.headline),
        dated=_dated(lead, zone),
        asides=tuple(_reasons([*together, *before], boards, named=len(names) > 1)),
        heading=_name(lead, boards) if len(names) == 1 else at.host,
        page=_page(lead, boards),
        events=(*together, *before),
    )


def _reasons(events: Iterable[Event], boards: Mapping[BoardId, Board], *, named: bool) -> Iterator[str]:
    """The reasons, each once."""
    reasons: dict[str, None] = {}
    for event in events:
        reason = event.facts.get("message") or event.facts.get("why")
        if isinstance(reason, str) and reason:
            plain = reason.removeprefix(f"{event.board}: ")
            reasons[calm(f"{_name(event, boards)}: {plain}" if named else plain)] = None
    yield from reasons


def _in_words(story: Story, boards: Mapping[BoardId, Board], zone: tzinfo) -> _News:
    return _News(
        headline=calm(story.lead.headline) or calm(words.badge(story.lead)),
        dated=_dated(story.lead, zone),
        asides=tuple(filter(None, map(calm, words.sentences(story)))),
        heading=_name(story.lead, boards),
        page=_page(story.lead, boards),
        events=story.events,
    )


def _dated(event: Event, zone: tzinfo) -> str:
    return calm(f"{words.badge(event)}, {interval(event, zone)}")


def _name(event: Event, boards: Mapping[BoardId, Board]) -> str:
    board = boards.get(event.board)
    return quiet(board.title if board is not None else event.board)


def _page(event: Event, boards: Mapping[BoardId, Board]) -> str:
    board = boards.get(event.board)
    return page(board.page if board is not None else next((evidence.url for evidence in event.evidence), ""))


def _host(event: Event, boards: Mapping[BoardId, Board]) -> str:
    """The host of the address that was asked, or of the board's page; without either the board's id."""
    board = boards.get(event.board)
    for url in (*(evidence.url for evidence in event.evidence), *((board.request.url, board.page) if board else ())):
        if host := host_of(page(url)):
            return host.removeprefix("www.")
    return calm(event.board)


def _as_json(events: Sequence[Event], counted: Sequence[Event], *, route: str, id: str, limits: Limits) -> Message:  # noqa: A002  # see compose
    """One JSON object in ASCII, the weightiest event first; events without room are counted in `more`."""
    weightiest = sorted(events, key=order)
    title = shorten(calm(weightiest[0].headline), limits.title or _LONGEST_TITLE)
    for kept in range(len(weightiest), 0, -1):
        more = len(counted) + len(weightiest) - kept
        shown = [event_json(event) for event in weightiest[:kept]]
        body = json.dumps({"id": id, "route": route, "title": title, "events": shown, "more": more}, allow_nan=False)
        if len(body) <= limits.body:
            return Message(id=id, route=route, title=title, body=body, form="json", events=tuple(events), more=more)
    raise DeliveryError(
        f"{route}: {limits.body} characters are too few for one event as JSON; choose a channel that takes more", final=True
    )

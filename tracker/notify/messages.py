"""Events → the message that tells them: the headline first, the evidence last, within what a channel takes.

Several stories are one message: the weightiest is told whole, the others follow by board. The troubles of
several boards of one host are one story.
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
from tracker.notify.forms import Room, TextLine, calm, fit, page, shorten
from tracker.reports import event_json, words
from tracker.reports.folding import events_of, fold, order
from tracker.reports.words import interval
from tracker.wording import count, host_of, listed, machine_time

_MOST_BOARDS = 6
_SHORT_ID = 12
_LONGEST_TITLE = 250
_LONG_PAGE = 0.4
"""A page's address that would take more of a message than this share is left out; the command to verify stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel takes: characters of title (0: it has none) and of body, and the form: text, markdown, html or json."""

    title: int = 0
    body: int = 1_000_000
    form: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes through a channel. `id` is the idempotency key: the same events on the same route always bear the same.

    With a `title` the headline stands there, and in the body only where it had to be cut. `more` events are only counted in it.
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
    """A story in words; all its text is calm. `heading` is what it stands under in a digest."""

    headline: str
    dated: str
    asides: tuple[str, ...]
    heading: str
    page: str
    events: tuple[Event, ...]

    @property
    def lead(self) -> Event:
        """The event its evidence is shown of."""
        return self.events[0]


class _Trouble(NamedTuple):
    """What boards of one host can have together, and what is then said of them."""

    host: str
    kind: str
    predicate: str


def compose(
    told: Sequence[Event],
    counted: Sequence[Event] = (),
    *,
    route: str,
    id: str,  # noqa: A002  # the word of Message
    boards: Mapping[BoardId, Board],
    limits: Limits,
    zone: tzinfo = UTC,
) -> Message:
    """The message that tells `told` (at least one event) and says how many `counted` there are; the same arguments give the same message.

    Times are in `zone`; JSON has the machine's.

    Raises:
        DeliveryError: final; the limits leave no room for a headline and its evidence.
    """
    if limits.form == "json":
        return _as_json(told, counted, route=route, id=id, limits=limits)
    news = _news(told, boards, zone)
    title = _title(news, limits.title)
    head = [] if title.startswith(news[0].headline) else [TextLine(place=Room.HEADLINE, text=news[0].headline)]
    middle = list(_middle(news))

    def left_out(whole: int) -> list[Event]:
        cut = [line.story for line in middle[whole:] if line.place is Room.ENTRY and line.story]
        return [event for number in cut for event in news[number].events]

    def tails(whole: int) -> list[list[TextLine]]:
        return _tails(news, [*left_out(whole), *counted], boards, limits.body)

    body, whole = fit(head, middle, tails, form=limits.form, most=limits.body)
    more = len(counted) + len(left_out(whole))
    return Message(id=id, route=route, title=title, body=body, form=limits.form, events=tuple(told), more=more)


def _title(news: Sequence[_News], most: int) -> str:
    """The weightiest headline, with how many more there are where that still fits."""
    headline = news[0].headline
    more = f" (and {len(news) - 1} more)" if len(news) > 1 else ""
    if more and len(headline) + len(more) <= most:
        return f"{headline}{more}"
    return shorten(headline, most)


# ── lines ────────────────────────────────────────────────────────────────────────────────────────


def _middle(news: Sequence[_News]) -> Iterator[TextLine]:
    first, *others = news
    if first.dated:
        yield TextLine(place=Room.NOTE, text=first.dated, story=0)
    yield from (TextLine(place=Room.ENTRY, text=aside, story=0) for aside in first.asides)
    for heading, together in _by_heading(others).items():
        also = "Also on " if heading == first.heading and heading else ""
        yield TextLine(place=Room.HEADING, text=f"{also}{heading or 'The tracker itself'}")
        for number, one in together:
            yield TextLine(place=Room.ENTRY, text=f"{one.headline} [{one.lead.id[:_SHORT_ID]}]", story=number)
            yield from (TextLine(place=Room.ASIDE, text=aside, story=number) for aside in one.asides)


def _by_heading(others: Sequence[_News]) -> dict[str, list[tuple[int, _News]]]:
    """The stories after the first with their numbers, by board; the board with the weightiest first."""
    found: dict[str, list[tuple[int, _News]]] = {}
    for number, one in enumerate(others, start=1):
        found.setdefault(one.heading, []).append((number, one))
    return found


def _tails(news: Sequence[_News], more: Sequence[Event], boards: Mapping[BoardId, Board], most: int) -> list[list[TextLine]]:
    """How a message ends, from the fullest to the barest: what is only counted, whose data it is, the evidence."""
    evidence = _evidence(news[0], most)
    many = f"And {count(len(more), 'more event', 'more events')}"
    listing = [TextLine(place=Room.FOOT, text=f"{many}: ", command=_listing(more))] if more else []
    said = [TextLine(place=Room.FOOT, text=f"{many}.")] if more else []
    publishers = "; ".join(_publishers(news, boards))
    source = [TextLine(place=Room.FOOT, text=f"Data: {publishers}")] if publishers else []
    bare = replace(evidence, url="")
    return [[*listing, *source, evidence], [*said, *source, evidence], [*said, evidence], [evidence], [*said, bare], [bare]]


def _publishers(news: Sequence[_News], boards: Mapping[BoardId, Board]) -> Iterable[str]:
    """Whose data it is, as their terms ask; each once, in the order of the stories."""
    of = [boards[event.board] for one in news for event in one.events if event.board in boards]
    return dict.fromkeys(calm(board.attribution or board.title) for board in of)


def _evidence(news: _News, most: int) -> TextLine:
    """Where to check the first story: the board's page, and the command that shows the bytes."""
    shown = news.page if len(news.page) <= most * _LONG_PAGE else ""
    if not news.lead.evidence:
        return TextLine(
            place=Room.FOOT,
            text="Details: ",
            url=shown,
            command="tracker status",
        )
    command = f"tracker verify {news.lead.id[:_SHORT_ID]}"
    return TextLine(place=Room.FOOT, text="Evidence: ", url=shown, command=command)


def _listing(events: Sequence[Event]) -> str:
    """The command that lists them, among whatever else was recorded in that time."""
    times = [event.recorded_at for event in events]
    boards = {event.board for event in events}
    only = f" --board {min(boards)}" if len(boards) == 1 and min(boards) else ""
    return f"tracker events{only} --since {machine_time(min(times))} --until {machine_time(max(times) + timedelta(seconds=1))}"


# ── stories ──────────────────────────────────────────────────────────────────────────────────────


def _news(events: Sequence[Event], boards: Mapping[BoardId, Board], zone: tzinfo) -> list[_News]:
    """The stories the events tell, the weightiest first, then the one of more events; every event is in exactly one."""
    by_trouble: dict[_Trouble, list[Event]] = {}
    by_board: dict[BoardId, list[Event]] = {}
    ended, rest = _ended(events)
    for event in rest:
        if (shared := _shared(event)) is not None:
            by_trouble.setdefault(_Trouble(_host(event, boards), event.kind, shared), []).append(event)
        else:
            by_board.setdefault(event.board, []).append(event)
    stories = [_told(story, boards, zone) for several in by_board.values() for story in fold(several)]
    stories += [_of_host(at, several, ended, boards, zone) for at, several in by_trouble.items()]
    return sorted(stories, key=lambda one: (-one.lead.weight, -len(one.events), order(one.lead)))


def _shared(event: Event) -> str | None:
    """What is said of several boards of one host that have this trouble, None for an event that is a story of its own."""
    trouble = trouble_of(event)
    return trouble.shared.get(event.grade) if trouble else None


def _ends(event: Event) -> bool | None:
    """Whether trouble that boards share is over with the event, None for an event of no such trouble."""
    trouble = trouble_of(event)
    return trouble.ends if trouble and event.grade in trouble.shared else None


def _ended(events: Sequence[Event]) -> tuple[dict[BoardId, list[Event]], list[Event]]:
    """The troubles whose end is among the events, by board, and all other events."""
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
    at: _Trouble,
    events: Sequence[Event],
    ended: Mapping[BoardId, Sequence[Event]],
    boards: Mapping[BoardId, Board],
    zone: tzinfo,
) -> _News:
    """The same trouble of some boards of one host."""
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
    """What was wrong, each thing once."""
    found: dict[str, bool] = {}
    for event in events:
        reason = event.facts.get("message") or event.facts.get("why")
        if isinstance(reason, str) and reason:
            plain = reason.removeprefix(f"{event.board}: ")
            found[calm(f"{_name(event, boards)}: {plain}" if named else plain)] = True
    yield from found


def _told(story: Story, boards: Mapping[BoardId, Board], zone: tzinfo) -> _News:
    return _News(
        headline=calm(story.lead.headline) or calm(words.badge(story.lead)),
        dated=_dated(story.lead, zone),
        asides=tuple(aside for one in words.asides(story) if (aside := calm(one))),
        heading=_name(story.lead, boards),
        page=_page(story.lead, boards),
        events=events_of(story),
    )


def _dated(event: Event, zone: tzinfo) -> str:
    return calm(f"{words.badge(event)}, {interval(event, zone)}")


def _name(event: Event, boards: Mapping[BoardId, Board]) -> str:
    board = boards.get(event.board)
    return calm(board.title if board is not None else event.board)


def _page(event: Event, boards: Mapping[BoardId, Board]) -> str:
    board = boards.get(event.board)
    return page(board.page if board is not None else next((one.url for one in event.evidence), ""))


def _host(event: Event, boards: Mapping[BoardId, Board]) -> str:
    """Whose server it is: of the address that was asked, else of the board's page; the board's id where there is neither."""
    board = boards.get(event.board)
    for url in (*(one.url for one in event.evidence), *((board.request.url, board.page) if board is not None else ())):
        if host := host_of(page(url)):
            return calm(host.removeprefix("www."))
    return calm(event.board)


# ── for programs ─────────────────────────────────────────────────────────────────────────────────


def _as_json(told: Sequence[Event], counted: Sequence[Event], *, route: str, id: str, limits: Limits) -> Message:  # noqa: A002  # see compose
    """One JSON object in ASCII, the weightiest event first; what it has no room for is counted in `more`."""
    weightiest = sorted(told, key=order)
    title = shorten(calm(weightiest[0].headline), limits.title or _LONGEST_TITLE)
    for kept in range(len(weightiest), 0, -1):
        more = len(counted) + len(weightiest) - kept
        events = [event_json(event) for event in weightiest[:kept]]
        body = json.dumps({"id": id, "route": route, "title": title, "events": events, "more": more}, allow_nan=False)
        if len(body) <= limits.body:
            return Message(id=id, route=route, title=title, body=body, form="json", events=tuple(told), more=more)
    raise DeliveryError(
        f"{route}: {limits.body} characters are too few for one event as JSON; choose a channel that takes more", final=True
    )

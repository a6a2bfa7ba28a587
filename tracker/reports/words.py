"""The words that all formats share: times, badges, folded events, gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice

from msgspec import Struct, structs

from tracker.model import BoardReport, EntryId, Event, Evidence, Gap, Health, Report, State, Story, Top, TopRow
from tracker.reports.folding import are_siblings, folding_of, order, subject
from tracker.wording import NO_ERROR, count, listed, machine_time, period, span, when

TITLE = "Leaderboard changes"
HEAVY = 80
"""A story of this weight or more is in bold, and may open the report."""
_LONG = timedelta(hours=48)
"""A change over a longer pause is dated by both its ends."""
_MOST_NAMES = 8
_MOST_RIVALS = 3
_MOST_SENTENCES = 5
_TROUBLES = (State.BROKEN, State.STALE, State.PAUSED, State.PARTIAL)


class Silence(Struct, frozen=True, kw_only=True):
    """A sentence about boards without stories, and these boards."""

    sentence: str
    boards: tuple[Health, ...] = ()


def interval(event: Event, zone: tzinfo) -> str:
    """The time of an event, or both ends of a pause longer than 48 hours."""
    if event.after is None or event.until - event.after <= _LONG:
        return when(event.until, zone)
    return f"between {period(event.after, event.until, zone, joined='and')}"


def window(report: Report, zone: tzinfo) -> str:
    """`2026-04-11 00:00 to 2026-04-18 00:00 UTC`."""
    return period(report.since, report.until, zone)


def badge(event: Event) -> str:
    """`debut · release`: the kind, and the grade unless the kind contains it."""
    kind, grade = _spaced(event.kind), _spaced(event.grade)
    return kind if not grade or grade in kind else f"{kind} · {grade}"


class _Crowd(Struct, frozen=True, kw_only=True):
    """Labels of events that are only named, after words such as `And 4 more variants`."""

    words: str
    labels: tuple[str, ...]

    def sentence(self, limit: int) -> str:
        lines = (f"{self.words}: {listed(self.labels, most)}." for most in range(_MOST_NAMES, 0, -1))
        return next((line for line in lines if len(line) <= limit or not limit), f"{self.words}.")


class Asides(Struct, frozen=True, kw_only=True):
    """The folded events of a story: the same news of its entry, variants and the like, which are named, and the rest."""

    same: tuple[Event, ...] = ()
    rest: tuple[Event, ...] = ()
    crowds: tuple[_Crowd, ...] = ()

    def also(self, most_rivals: int = _MOST_RIVALS) -> str:
        """`Also debuts; overtakes A, B and 17 more.`, or "" if there is nothing."""
        return f"Also {'; '.join(_in_a_word(event, most_rivals) for event in self.same)}." if self.same else ""

    def named(self, limit: int = 0) -> tuple[str, ...]:
        """`And 4 more variants: A, B and 2 more.`, each with as many names as `limit` characters allow, eight by default."""
        return tuple(crowd.sentence(limit) for crowd in self.crowds)


def asides(story: Story) -> Asides:
    """The folded events of a story, each once."""
    same, variants, alike, rest = _sorted_out(story)
    of_group = {party.entry for party in story.lead.subjects} if len(story.lead.subjects) > 1 else set()
    named = [event for event in variants if not of_group.issuperset(party.entry for party in event.subjects)]
    crowds = [_crowd(named, "variant", "variants"), _crowd(alike, *(folding_of(story.lead).crowd or ("", "")))]
    if len(named) < len(variants):
        crowds.insert(0, _Crowd(words="Namely", labels=tuple(_labels(event for event in variants if event not in named))))
    return Asides(same=tuple(same), rest=tuple(rest), crowds=tuple(crowd for crowd in crowds if crowd.labels))


def sentences(story: Story) -> tuple[str, ...]:
    """The folded events as sentences, each once; at most five of the rest."""
    others = asides(story)
    lines = [others.also(), *(event.headline for event in others.rest[:_MOST_SENTENCES])]
    if len(others.rest) > _MOST_SENTENCES:
        lines.append(more_events(len(others.rest) - _MOST_SENTENCES))
    return tuple(filter(None, (*lines, *others.named())))


def more_events(events: int) -> str:
    """The sentence that counts what is left out."""
    return f"And {count(events, 'more event', 'more events')}."


def _sorted_out(story: Story) -> tuple[list[Event], list[Event], list[Event], list[Event]]:
    lead, of_lead = story.lead, folding_of(story.lead)
    same: list[Event] = []
    variants: list[Event] = []
    alike: list[Event] = []
    rest: list[Event] = []
    siblings = {subject(event) for event in story.folded if not of_lead.crowd or are_siblings(lead, event)}
    crowd = {lead.kind, of_lead.tells} if of_lead.crowd else set()
    for event in story.folded:
        own, folding = subject(event) == subject(lead), folding_of(event)
        if own and folding.newcomer and of_lead.newcomer and event.metric in (lead.metric, None):
            same.append(event)
        elif not own and folding.newcomer and subject(event) in siblings:
            variants.append(event)
        elif not own and crowd and (event.kind in crowd or folding.consequence):
            alike.append(event)
        else:
            rest.append(event)
    return same, variants, alike, rest


def _in_a_word(event: Event, most: int) -> str:
    """`overtakes A, B, C and 438 more`; an event may name only the first of those it `passed`."""
    passed = event.facts.get("passed")
    rivals = listed([party.name for party in event.rivals], most, of=passed if isinstance(passed, int) else 0)
    before, alone = folding_of(event).newcomer or (event.kind, event.kind)
    return f"{before} {rivals}" if rivals else alone


def _crowd(events: Iterable[Event], singular: str, plural: str) -> _Crowd:
    labels = _labels(events)
    return _Crowd(words=f"And {count(len(labels), f'more {singular}', f'more {plural}')}", labels=tuple(labels))


def _labels(events: Iterable[Event]) -> list[str]:
    return list({subject(event): _label(event) for event in events}.values())


def _label(event: Event) -> str:
    return listed([party.name for party in event.subjects], _MOST_RIVALS) or event.metric or _spaced(event.kind)


def pages(event: Event) -> dict[Evidence, list[Evidence]]:
    """An event's evidence by its page, in order; a page is evidence without an entry."""
    pages: dict[Evidence, list[Evidence]] = {}
    for proof in event.evidence:
        cells = pages.setdefault(structs.replace(proof, entry=None, metric=None, raw=None), [])
        if proof.entry is not None:
            cells.append(proof)
    return pages


def shown_by(event: Event, evidence: Evidence) -> str:
    """The command that shows the stored state; "" for a consensus, whose evidence is of several boards."""
    if "events" in event.facts:
        return ""
    return f"tracker capture show {event.board} --at {machine_time(evidence.observed_at)}"


def name_of(event: Event, entry: EntryId) -> str:
    """An entry as the event names it, or its key."""
    return next((party.name for party in (*event.subjects, *event.rivals) if party.entry == entry), entry)


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def summary(report: Report) -> str:
    """The number of stories; empty without any."""
    boards = [board for board in report.boards if board.stories]
    stories = sum(len(board.stories) for board in boards)
    return f"{count(stories, 'story', 'stories')} on {count(len(boards), 'board')}." if stories else ""


def opening(report: Report) -> str:
    """The number of stories, and the headlines of the weightiest two on different boards or models; empty without any."""
    leads = sorted((story.lead for board in report.boards for story in board.stories if story.lead.subjects), key=order)
    weighty = [lead for lead in leads if lead.weight >= HEAVY]
    others = (lead for lead in weighty if (lead.board, subject(lead)) != (weighty[0].board, subject(weighty[0])))
    return " ".join((summary(report), *(lead.headline for lead in (*weighty[:1], *islice(others, 1)))))


class Day(Struct, frozen=True, kw_only=True):
    """A board's stories of a day in the reader's time zone, the weightiest first; without a title, of the whole window.

    The title has the time of most of them, `times` has that of each other story.
    """

    title: str
    stories: tuple[Story, ...]
    times: tuple[str, ...]


def days(board: BoardReport, zone: tzinfo, *, by_weight: bool = False) -> tuple[Day, ...]:
    """A board's stories by day, the newest first, or all by weight."""
    if by_weight:
        return (Day(title="", stories=board.stories, times=tuple(interval(story.lead, zone) for story in board.stories)),)
    by_day: dict[date, list[Story]] = {}
    for story in board.stories:
        by_day.setdefault(story.lead.recorded_at.astimezone(zone).date(), []).append(story)
    return tuple(_day(day, tuple(by_day[day]), zone) for day in sorted(by_day, reverse=True))


def _day(day: date, stories: tuple[Story, ...], zone: tzinfo) -> Day:
    times = [_time(story.lead, day, zone) for story in stories]
    usual = Counter(times).most_common(1)[0][0]
    return Day(title=f"{day:%A}, {day}, {usual}", stories=stories, times=tuple("" if time == usual else time for time in times))


def _time(event: Event, day: date, zone: tzinfo) -> str:
    """The time of an event on its day; `since 2026-11-21 06:00 UTC` if it was only confirmed then."""
    time = interval(event, zone).removeprefix(f"{day} ")
    return f"since {time}" if time == when(event.until, zone) else time


def meta(story: Story, time: str) -> str:
    """The badge of a story and, if it is not that of its day, its time."""
    return ", ".join(filter(None, (badge(story.lead), time)))


def heading(board: BoardReport) -> str:
    """The board's title, and the metric that ranks it, with the reservation that holds for all its differences."""
    return f"{board.health.title} ({measured(board.top)})" if board.top else board.health.title


def measured(top: Top) -> str:
    """The metric that ranks a board, and whether its error is unknown."""
    return top.metric + ("" if top.has_error else NO_ERROR)


def move(row: TopRow, top: Top) -> str:
    """`▲2`, `▼1`, `new`; "" if the rank is as it was, or unknown."""
    if not top.is_compared or row.was == row.rank:
        return ""
    if row.was is None:
        return "new"
    return f"▲{row.was - row.rank}" if row.was > row.rank else f"▼{row.rank - row.was}"


def troubles(report: Report) -> tuple[Health, ...]:
    """The boards in trouble, the worst first. A board that is disabled on purpose is not in trouble."""
    troubled = [board.health for board in report.boards if board.health.enabled and board.health.state in _TROUBLES]
    return tuple(sorted(troubled, key=lambda health: (_TROUBLES.index(health.state), health.title, health.board)))


def last_read(health: Health, zone: tzinfo) -> str:
    """When the board was last read, in words."""
    return f"last read {when(health.last_accepted, zone)}" if health.last_accepted else "never read"


def notes(board: BoardReport, zone: tzinfo) -> tuple[str, ...]:
    """Notes below a board's stories: gaps, recorded changes, attribution."""
    recorded = (_recorded(board.recorded),) if board.recorded else ()
    return (*_unseen(board.gaps, zone), *recorded, attribution(board))


def _recorded(events: int) -> str:
    return f"{count(events, 'smaller change')} recorded but not reported."


def attribution(board: BoardReport) -> str:
    """`Data: Artificial Analysis, artificialanalysis.ai`, as the publishers' terms require."""
    return f"Data: {board.health.attribution or board.health.title}"


def _unseen(gaps: Sequence[Gap], zone: tzinfo) -> tuple[str, ...]:
    """One sentence on all gaps, if any."""
    spans = [f"between {period(gap.after, gap.until, zone, joined='and')} ({span(gap.until - gap.after)})" for gap in gaps]
    its = "its ends" if len(gaps) == 1 else "their ends"
    return (f"No snapshot {', '.join(spans)}: what happened then is dated only by {its}.",) if gaps else ()


def silences(report: Report, zone: tzinfo) -> tuple[Silence, ...]:
    """Sentences on boards without stories and trouble: first seen, unchanged, with recorded changes, or unseen; and on gaps."""
    if report.only:
        found = "Only changes that match are shown" if report.boards else "No change in this time matches"
        return (Silence(sentence=f"{found}: {report.only}."),)
    if not report.boards:
        return (Silence(sentence="There are no boards to report on."),)
    without = [board for board in report.boards if not board.stories]
    troubled = troubles(report)
    quiet = [board for board in without if board.health not in troubled or board.health.state is State.PARTIAL]
    seen = [board for board in quiet if board.checks]
    first = [board for board in seen if board.is_first]
    still = [board for board in seen if not board.is_first and not board.recorded]
    stirred = [board for board in seen if not board.is_first and board.recorded]
    unseen = [board for board in quiet if not board.checks and (board.health.last_checked or board.health.state is State.OK)]
    unread = [board for board in quiet if board.health.state is State.NEVER_READ]
    groups = (
        (
            f"First reading of {count(len(first), 'board')}: nothing to compare {'it' if len(first) == 1 else 'them'} with yet.",
            first,
        ),
        (f"Nothing changed on {_boards(still)}.", still),
        (f"No news on {_boards(stirred)}; {_recorded(sum(board.recorded for board in stirred))}", stirred),
        (f"Not seen in this time: {count(len(unseen), 'board')}{_newest(unseen, report.since, zone)}.", unseen),
        (f"Never read: {count(len(unread), 'board')}.", unread),
    )
    gaps = [f"{board.health.title}: {sentence}" for board in without for sentence in _unseen(board.gaps, zone)]
    return (
        *(Silence(sentence=sentence, boards=tuple(board.health for board in boards)) for sentence, boards in groups if boards),
        *(Silence(sentence=sentence) for sentence in gaps),
    )


def _newest(boards: Sequence[BoardReport], since: datetime, zone: tzinfo) -> str:
    """When one of them was last seen before the window; nothing if some were seen after it."""
    seen = [board.health.last_checked for board in boards if board.health.last_checked is not None]
    if any(at >= since for at in seen):
        return ""
    return f"; the newest reading is of {when(max(seen), zone)}" if seen else ""


def _boards(boards: Sequence[BoardReport]) -> str:
    return f"{count(len(boards), 'board')} ({count(sum(board.checks for board in boards), 'check')})"

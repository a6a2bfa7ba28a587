"""The words that all formats share: times, badges, folded events, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo

from tracker.model import BoardReport, EntryId, Event, Evidence, Gap, Health, Report, State, Story
from tracker.reports.folding import folding_of, subject
from tracker.wording import count, listed, period, span, when

TITLE = "Leaderboard changes"
_LONG = timedelta(hours=48)
"""A change over a longer pause is dated by both its ends."""
_MOST_NAMES = 8
_MOST_RIVALS = 3
_MOST_SENTENCES = 5
_TROUBLES = (State.BROKEN, State.STALE, State.PAUSED, State.PARTIAL)
_UNREADABLE = frozenset((State.BROKEN, State.STALE, State.PAUSED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
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


def asides(story: Story) -> tuple[str, ...]:
    """Sentences on the folded events, each once.

    The same news of the lead's entry in a word, variants and similar events of others by name, the rest in full.
    """
    same, variants, alike, rest = _sorted_out(story)
    lines = [f"Also {'; '.join(map(_in_a_word, same))}."] if same else []
    lines += [event.headline for event in rest[:_MOST_SENTENCES]]
    if len(rest) > _MOST_SENTENCES:
        lines.append(f"And {count(len(rest) - _MOST_SENTENCES, 'more event', 'more events')}.")
    if variants:
        lines.append(_and_more(variants, ("variant", "variants")))
    crowd = folding_of(story.lead).crowd
    if alike and crowd:
        lines.append(_and_more(alike, crowd))
    return tuple(lines)


def _sorted_out(story: Story) -> tuple[list[Event], list[Event], list[Event], list[Event]]:
    lead, of_lead = story.lead, folding_of(story.lead)
    same: list[Event] = []
    variants: list[Event] = []
    alike: list[Event] = []
    rest: list[Event] = []
    is_release = any(folding_of(event).debut or folding_of(event).siblings for event in story.folded)
    crowd = {lead.kind, of_lead.tells} if of_lead.crowd and not is_release else set()
    for event in story.folded:
        own, folding = subject(event) == subject(lead), folding_of(event)
        if own and folding.newcomer and of_lead.newcomer and event.metric in (lead.metric, None):
            same.append(event)
        elif not own and crowd and (event.kind in crowd or folding.consequence):
            alike.append(event)
        elif not own and folding.newcomer:
            variants.append(event)
        else:
            rest.append(event)
    return same, variants, alike, rest


def _in_a_word(event: Event) -> str:
    """`overtakes A, B, C and 438 more (debut)`; an event may name only the first of those it `passed`."""
    passed = event.facts.get("passed")
    rivals = listed([party.name for party in event.rivals], _MOST_RIVALS, of=passed if isinstance(passed, int) else 0)
    before, alone = folding_of(event).newcomer or (event.kind, event.kind)
    return f"{f'{before} {rivals}' if rivals else alone} ({_spaced(event.grade)})"


def _and_more(events: Iterable[Event], words: tuple[str, str]) -> str:
    """`And 4 more variants: A, B, C and D.`, counting the subjects of the events."""
    labels = {
        subject(event): listed([party.name for party in event.subjects], _MOST_RIVALS) or event.metric or _spaced(event.kind)
        for event in events
    }
    return f"And {count(len(labels), f'more {words[0]}', f'more {words[1]}')}: {listed(list(labels.values()), _MOST_NAMES)}."


def pages(event: Event) -> dict[Evidence, list[Evidence]]:
    """An event's evidence by its page, in order; a page is evidence without an entry."""
    pages: dict[Evidence, list[Evidence]] = {}
    for proof in event.evidence:
        cells = pages.setdefault(replace(proof, entry=None, metric=None, raw=None), [])
        if proof.entry is not None:
            cells.append(proof)
    return pages


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
    """Sentences on boards without stories: first seen, unchanged, with recorded changes only, or not seen; and on their gaps.

    A board in trouble is among the troubles instead.
    """
    if not report.boards:
        return (Silence(sentence="There are no boards to report on."),)
    without = [board for board in report.boards if not board.stories]
    quiet = [board for board in without if board.health.state not in _UNREADABLE]
    seen = [board for board in quiet if board.checks]
    first = [board for board in seen if board.is_first]
    still = [board for board in seen if not board.is_first and not board.recorded]
    stirred = [board for board in seen if not board.is_first and board.recorded]
    unseen = [board for board in quiet if not board.checks and board.health.state is not State.NEVER_READ]
    unread = [board for board in quiet if board.health.state is State.NEVER_READ]
    groups = (
        (
            f"First reading of {count(len(first), 'board')}: nothing to compare {'it' if len(first) == 1 else 'them'} with yet.",
            first,
        ),
        (f"Nothing changed on {_boards(still)}.", still),
        (f"No news on {_boards(stirred)}; {_recorded(sum(board.recorded for board in stirred))}", stirred),
        (f"Not seen in this time: {count(len(unseen), 'board')}.", unseen),
        (f"Never read: {count(len(unread), 'board')}.", unread),
    )
    gaps = [f"{board.health.title}: {sentence}" for board in without for sentence in _unseen(board.gaps, zone)]
    return (
        *(Silence(sentence=sentence, boards=tuple(board.health for board in boards)) for sentence, boards in groups if boards),
        *(Silence(sentence=sentence) for sentence in gaps),
    )


def _boards(boards: Sequence[BoardReport]) -> str:
    return f"{count(len(boards), 'board')} ({count(sum(board.checks for board in boards), 'check')})"

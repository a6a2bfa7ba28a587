"""Events, checks and boards to report on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tracker.model import (
    BoardId,
    Check,
    EntryId,
    Event,
    EventId,
    Evidence,
    Health,
    MetricId,
    Party,
    Report,
    Result,
    State,
    Story,
    Top,
    TopRow,
)
from tracker.reports import build

T0 = datetime(2026, 4, 18, 6, 18, 33, tzinfo=UTC)
DAY = timedelta(days=1)
AA = BoardId("artificial-analysis/llms")
ARENA = BoardId("lmarena/text")
INDEX = MetricId("intelligence")


def party(name: str) -> Party:
    return Party(entry=EntryId(name.lower().replace(" ", "-")), name=name)


def event(
    name: str,
    kind: str = "debut",
    *subjects: str,
    grade: str = "release",
    weight: int = 50,
    is_news: bool = True,
    board: BoardId = AA,
    at: datetime = T0,
    after: datetime | None = None,
    rivals: Sequence[str] = (),
    metric: MetricId | None = INDEX,
    headline: str = "",
    evidence: tuple[Evidence, ...] = (),
    **facts: object,
) -> Event:
    return Event(
        id=EventId(name),
        kind=kind,
        grade=grade,
        weight=weight,
        is_news=is_news,
        board=board,
        metric=metric,
        subjects=tuple(party(subject) for subject in subjects),
        rivals=tuple(party(rival) for rival in rivals),
        after=after,
        until=at,
        headline=headline or f"{' and '.join(subjects) or board}: {kind} {name}.",
        facts=facts,
        evidence=evidence,
        rule=f"{kind}/1",
        recorded_at=at,
    )


def proof(name: str, raw: str | None, *, days: float = 0, url: str = "https://aa.example/api?page=1") -> Evidence:
    entry = party(name).entry
    return Evidence(sha256="ab" * 32, url=url, observed_at=T0 + days * DAY, entry=entry, metric=INDEX, raw=raw)


def health(board: BoardId = AA, title: str = "Artificial Analysis", *, state: State = State.OK, **more: object) -> Health:
    values: dict[str, object] = {"page": f"https://{board.split('/')[0]}.example/models", "attribution": f"{title}, example"}
    return Health(board=board, title=title, state=state, **(values | more))  # type: ignore[arg-type]


def checks(*days: float, board: BoardId = AA, result: Result = Result.ACCEPTED) -> list[Check]:
    return [Check(board=board, observed_at=T0 + day * DAY, result=result, url="") for day in days]


def top(*names: str, title: str = "Intelligence Index", has_error: bool = True) -> Top:
    """A board led by these names, each of which moved up from one rank below; the last one is new."""
    was = [*range(2, len(names) + 1), None]
    rows = [TopRow(rank=rank, was=was[rank - 1], name=name, value=f"{70 - rank}") for rank, name in enumerate(names, 1)]
    return Top(metric=title, rows=tuple(rows), is_compared=True, has_error=has_error)


def report(
    events: Iterable[Event],
    *boards: Health,
    news_only: bool = True,
    tops: Mapping[BoardId, Top | None] = {},
    **seen: list[Check],
) -> Report:
    """Two weeks from four days before T0 on; keywords are checks by any name."""
    by_board: dict[BoardId, list[Check]] = {}
    for check in (check for several in seen.values() for check in several):
        by_board.setdefault(check.board, []).append(check)
    shown = boards or (health(),)
    return build(shown, list(events), by_board, since=T0 - 4 * DAY, until=T0 + 10 * DAY, news_only=news_only, tops=tops)


def stories(*events: Event) -> tuple[Story, ...]:
    return report(events).boards[0].stories


def ids(story: Story) -> list[str]:
    """The lead's id, then those of what is folded into it."""
    return [event.id for event in (story.lead, *story.folded)]

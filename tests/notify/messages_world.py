"""Events to tell and the boards they are of."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kit import board
from msgspec import structs

from tracker.model import Board, BoardId, EntryId, Event, EventId, Evidence, MetricId, Party
from tracker.notify.messages import Limits, Message, compose

T0 = datetime(2026, 4, 18, 6, 18, 33, tzinfo=UTC)
AA = BoardId("artificial-analysis/llms")
PROOF = Evidence(sha256="ab" * 32, url="https://aa.example/api", observed_at=T0)


def boards(*more: Board) -> dict[BoardId, Board]:
    made = [
        declared(AA, "Artificial Analysis: language models", "https://aa.example/models", "Artificial Analysis, aa.example"),
        *(
            declared(f"arena/{name}", f"Arena {name}", f"https://www.arena.example/{name}", "Arena")
            for name in ("text", "vision", "code")
        ),
        *more,
    ]
    return {board.id: board for board in made}


def declared(name: str, title: str, page: str, attribution: str = "") -> Board:
    return replace(board(), id=BoardId(name), title=title, page=page, attribution=attribution)


def event(
    name: str,
    headline: str,
    *,
    kind: str = "debut",
    grade: str = "release",
    weight: int = 50,
    of: str = AA,
    subjects: Sequence[str] = ("Qwen 9",),
    minutes: float = 0,
    evidence: tuple[Evidence, ...] = (PROOF,),
    **facts: object,
) -> Event:
    at = T0 + timedelta(minutes=minutes)
    return Event(
        id=EventId(name),
        kind=kind,
        grade=grade,
        weight=weight,
        is_news=True,
        board=BoardId(of),
        metric=MetricId("intelligence"),
        subjects=tuple(Party(entry=EntryId(subject.lower()), name=subject) for subject in subjects),
        rivals=(),
        after=None,
        until=at,
        headline=headline,
        facts=facts,
        evidence=evidence,
        rule=f"{kind}/1",
        recorded_at=at,
    )


LEAD = event(
    "3c7213a00910aaaa",
    "Qwen 9 (57.1) takes the lead on Intelligence from GPT-9.",
    kind="new_leader",
    grade="supported",
    weight=90,
)
DEBUT = event("77aa00000000bbbb", "Qwen 9 enters at rank 1 with 57.1.", weight=60)
OTHER = event(
    "51b000000000cccc",
    "Llama 9 costs $0.20 per 1M tokens, was $0.40.",
    kind="price_change",
    grade="cut",
    weight=30,
    subjects=("Llama 9",),
)
ARENA = event(
    "9d0000000000dddd",
    "o9 overtakes Gemini 9 on the arena.",
    kind="overtake",
    grade="decisive",
    weight=70,
    of="arena/text",
    subjects=("o9",),
)


REASON = "no table with 3 columns; correct parse.select"


def broken(name: str, *, url: str = "https://api.arena.example/v1", **more: object) -> Event:
    headline = (
        f"Arena {name} does not have the declared structure;"
        " the last accepted state remains in use until the page is readable again."
    )
    facts = {"kind": "board_broken", "grade": "parse", "weight": 85, "message": f"arena/{name}: {REASON}"}
    return _trouble(f"b{name}", name, headline, evidence=(structs.replace(PROOF, url=url),), **facts, **more)


def recovered(name: str, **more: object) -> Event:
    headline, proof = f"Arena {name} reads again after 5 hours.", structs.replace(PROOF, url="https://api.arena.example/v1")
    facts = {"kind": "board_recovered", "grade": "broken", "weight": 50, "why": f"arena/{name}: {REASON}"}
    return _trouble(f"r{name}", name, headline, evidence=(proof,), **facts, **more)


def _trouble(event_id: str, name: str, headline: str, **more: object) -> Event:
    return event(event_id.ljust(16, "0"), headline, of=f"arena/{name}", subjects=(), **more)


def message(
    events: Iterable[Event],
    counted: Iterable[Event] = (),
    *,
    form: str = "text",
    title: int = 0,
    body: int = 100_000,
    of: dict[BoardId, Board] | None = None,
) -> Message:
    limits = Limits(title=title, body=body, form=form)
    return compose(tuple(events), tuple(counted), route="team", id="m1", boards=boards() if of is None else of, limits=limits)

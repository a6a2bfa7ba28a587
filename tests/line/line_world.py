"""A small CSV board, its states written in one line each, a fetcher that answers as told, and all that a store holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from memory_store import MemoryStore

from tracker.errors import FetchError
from tracker.model import (
    Board,
    BoardId,
    Capture,
    Column,
    Contract,
    EntryId,
    EventFilter,
    IndexLine,
    Kind,
    Metric,
    MetricId,
    Nature,
    Parse,
    Request,
    Unchanged,
    Validators,
    Verdict,
)
from tracker.ports import Store
from tracker.stores import service_state, vintages
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore

BOARD, OTHER = BoardId("acme/text"), BoardId("acme/code")
URL = "https://acme.example/text.csv"
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
SCORE, PRICE = MetricId("score"), MetricId("price")
NOT_DERIVED = service_state.TABLES | vintages.TABLES | {"_sqlite_migrations", "changes", "indices"}
"""The pieces of an index depend on how often a board was synced."""

CHALLENGE = b"<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
CUT = b'key,name,score,price,licence\na,Alpha,"90'


def metric(name: MetricId, nature: Nature, *, higher: bool, **more: object) -> Metric:
    column = Column(sources=(name,))
    return Metric(**{"id": name, "title": name.title(), "column": column, "nature": nature, "higher_is_better": higher, **more})


def board(board_id: BoardId = BOARD, **contract: object) -> Board:
    return Board(
        id=board_id,
        title="Acme Arena",
        page="https://acme.example/",
        request=Request(url=URL),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        attributes={"licence": Column(sources=("licence",), kind=Kind.TEXT)},
        metrics=(
            metric(SCORE, Nature.TESTED, higher=True, primary=True, topic="overall", unit="points", stated_error=2.0),
            metric(PRICE, Nature.LISTED, higher=False, topic="price", unit="USD per 1M tokens"),
        ),
        contract=Contract(**{"max_drop": 0.4, **contract}),
    )


def csv(text: str, *, end: str = "") -> bytes:
    """`a:90:2.5:MIT b:80`: key, score, price and licence of each entry; the name is the key in capitals."""
    lines = ["key,name,score,price,licence"]
    for part in text.split():
        key, score, price, licence = [*part.split(":"), "", "", ""][:4]
        lines.append(f"{key},{key.upper()},{score},{price},{licence}")
    return ("\n".join(lines) + "\n" + end).encode()


def at(number: float) -> datetime:
    """That many days after the start."""
    return START + timedelta(days=number)


SIX = "a:90:2:MIT b:80:3 c:70:1 d:60:1 e:50:1 f:40:1"
SEASON: Mapping[float, bytes] = {
    0: csv(SIX),
    1: csv("a:90:2:MIT b:95:3 c:70:1 d:60:1 e:50:1 f:40:1"),
    2: csv("a:90:2:MIT b:95:3 c:70:1 d:60:1 e:50:1 f:40:1"),
    3: csv("a:90:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9 h:20:1"),
    4: CHALLENGE,
    4.5: CUT,
    5: csv("a:90:1.5:Apache-2.0 b:95:3 c:70:1 d:60:1 e:50:1 g:97:9 h:20:1"),
    6: csv("a:45:1.5 b:47.5:3 c:35:1 d:30:1 e:25:1 g:48.5:9 h:10:1"),
    7: csv("a:45:1.5 b:47.5:3"),
    8: csv("a:45:1.5 b:47.5:3 c:35:1 d:30:1 e:38:1 g:48.5:9 h:10:1 f:20:1"),
}
"""A leader change, a pause, two debuts and a departure, two broken pages, a re-base, a collapse, a return."""


def keep(archive: FileArchive, states: Mapping[float, bytes], board_id: BoardId = BOARD) -> None:
    """Put bodies into the archive as if they had been imported."""
    for number, body in states.items():
        archive.keep(Capture(board=board_id, observed_at=at(number), url=URL, bodies=(body,)))


def note(archive: FileArchive, number: float, verdict: Verdict, **more: object) -> None:
    archive.note(BOARD, IndexLine(**{"observed_at": at(number), "url": URL, "verdict": verdict, **more}))


def files(folder: Path, states: Mapping[float, bytes]) -> list[Path]:
    """The bodies as dated files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, body in states.items():
        paths.append(folder / f"{at(number):%Y-%m-%dT%H%M%SZ}.csv")
        paths[-1].write_bytes(body)
    return paths


@dataclass
class FakeFetcher:
    """Answers each board with what the script says next; notes the validators it was given."""

    script: Mapping[BoardId, Sequence[Capture | Unchanged | FetchError]]
    asked: list[Validators]

    @classmethod
    def saying(cls, *answers: Capture | Unchanged | FetchError) -> FakeFetcher:
        return cls(script={BOARD: answers}, asked=[])

    def fetch_all(self, jobs: Sequence[tuple[Board, Validators]]) -> Iterator[tuple[Board, Capture | Unchanged | FetchError]]:
        for declared, validators in jobs:
            self.asked.append(validators)
            for answer in self.script[declared.id]:
                yield declared, answer


def capture(number: float, *bodies: bytes, board_id: BoardId = BOARD, etag: str | None = None) -> Capture:
    return Capture(board=board_id, observed_at=at(number), url=URL, bodies=bodies, validators=Validators(etag=etag))


# ── everything a store holds ─────────────────────────────────────────────────────────────────────


def dump(store: Store, boards: Iterable[BoardId] = (BOARD,)) -> Mapping[str, object]:
    """Every row of every table that is derived from the archive; for the memory store every answer."""
    return _rows(store) if isinstance(store, SqliteStore) else _answers(store, boards)


def _rows(store: SqliteStore) -> dict[str, list[tuple[object, ...]]]:
    execute = store._connection.execute
    tables = [name for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: sorted(execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name not in NOT_DERIVED}
    rows["_boards"] = [(board_id, *rest) for board_id, _, *rest in rows["_boards"]]
    return rows


def _answers(store: Store, boards: Iterable[BoardId]) -> dict[str, object]:
    return {board_id: _answer(store, board_id) for board_id in boards}


def _answer(store: Store, board_id: BoardId) -> dict[str, object]:
    checks = list(store.checks(board_id))
    keys = {key for check in checks if (shown := store.at(board_id, check.observed_at)) for key in shown.entries}
    return {
        "checks": checks,
        "past": store.past(board_id),
        "at": [store.at(board_id, check.observed_at) for check in checks],
        "spans": {(key, name): list(store.spans(board_id, key, name)) for key in keys for name in (SCORE, PRICE)},
        "ranks": {key: list(store.rank_spans(board_id, EntryId(key))) for key in keys},
        "segments": list(store.segments(board_id)),
        "events": list(store.events(EventFilter(board=board_id))),
        "declared": store.declared(board_id),
    }


OPENED: list[SqliteStore] = []
"""Stores that a test made; a fixture closes them when it is over."""


def fresh(kind: str) -> Store:
    if kind == "memory":
        return MemoryStore()
    OPENED.append(SqliteStore(Path(":memory:")))
    return OPENED[-1]


INSIGHTS = ("class_leader", "frontier", "generation_gain", "line_overtake", "milestone", "parity", "release_group")
"""What a change means for lines and classes follows from it, and is tested where it is worked out."""


def kinds(store: Store, **wanted: object) -> list[str]:
    chosen = store.events(EventFilter(**{"board": BOARD, **wanted}))
    return [f"{event.kind}/{event.grade}" for event in chosen if event.kind not in INSIGHTS]

"""A record of two invented boards, day by day, and sentences about it in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import kit
from memory_store import MemoryStore

from tracker import claims
from tracker.claims import Claim, Finding, finding_json
from tracker.claims.record import Record
from tracker.claims.rendering import claim_text
from tracker.compare import compare
from tracker.events.detecting import advance, detect
from tracker.model import Board, BoardId, BoardState, Check, Metric, Result, Snapshot, Step
from tracker.model.names import EMPTY_LEXICON
from tracker.query.find import states

NAMES: Mapping[str, str] = {
    "v72": "Vega2 72B",
    "v14": "Vega2 14B",
    "v7": "Vega2 7B",
    "w70": "Vega1 70B",
    "w13": "Vega1 13B",
    "o4": "Orion-4",
    "o5": "Orion-5",
    "z9": "Zorg-9",
    "l3": "Lumen 3 Pro",
    "c1": "Calyx-1",
    "cp": "Calyx-1+",
    "cn": "Chinese-Calyx-1",
}
OPEN = {
    key: {"open_weights": "true" if key[0] in "vwz" else "false", "creator": "Stellar" if key[0] in "vw" else "Lunar Labs"}
    for key in NAMES
}
SCORE = kit.metric(stated_error=1.0, unit="index")
CODING = kit.metric("coding", topic="coding", unit="%")
MATHS = kit.metric("math_index", topic="math", unit="%")
PRICE_IN = kit.metric("price_in", "listed", better="lower", unit="USD per 1M tokens", topic="price")
PRICE_OUT = kit.metric("price_out", "listed", better="lower", unit="USD per 1M tokens", topic="price")
SPEED = kit.metric("speed", "live", unit="tokens per second", topic="speed")
METRICS = (SCORE, CODING, MATHS, PRICE_IN, PRICE_OUT, SPEED)
ELO = kit.metric(nature="fitted", unit="elo")


class World:
    """Boards that are looked at once a day."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self._boards: dict[str, tuple[Board, Snapshot | None, BoardState, int]] = {}

    def board(self, name: str, title: str, *metrics: Metric, **contract: object) -> None:
        declared = replace(kit.board(*metrics, **contract), id=BoardId(name), title=title)
        self.store.declare(declared)
        self._boards[name] = (declared, None, BoardState(), -1)

    def show(self, board: str, text: str, **more: object) -> None:
        """The next day's snapshot."""
        declared, last, past, day = self._boards[board]
        shown = {key for cells in (text, *more.values()) if isinstance(cells, str) for key in kit.cells(cells)}
        named = {key: NAMES.get(key, key) for key in shown}
        stated = {key: OPEN[key] for key in shown if key in OPEN}
        after = replace(kit.snapshot(text, day=day + 1, names=named, attributes=stated, **more), board=declared.id)
        diff = compare(declared, last, after)
        detected = detect(diff, past)
        past = advance(past, diff, detected)
        check = Check(
            board=declared.id, observed_at=after.observed_at, result=Result.ACCEPTED, url=after.url, entries=len(after.entries)
        )
        self.store.save(Step(check=check, past=past, diff=diff, events=detected.events))
        self._boards[board] = (declared, after, past, day + 1)

    def check(self, text: str, **more: object) -> tuple[Finding, ...]:
        return claims.check(text, self.store, lexicon=EMPTY_LEXICON, **more)

    def verdicts(self, text: str, **more: object) -> list[str]:
        return [str(found.verdict) for found in self.check(text, **more)]

    def only(self, text: str, **more: object) -> Finding:
        (found,) = self.check(text, **more)
        return found

    def read(self, text: str) -> list[str]:
        """Every claim as the grammar understood it; `? …` for what it did not."""
        record = Record(store=self.store, states=states(self.store, lexicon=EMPTY_LEXICON), lexicon=EMPTY_LEXICON)
        return [claim_text(claim) if isinstance(claim, Claim) else f"? {claim.reason}" for claim in claims.read(text, record)]


def made() -> World:
    """Two boards: Acme Bench with scores, prices and sizes; Duel Arena with ratings and intervals."""
    world = World()
    world.board("acme/bench", "Acme Bench: models", *METRICS)
    world.board("duel/arena", "Duel Arena", ELO)
    first = "v14:50 v7:41 w70:47 w13:35 o4:~40 o5:60 l3:49.5"
    coding = "v14:30 v7:22 w70:28 o4:45 o5:60 l3:12"
    cost = {"price_in": "v14:1 w70:2 o5:10 l3:4 v7:0.5", "price_out": "v14:2 w70:4 o5:30 l3:1.5 v7:1"}
    speeds = (
        "v14:100 o5:50 w70:70 l3:60",
        "v14:110 o5:52 w70:112 l3:55",
        "v14:105 o5:49 w70:90 l3:70",
        "v14:108 o5:51 w70:120 l3:66",
    )
    for day, speed in enumerate(speeds):
        score = first if day < 2 else first.replace("v14:50", "v14:58") + " z9:63"
        world.show("acme/bench", score, coding=coding, math_index="o5:80 w13:10", speed=speed, **cost)
        rated = "v14:1310±5 o5:1300±5 o4:1250±8 l3:1309±6"
        world.show("duel/arena", rated if day < 3 else rated.replace("l3:1309±6", "l3:1340±6"))
    return world


def plain(found: Finding) -> dict[str, object]:
    return finding_json(found)

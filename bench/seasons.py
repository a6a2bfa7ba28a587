"""Write a page per series of dated states: the news of each day, in time order.

`make seasons DATA=FOLDER` (or `python bench/seasons.py FOLDER [SERIES…]`), where FOLDER has `<source>/<board>/<time>.<ext>` for
the declarations under tests/real/schedules. The pages go to build/seasons, which is never committed: some publishers
restrict redistribution. Printed per series: days with news, items on the median one and on the fullest.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from msgspec import Struct

from tracker import parsers, reports
from tracker.line import fold, intake
from tracker.line.apart import read_line
from tracker.model import Board, BoardState, Event, Health, State, Step, Story
from tracker.schedules import load_board
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

ROOT = Path(__file__).resolve().parents[1]
DEFINITIONS = ROOT / "tests" / "real" / "schedules"
BUILD = ROOT / "build" / "seasons"
SERIES = (
    "artificial-analysis/llms",
    *(f"arena-ai/{board}" for board in ("text", "vision", "code", "search", "text-to-image")),
    *(f"livebench/table_{release}" for release in ("2024_06_24", "2024_07_26", "2024_08_31", "2024_11_25")),
    *(f"swebench/{board}" for board in ("data", "index", "lite")),
    "vectara/hallucination",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One observation with news: the stories in its report, and the number of changes that were only recorded."""

    step: Step
    stories: tuple[Story, ...]


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    folder, chosen = Path(sys.argv[1]), sys.argv[2:] or SERIES
    for series in chosen:
        if not (folder / series).is_dir():
            print(f"{series}: no such folder under {folder}")
            continue
        write(series, folder / series)
    return 0


def write(series: str, folder: Path) -> None:
    options: dict[str, type[Struct]] = {name: parsers.options_of(name) for name in parsers.FORMATS}
    board = load_board(DEFINITIONS / f"{series}.toml", DEFINITIONS, options)
    steps = list(walked(board, sorted(folder.iterdir())))
    days = [day for step in steps if (day := told(board, step)).stories]
    page = BUILD / f"{series}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(lines(board, steps, days)), encoding="utf-8")
    counts = [len(day.stories) for day in days] or [0]
    print(f"{series}: {len(steps)} readings, {len(days)} with news; items: median {median(counts):g}, most {max(counts)}; {page}")


def walked(board: Board, files: Sequence[Path]) -> Iterator[Step]:
    with tempfile.TemporaryDirectory() as scratch:
        archive = FileArchive(Path(scratch) / "captures")
        intake.import_bodies(board, files, archive=archive, store=SqliteStore(Path(":memory:")), lexicon=default_lexicon())
        index, _ = archive.index(board.id)
        yield from fold.steps(board, index, archive, before=None, past=BoardState(), lexicon=default_lexicon(), read=read_line)


def told(board: Board, step: Step) -> Day:
    at = step.check.observed_at
    health = Health(board=board.id, title=board.title, page=board.page, attribution=board.attribution, state=State.OK)
    report = reports.build([health], step.events, {}, since=at, until=at + timedelta(seconds=1))
    return Day(step=step, stories=report.boards[0].stories)


def lines(board: Board, steps: Sequence[Step], days: Sequence[Day]) -> Iterator[str]:
    yield f"# {board.title}\n"
    yield f"{len(steps)} readings, {len(days)} with news. {board.attribution}\n"
    for day in days:
        check = day.step.check
        untold = sum(not event.is_news for event in day.step.events)
        yield f"## {check.observed_at:%Y-%m-%d %H:%M} UTC, {check.entries} entries\n"
        for story in day.stories:
            yield f"- **{story.lead.weight}** {named(story.lead)}"
            yield from (f"  - {named(event)}" for event in story.folded)
        yield f"\n{untold} only recorded\n"


def named(event: Event) -> str:
    return f"{event.headline} `{event.kind}/{event.grade} {event.id[:8]}`"


if __name__ == "__main__":
    sys.exit(main())

"""Compare a naive differ with the reported events on a board's dated states: `python bench/against_naive.py BOARD FOLDER`.

BOARD is declared in tests/real/schedules. Naive: every value of the primary metric that differs, every pair of listed
entries whose order flipped, every name added or removed. Reported: events that are news, by kind.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker import schedules
from tracker.line import fold, intake
from tracker.line.apart import read_line
from tracker.model import BoardState, Snapshot
from tracker.schedules.formats import _Formats
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

ROOT = Path(__file__).resolve().parents[1] / "tests" / "real" / "schedules"


def naive(before: Snapshot, after: Snapshot, primary: str) -> tuple[int, int, int, int]:
    """Values that differ, order flips, names added, names removed."""
    old, new = (
        {one.name: one.measures[primary].value for one in snapshot.entries.values() if primary in one.measures}
        for snapshot in (before, after)
    )
    both = sorted(old.keys() & new.keys())
    flips = sum((old[a] - old[b]) * (new[a] - new[b]) < 0 for a, b in combinations(both, 2))
    names = [{one.name for one in snapshot.entries.values()} for snapshot in (before, after)]
    return sum(old[name] != new[name] for name in both), flips, len(names[1] - names[0]), len(names[0] - names[1])


def main(name: str, folder: Path) -> None:
    board = schedules.load_board(ROOT / f"{name}.toml", ROOT, _Formats())
    assert board.primary is not None
    with TemporaryDirectory() as scratch:
        archive = FileArchive(Path(scratch))
        intake.import_bodies(
            board, sorted(folder.iterdir()), archive=archive, store=SqliteStore(Path(":memory:")), lexicon=default_lexicon()
        )
        lines, _ = archive.index(board.id)
        total: Counter[str] = Counter()
        for step in fold.steps(board, lines, archive, before=None, past=BoardState(), lexicon=default_lexicon(), read=read_line):
            if step.diff is None or step.diff.before is None:
                continue
            values, flips, added, removed = naive(step.diff.before, step.diff.after, board.primary.id)
            told = Counter(event.kind for event in step.events if event.is_news)
            kept = sum(not event.is_news for event in step.events)
            total.update({"values": values, "flips": flips, "added": added, "removed": removed, "kept": kept, **told})
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(told.items())) or "nothing"
            at = step.check.observed_at.strftime("%Y-%m-%d %H:%M")
            print(f"{at}  naive: {values:4} values {flips:5} flips +{added} -{removed}  reported: {kinds} ({kept} recorded)")
    print("in all:", ", ".join(f"{count} {kind}" for kind, count in sorted(total.items())))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

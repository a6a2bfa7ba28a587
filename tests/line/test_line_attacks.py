"""Pages that are wrong for one day in a series cause no news, and the true change of the next day is reported on time."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from line_world import BOARD, at, board, fresh, keep

from tracker.line import sync
from tracker.model import Column, EventFilter
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

Table = list[list[str]]
WORDS = ("Heron", "Kestrel", "Marl", "Ostrea", "Quillon", "Tamsin", "Umbra", "Vesper", "Wyvern", "Yarrow")
NAMES = [f"{word} {number}" for number in (1, 2, 3, 4) for word in WORDS]
WRONG_DAY, TRUE_DAY = 3, 4
KEY, NAME, SCORE, PRICE, LICENCE = range(5)


def table(day: int) -> Table:
    rows = [
        [f"id-{place:03}", name, f"{88.4 - 1.37 * place:.1f}", f"{0.5 + place * 7 % 19:.2f}", "MIT" if place % 3 else "own"]
        for place, name in enumerate(NAMES)
    ]
    rows[5][SCORE] = "84.0" if day >= 1 else rows[5][SCORE]
    rows[26][SCORE] = "66.6" if day >= TRUE_DAY else rows[26][SCORE]
    return [["key", "name", "score", "price", "licence"], *rows]


def csv(rows: Table) -> bytes:
    return "".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in rows).encode()


def each(change: Callable[[int, str], str], *columns: int) -> Callable[[Table], Table]:
    """The table with the cells of these columns changed by their place and text."""

    def changed(rows: Table) -> Table:
        cells = [
            [change(at, cell) if place in columns else cell for place, cell in enumerate(row)] for at, row in enumerate(rows[1:])
        ]
        return [rows[0], *cells]

    return changed


WRONG_ROWS: dict[str, Callable[[Table], Table]] = {
    "half of the columns are shifted": lambda rows: [rows[0], *([*row[:2], row[4], row[2], row[3]] for row in rows[1:])],
    "every other row is shifted": lambda rows: [
        rows[0],
        *([*row[:2], row[3], row[2], row[4]] if at % 2 else row for at, row in enumerate(rows[1:])),
    ],
    "the header is repeated in the middle": lambda rows: [*rows[:20], rows[0], *rows[20:]],
    "all names are lower-case": each(lambda _, name: name.lower(), NAME),
    "all names have dashes": each(lambda _, name: name.replace(" ", "-"), NAME),
    "all names have a path": each(lambda _, name: f"acme/{name}", NAME),
    "all names are cut": each(lambda _, name: f"{name[:4]}…{name[-1]}", NAME),
    "all names have another word": each(lambda _, name: f"{name} Acme", NAME),
    "all names have the letters of another script": each(lambda _, name: name.replace("e", "е"), NAME),  # meant
    "names are those of the rows from below": lambda rows: each(lambda at, _: rows[-1 - at][NAME], NAME)(rows),
    "one name has a badge": each(lambda at, name: f"{name} (new)" if at == 5 else name, NAME),
    "all names are loading": each(lambda *_: "Loading…", NAME),
    "decimals have commas": each(lambda _, cell: cell.replace(".", ","), SCORE, PRICE),
    "scores have percent signs": each(lambda _, cell: f"{cell}%", SCORE),
    "scores are shares of one": each(lambda _, cell: f"{float(cell) / 100:.4f}", SCORE),
    "scores are marked as estimates": each(lambda _, cell: f"~{cell}", SCORE),
    "ten scores are marked as estimates": each(lambda at, cell: f"~{cell}" if at < 10 else cell, SCORE),
    "ten scores are loading": each(lambda at, cell: "loading…" if at < 10 else cell, SCORE),
    "five scores are exchanged": lambda rows: each(lambda at, cell: rows[1 + (at + 1) % 5][SCORE] if at < 5 else cell, SCORE)(
        rows
    ),
    "two scores are exchanged": lambda rows: each(lambda at, cell: rows[{3: 10, 9: 4}.get(at, at + 1)][SCORE], SCORE)(rows),
    "all scores are zero": each(lambda *_: "0", SCORE),
    "scores are sorted the other way": lambda rows: each(lambda at, _: rows[-1 - at][SCORE], SCORE)(rows),
    "a cell is filled from the one above": lambda rows: each(lambda at, _: rows[1 + at // 2 * 2][SCORE], SCORE)(rows),
    "prices are per thousand tokens": each(lambda _, cell: f"{float(cell) / 1000:.6f}", PRICE),
    "prices are in another currency": each(lambda _, cell: f"{float(cell) * 0.92:.3f}", PRICE),
    "a new column comes first": lambda rows: [[str(at), *row] for at, row in enumerate(rows)],
    "cells have a new first column, and the header does not": lambda rows: [
        rows[0],
        *([str(at), *row] for at, row in enumerate(rows[1:])),
    ],
    "the score's column is gone": lambda rows: [[*row[:2], *row[3:]] for row in rows],
    "two headers are swapped": lambda rows: [["key", "name", "price", "score", "licence"], *rows[1:]],
    "every row comes ten times": lambda rows: [rows[0], *rows[1:] * 10],
    "rows are sorted by name": lambda rows: [rows[0], *sorted(rows[1:], key=lambda row: row[NAME])],
    "only the top ten are shown": lambda rows: rows[:11],
    "five rows are missing in the middle": lambda rows: [*rows[:18], *rows[23:]],
    "the header is missing": lambda rows: rows[1:],
    "a template's row comes first": lambda rows: [rows[0], ["id-0", "Your model here", "100", "1.00", ""], *rows[1:]],
    "a mean comes last": lambda rows: [*rows, ["", "Average", "61.3", "9.10", ""]],
    "five new rows have no values": lambda rows: [*rows, *([f"id-9{at}", f"Newish {at}", "", "", ""] for at in range(5))],
    "a row comes twice, once with a badge": lambda rows: [*rows[:7], ["id-9", f"{rows[6][NAME]} NEW", *rows[6][2:]], *rows[7:]],
    "another ranking of the same models": each(lambda at, _: f"{random.Random(at).uniform(30, 80):.1f}", SCORE),
    "another ranking of other models": each(lambda at, _: f"Other {at}", KEY, NAME),
    "the page of last week": lambda _: table(0),
}
WRONG_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "bytes are missing in the middle": lambda body: body[:700] + body[900:],
    "the end is missing": lambda body: body[:-300],
    "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "a gzip file": gzip.compress,
    "a gzip file that is cut": lambda body: gzip.compress(body)[:-100],
    "random bytes": lambda _: random.Random(2).randbytes(4000),
    "nothing": lambda _: b"",
    "empty JSON": lambda _: b"{}",
    "an error page": lambda _: b"<!doctype html><title>503</title><h1>Service Unavailable</h1>",
    "a warning above the page": lambda body: b"Warning: connect() failed in db.php on line 3\n" + body,
    "the page twice": lambda body: body + body,
    "semicolons": lambda body: body.replace(b",", b";"),
    "NUL bytes": lambda body: body[:700] + b"\0" * 200 + body[900:],
}
ATTACKS: dict[str, Callable[[], bytes]] = {
    **{name: lambda change=change: csv(change(table(WRONG_DAY))) for name, change in WRONG_ROWS.items()},
    **{name: lambda change=change: change(csv(table(WRONG_DAY))) for name, change in WRONG_BYTES.items()},
}


def news(archive: FileArchive, store: Store, column: str, wrong: bytes = b"") -> list[tuple[int, str, str]]:
    """The day, kind and headline of the news, trouble of the board apart."""
    keep(archive, {day: wrong if wrong and day == WRONG_DAY else csv(table(day)) + b"\n" * day for day in range(TRUE_DAY + 2)})
    keyed = replace(board(), key=(Column(sources=(column,)),))
    sync.sync_board(keyed, archive, store, lexicon=default_lexicon())
    found = [event for event in store.events(EventFilter(board=BOARD, is_news=True)) if not event.kind.startswith("board_")]
    return sorted(((event.recorded_at - at(0)).days, event.kind, event.headline) for event in found)


@pytest.mark.parametrize("column", ["key", pytest.param("name", marks=pytest.mark.slow)])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_that_is_wrong_for_a_day_makes_no_news_and_hides_none(tmp_path: Path, attack: str, column: str):
    honest = news(FileArchive(tmp_path / "honest"), fresh("sqlite"), column)
    assert {day for day, *_ in honest} == {1, TRUE_DAY}
    wrong = ATTACKS[attack]() or b"\n"
    assert news(FileArchive(tmp_path / "attacked"), fresh("sqlite"), column, wrong) == honest

"""Proposals made by hand, as the machine would make them of small CSV pages; only what these tests need."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from tracker.authoring.proposal import Candidate, Guess, MetricGuess, Proposal
from tracker.errors import ParseError
from tracker.model import Nature, Parse

PAGE = (
    b"place,model,lab,score,votes,err\n"
    b'1,Kestrel 3,Northwind,84.25,"12,730",0.5\n'
    b'2,Heron-2b,Tidewater,81.5,"9,120",0.6\n'
    b'3,"Osprey, small",Northwind,77,"8,400",0.7\n'
    b'4,Wren <i>x</i>,Fernhill,71.25,"8,100",0.8\n'
    b'5,Dunlin,Fernhill,60,"7,000",0.9\n'
    b'6,Sanderling,Tidewater,58.75,"6,100",1.1\n'
)


def rows_of(body: bytes) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
    lines = list(csv.reader(io.StringIO(body.decode("utf-8", "replace"))))
    if len(lines) < 2:
        raise ParseError("found no rows, expected a table")
    return tuple(lines[0]), [tuple(cell or None for cell in line) for line in lines[1:]]


def look(body: bytes) -> tuple[Candidate, ...]:
    """The one table of a CSV body."""
    columns, rows = rows_of(body)
    return (
        Candidate(
            parse=Parse(format="csv_table"), columns=columns, rows=rows, score=0.93, why=("a name column", "sorted by score")
        ),
    )


def metric(column: str = "score", **changes: object) -> MetricGuess:
    made = MetricGuess(
        id=column,
        column=column,
        title=column.title(),
        nature=Guess(value=Nature.TESTED, sure=0.8, why="figures with decimals"),
        unit=Guess(value="", sure=0.5, why="no sign"),
        topic=Guess(value="overall", sure=0.6, why="nothing else is said"),
        higher_is_better=Guess(value=True, sure=0.9, why="a score"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def propose(
    body: bytes = PAGE,
    *,
    key: Sequence[str] | None = None,
    name: str | None = None,
    metric: str | None = None,
    higher_is_better: bool | None = None,
    table: int | None = None,
) -> Proposal:
    """A key `model`, a metric `score`; what is told is taken."""
    del table
    column = metric or "score"
    direction = (
        Guess(value=True, sure=0.9, why="a score")
        if higher_is_better is None
        else Guess(value=higher_is_better, sure=1.0, why="told")
    )
    return Proposal(
        candidate=look(body)[0],
        table=Guess(value=1, sure=0.9, why="one table"),
        key=Guess(value=tuple(key or ("model",)), sure=0.95, why="unique in all rows"),
        name=Guess(value=name or "model", sure=0.95, why="texts, all different"),
        rank=Guess(value="place", sure=0.9, why="1, 2, 3 …"),
        attributes=(("creator", "lab"),),
        metrics=(
            globals()["metric"](column, higher_is_better=direction),
            globals()["metric"]("votes", nature=Guess(value=Nature.COUNT, sure=0.9, why="votes")),
        ),
        primary=Guess(value=column, sure=0.9, why="the rows are in its order"),
        facts=(),
        duplicates="refuse",
    )

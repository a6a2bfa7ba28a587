"""The TOML file that a proposal makes; each guess has its reason, and unsure ones are marked.

`declared` and `settled` read the text again as `tracker.schedules` does, and give the board it declares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import ceil, floor, log10
from zlib import crc32

from tracker import parsers, toml
from tracker.authoring.amend import toml_key, toml_value
from tracker.authoring.columns import MOST_UNREADABLE, Cells, cells_of, has_content
from tracker.authoring.metrics import POSITION
from tracker.authoring.proposal import SURE, Guess, MetricGuess, Proposal
from tracker.errors import ContractBroken, DeclarationError
from tracker.model import Board, BoardId, Nature, Reading
from tracker.reading.names import clean_text
from tracker.schedules.boards import board_from
from tracker.schedules.files import tables_of

MAX_TITLE = 120
LEAST_SHARE = 0.6
"""Minimum share of the entries seen; a page with fewer is refused."""
TIMES_A_SCORE, TIMES_A_COUNT = 10, 100
"""How many times the largest value that was seen is still credible, of a score and of a price, a speed or a count."""
MAX_WHY = 100
MAX_ROUNDS = 12
"""Maximum number of attempts, each leaving out the columns that could not be read."""
NOT_LOOKED_UP = "not looked up"
"""The `terms` of a board whose terms nobody has read."""

_HEAD = (
    "#:schema ../board.schema.json",
    "# Written by `tracker board new` from a single fetch. Check what is marked `unsure`, then delete the comments.",
)
NO_ERROR: Mapping[Nature, str] = {
    Nature.TESTED: "No error is declared: a new order is reported as published, without saying whether it is certain.",
    Nature.FITTED: "No error is declared: a new order is reported only after it held for three changes.",
}
"""What a metric without any error means for overtakes, by its nature."""
OPEN_DOTS = "nothing on the page shows whether its dots separate decimals or group thousands"
NO_DIRECTION = "nothing on the page shows whether higher or lower is better"

_HOST_WORDS = re.compile(r"[a-z0-9]+")
_NO_SOURCE = frozenset(
    ("www", "api", "com", "org", "net", "io", "ai", "co", "dev", "app", "github", "raw", "data", "leaderboard")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAddress:
    """The facts a declaration needs that no page states."""

    board: BoardId
    title: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A declaration that reads its page: its text, the board, the reading, and the columns left out, each with the reason.

    `unknown` are the texts of a column that cannot be read and count as unknown.
    """

    text: str
    board: Board
    reading: Reading
    left_out: Mapping[str, str]
    unknown: Mapping[str, Sequence[str]]


def declaration(
    proposal: Proposal,
    at: PageAddress,
    left_out: Mapping[str, str] | None = None,
    unknown: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The TOML file. `left_out` and `unknown` as in `Settled`."""
    dropped, spec = left_out or {}, proposal.candidate.parse
    metrics = [metric for metric in proposal.metrics if dropped.keys().isdisjoint((metric.column, metric.label))]
    reasons = {"without": ", ".join(dict.fromkeys(why for _, why in proposal.candidate.left_out))}
    options = ((name, value, reasons.get(name, "")) for name, value in spec.options.items())
    blocks = [
        _head(at),
        _block("request", [("url", at.url, ""), ("headers", at.headers or None, "")]),
        _block("parse", [("format", spec.format, "; ".join(proposal.candidate.why)), *options]),
        _columns(proposal, dropped, unknown or {}),
        *(_metric(metric, proposal, dropped, unknown or {}) for metric in metrics),
        _contract(proposal, metrics),
    ]
    return "\n".join(blocks)


def declared(text: str, board: BoardId) -> Board:
    """The board of a declaration, without defaults. Raises DeclarationError as the schedules do."""
    with toml.at(f"{board}.toml"):
        return board_from(tables_of(text), board, {name: parsers.options_of(name) for name in parsers.FORMATS})


def settled(proposal: Proposal, at: PageAddress, read: Callable[[Board], Reading]) -> Settled:
    """The declaration that reads the page: a few unreadable texts of a column count as unknown, a column with more is left out.

    Raises as `read` does.
    """
    left_out = {metric.label: why for metric in proposal.metrics if (why := _why_open(metric, proposal))}
    unknown: dict[str, list[str]] = {}
    for _ in range(MAX_ROUNDS):
        text = declaration(proposal, at, left_out, unknown)
        board = declared(text, at.board)
        try:
            return Settled(text=text, board=board, reading=read(board), left_out=left_out, unknown=unknown)
        except ContractBroken as error:
            if few := {column: texts for column, texts in _few_unreadable(error, proposal).items() if column not in unknown}:
                unknown.update(few)
                continue
            _refuse_unreadable_ranking(error, proposal)
            unreadable = _unreadable(error, proposal)
            if unreadable.keys() <= left_out.keys():
                raise
            left_out.update(unreadable)
            unknown = {column: texts for column, texts in unknown.items() if column not in left_out}
    return Settled(text=text, board=board, reading=read(board), left_out=left_out, unknown=unknown)


def _few_unreadable(error: ContractBroken, proposal: Proposal) -> dict[str, list[str]]:
    """The texts that cannot be read in columns of figures and ranks, if they are few."""
    columns = {metric.column for metric in proposal.metrics} | {column for _, column in proposal.attributes}
    columns |= {proposal.rank.value} if proposal.rank else set()
    found: dict[str, list[str]] = {}
    for violation in error.violations:
        if violation.code == "unreadable_cell" and violation.column in columns and violation.value:
            found.setdefault(violation.column, []).append(violation.value)
    most = max(1, MOST_UNREADABLE * len(proposal.candidate.rows))
    return {column: list(dict.fromkeys(texts)) for column, texts in found.items() if sum(map(has_content, texts)) <= most}


def _why_open(metric: MetricGuess, proposal: Proposal) -> str:
    """What the declaration needs to know of a metric, "" if nothing. The user is asked about the one that ranks earlier."""
    if metric.id == proposal.primary.value:
        return ""
    if metric.has_open_dots:
        return OPEN_DOTS
    return "" if metric.higher_is_better.value is not None or metric.nature.value is Nature.COUNT else NO_DIRECTION


def _refuse_unreadable_ranking(error: ContractBroken, proposal: Proposal) -> None:
    """Raise DeclarationError if the figures that rank the board cannot be read; their interval may be left out instead."""
    ranking = proposal.ranking
    if ranking is None or ranking.sides:
        return
    for violation in error.violations:
        if violation.code == "unreadable_cell" and violation.column == ranking.column:
            found = f"row {violation.row} has {violation.value!r}, expected {violation.expected}"
            raise DeclarationError(f"column {ranking.column!r} cannot rank the board: {found}; pass --metric with another column")


def _unreadable(error: ContractBroken, proposal: Proposal) -> dict[str, str]:
    """The dispensable columns in which a cell could not be read."""
    primary = {metric.column: metric for metric in proposal.metrics if metric.id == proposal.primary.value}
    needed = {*proposal.key.value, proposal.name.value}
    found = {}
    for violation in reversed(error.violations):
        metric = primary.get(violation.column or "")
        sides = metric.sides if metric else {violation.column or ""}
        why = f"row {violation.row} has {violation.value!r}, expected {violation.expected}"
        found.update({column: why for column in sides if column and column not in needed})
    return found


Row = tuple[str, object, str]
"""A key, its value, and the comment after it. A row with the value None is left out."""


def _head(at: PageAddress) -> str:
    minute = crc32(at.board.encode()) % 60  # boards ask at different minutes
    rows: list[Row] = [
        ("title", clean_text(at.title)[:MAX_TITLE] or at.board, ""),
        ("page", at.url, ""),
        ("cadence", f"{minute} 6 * * *", "once a day; more often only where the board changes more often"),
        ("attribution", "", "credit line to print with the board's data"),
        ("terms", NOT_LOOKED_UP, "read what the publisher allows and record it here; robots.txt is always obeyed"),
        ("enabled", True, ""),
    ]
    return "\n".join((*_HEAD, *_aligned(rows))) + "\n"


def _columns(proposal: Proposal, dropped: Mapping[str, str], unknown: Mapping[str, Sequence[str]]) -> str:
    def column(source: str) -> object:
        options = {"missing": unknown.get(source), "kind": source == proposal.candidate.numbered and "numbered"}
        stated = {name: value for name, value in options.items() if value}
        return {"from": source, **stated} if stated else source

    key, rank = [*map(column, proposal.key.value)], proposal.rank
    rows: list[Row] = [
        ("key", key if len(key) > 1 else key[0], _reason(proposal.key)),
        ("name", column(proposal.name.value), _reason(proposal.name)),
        *([("rank", column(rank.value), _reason(rank))] if rank is not None and rank.value not in dropped else ()),
        *((name, column(source), "") for name, source in proposal.attributes if source not in dropped),
    ]
    notes = (f"# {_line(column)} is left out: {_line(why)}\n" for column, why in dropped.items())
    return _block("columns", rows) + "".join(notes)


def _metric(metric: MetricGuess, proposal: Proposal, dropped: Mapping[str, str], unknown: Mapping[str, Sequence[str]]) -> str:
    table, is_primary = f"metrics.{toml_key(metric.id)}", metric.id == proposal.primary.value
    rows: list[Row] = [
        ("from", metric.column, ""),
        ("title", clean_text(metric.title)[:MAX_TITLE], ""),
        ("nature", metric.nature.value.value, _reason(metric.nature)),
        ("unit", clean_text(metric.unit.value) or None, _reason(metric.unit)),
        ("topic", metric.topic.value or None, _reason(metric.topic)),
        (
            "higher_is_better",
            metric.higher_is_better.value if proposal.has_direction(metric) else None,
            _reason(metric.higher_is_better),
        ),
        ("primary", True if is_primary else None, _reason(proposal.primary)),
        ("missing", unknown.get(metric.column), "cannot be read; counts as unknown"),
        ("scale", None if metric.scale == "1" else metric.scale, "published value × scale is in the unit"),
        ("part", metric.part or None, "of the figures in a cell"),
        *((key, value, "") for key, value in metric.interval.items() if not metric.sides & dropped.keys()),
    ]
    rows += [("stated_error", proposal.stated_error, "between two entries, at 95 %")] if is_primary else []
    if is_primary and proposal.lacks_error:
        return _block(table, rows) + f"# {NO_ERROR[metric.nature.value]} If the publisher states one, add stated_error.\n"
    return _block(table, rows)


def _contract(proposal: Proposal, metrics: Sequence[MetricGuess]) -> str:
    seen = len(proposal.candidate.rows)
    is_chart = any(metric.id == proposal.primary.value == POSITION for metric in metrics)
    duplicates = None if proposal.duplicates == "refuse" else proposal.duplicates
    total = proposal.candidate.total
    cells = cells_of(proposal.candidate.columns, proposal.candidate.rows)
    columns = {column.label: column for column in reversed(cells)}
    why = f"the page says that it shows this many of {total}" if total else "a chart with this many places" if is_chart else ""
    rows: list[Row] = [
        ("depth", seen if why else "whole", why),
        (
            "min_entries",
            ceil(LEAST_SHARE * seen),
            f"{LEAST_SHARE:.0%} of the {seen} rows seen: fewer means that the page is incomplete",
        ),
        ("duplicates", duplicates, "some keys occur more than once"),
        *((metric.id, _bounds(metric, proposal, columns[metric.label]) or None, "") for metric in metrics),
    ]
    return _block("contract", rows)


def _bounds(metric: MetricGuess, proposal: Proposal, column: Cells) -> dict[str, object]:
    """What is possible, not only likely: a percentage, or up to a multiple of the values. No newcomer may stop the readings."""
    values = replace(column, scale=metric.scale).values
    if not values:
        return {}
    lowest, highest = min(values), max(values)
    primary = metric.id == proposal.primary.value
    bounds: dict[str, object] = {"min": 0} if lowest >= 0 else {}
    if metric.unit.value == "%" and lowest >= 0 and highest <= 100:
        bounds = {"min": 0, "max": 100}
    elif primary:
        times = TIMES_A_SCORE if metric.nature.value in (Nature.TESTED, Nature.FITTED) else TIMES_A_COUNT
        if lowest < 0:
            bounds["min"] = _rounded(times * lowest, floor)
        bounds["max"] = _rounded(times * max(abs(lowest), abs(highest), 0.1), ceil)
    if column.has_open_dots:  # the limits say that they separate decimals
        bounds["max"] = min(999, float(str(bounds.get("max", 999))))
    elif proposal.candidate.dots_group:
        bounds["min"] = min(1000, lowest)
    if primary:
        share = len(values) / len(proposal.candidate.rows)
        bounds["min_filled"] = Decimal(floor(share * 18)) / 20  # nine tenths of the present share, in steps of 0.05
    return bounds


def _rounded(value: float, towards: Callable[[float], int]) -> int | float:
    """The value rounded to two digits, away from the values."""
    if value == 0:
        return 0
    digits = 1 - floor(log10(abs(value)))
    rounded = towards(value * 10.0**digits)
    return rounded * 10**-digits if digits <= 0 else float(f"{rounded / 10**digits:.{digits}f}")


def _block(table: str, rows: Iterable[Row]) -> str:
    return "\n".join([f"[{table}]", *_aligned(rows)]) + "\n"


def _aligned(rows: Iterable[Row]) -> Iterator[str]:
    shown = [(toml_key(key), toml_value(value), note) for key, value, note in rows if value is not None]
    width = max(len(key) for key, _, _ in shown)
    for key, value, note in shown:
        yield f"{key:{width}} = {value}" + (f" # {_line(note)}" if note else "")


def _reason(guess: Guess[object]) -> str:
    """The reason of a guess, and the certainty of an unsure one."""
    return guess.why if guess.sure >= SURE else f"unsure ({guess.sure:.2f}): {guess.why}"


def _line(text: str) -> str:
    line = clean_text(text)
    return line if len(line) <= MAX_WHY else f"{line[: MAX_WHY - 1]}…"


def board_id(host: str, title: str) -> BoardId:
    """An id from a host and a title: `boards.example.org`, `Code arena | Example` → `example/code-arena`."""
    words = [word for word in host.lower().split(".") if word]
    words_of_source = [word for word in words[:-1] if word not in _NO_SOURCE] or words[:1] or ["page"]
    source = _slug(words_of_source[-1]) or "page"
    titles = [_slug(part) for part in re.split(r"[|–—:·]| - ", title)]
    board = next((part for part in titles if part and part != source), "board")
    return BoardId(f"{source}/{board[:48].strip('-')}")


def _slug(text: str) -> str:
    return "-".join(_HOST_WORDS.findall(text.lower()))

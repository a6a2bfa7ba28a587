"""The tables of a body, each read as its declaration would read it, the likeliest leaderboard first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise
from math import log2

from tracker.authoring.columns import MAX_ROWS, Cells, cells_of
from tracker.authoring.leads import Lead, leads
from tracker.authoring.proposal import Candidate
from tracker.authoring.statements import PageStatements
from tracker.authoring.words import (
    AVERAGE,
    BOUND_HIGH,
    BOUND_LOW,
    COUNT,
    EFFORT,
    HIGHER,
    ID,
    LIMIT,
    LIVE,
    LOWER,
    NAME,
    PRICE,
    RANK,
    STARTERS,
    TOKENS,
    set_of,
    words_of,
)
from tracker.errors import ParseError, TrackerError
from tracker.model import ROW, Parse, Table
from tracker.parsers import html_table, numbered, options_for, parse
from tracker.parsers.decoding import inflated
from tracker.reading.pages import recognise

MAX_LEADS = 300
MAX_BYTES = 12_000_000
"""Bytes parsed, since each table takes a pass over the page; those with the most cells are read first."""
LEAST_READ = 10
"""Tables read of any page."""
MAX_LOOSE = 3
"""Maximum kinds of repeated elements examined: each takes a second on a large page."""
MIN_ROWS = 2
SKIPPED = 5
"""Rows that a parser may leave out above the first entry of a table."""
PLAIN_ENOUGH = 0.7
"""If a table has at least this score, repeated elements are not examined."""
LEAST = 0.4
"""The lowest score of a leaderboard."""
FIRST = 3
"""A table whose first place is later continues another one."""
MATRIX = 3
"""Columns of figures between 0 and 100 that are benchmarks."""
ENOUGH = 5
"""Values from which an order shows something."""
FOLLOWED = 0.95
"""The order of a figure that the rows follow."""
MERIT = (
    (LOWER | HIGHER)
    - RANK
    - set_of("""
    age distance delay time goals users sales views passed passing share capacity attendance turnover fouls penalty penalties
    seconds secs ms duration price prices pricing cost costs usd dollars latency average avg mean overall language reasoning
    population gdp worth revenue issues bugs failures error errors loss losses incidents defects crashes deaths coverage answer
    consistency efficiency index gain improvement success correct lap map speed streams listeners subscribers installs churn
    unemployment emissions watts kwh cases ram vram bytes kb mb gb kib mib gib
    """)
)
"""Words that only rankings have in their headers; the others of HIGHER and LOWER occur in any table."""
GOODS = set_of("product products")
"""Names of things that are sold: a list of them has ratings without being a ranking."""
OTHER = set_of("""
    metric benchmark task category parameter property option setting field step phase milestone month week weekday day date
    quarter year version release chapter section endpoint flag variable attribute argument sprint status event session topic
    feature type measure item ingredient nutrient date datum monat jahr dataset plan tier
    """)
"""Headers of rows that are not ranked."""
NUMBERS = set_of("no nr #")
"""Words for places that number the rows of any list, such as the dishes of a menu."""
_NO_FIGURES = "no column of figures"
_NAMELESS = "no column of names"
_HEADLESS = "its header looks like a row"
_AMBIGUOUS = "nothing tells it from another table"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def candidates(body: bytes, *, by_order: bool = False) -> tuple[Candidate, ...]:
    """At least one, the best first. `by_order`: the order of the rows ranks them, so the column `$row` holds their ranks.

    Raises:
        Refused: the page is a challenge, a login wall, an error page or an empty shell.
        ParseError: nothing on the page looks like a ranking.
    """
    return likely(survey(body, by_order=by_order), by_order=by_order)


def likely(tables: Sequence[Candidate], *, by_order: bool = False) -> tuple[Candidate, ...]:
    """Those of the tables that look like a ranking. Raises ParseError if none does."""
    best = tuple(candidate for candidate in tables if candidate.score >= LEAST)
    if not best:
        seen = "; ".join(f"{table.parse.format} of {table.seen} rows, {table.why[-1]}" for table in tables[:3])
        names = any(_NO_FIGURES in table.why and _NAMELESS not in table.why for table in tables[:3])
        remedy = f" (--metric '{ROW}' where the order of the rows ranks them)" if names and not by_order else ""
        raise ParseError(f"found {seen or 'no table of any kind'}; expected rows with names and figures{remedy}")
    return best


def survey(body: bytes, *, by_order: bool = False) -> tuple[Candidate, ...]:
    """Every table of the page, the best first; those that were not read have no rows. Raises Refused as `candidates`."""
    body = inflated(body)
    recognise("the page", body, "html_table")
    # Of two equally likely tables, the one whose rows are not inside other records is simpler.
    return tuple(
        sorted(_tables(body, by_order), key=lambda table: (-table.score, any(name.startswith("^.") for name in table.columns)))
    )


def _tables(body: bytes, by_order: bool) -> list[Candidate]:
    """Repeated elements are costly to read, so they are examined only if nothing else looks like a leaderboard."""
    largest = sorted(
        islice(leads(body), MAX_LEADS), key=lambda lead: -min(lead.size or MAX_ROWS, 400) * min(len(lead.columns), 12)
    )
    most = max(LEAST_READ, MAX_BYTES // (len(body) + 1))
    plain, read = [lead for lead in largest if not lead.loose], _Parser(body)
    tables = _read_all(read, plain[:most], by_order)
    if not any(candidate.score >= PLAIN_ENOUGH for candidate in tables):
        tables += _read_all(read, [lead for lead in largest if lead.loose][:MAX_LOOSE], by_order)
    if not largest and body.lstrip().startswith(b"<"):
        read.page  # noqa: B018 - raises the reason why the page has no tree
    return tables + [_unread(lead, f"not read, since {most} others are larger") for lead in plain[most:]]


@dataclass(frozen=True)  # no slots: a cached property needs a place
class _Parser:
    """Reads tables of one body as their declarations would; a page of HTML is parsed once."""

    body: bytes

    @cached_property
    def page(self) -> html_table.HtmlPage:
        return html_table.page_of(self.body)

    @cached_property
    def streamed(self) -> html_table.HtmlPage:
        return html_table.page_of(self.body, flight=True)

    @cached_property
    def says(self) -> PageStatements:
        return PageStatements(self.body)

    def __call__(self, way: Parse, columns: Sequence[str]) -> Table:
        if way.format != "html_table":
            return parse(self.body, way, columns)
        options = options_for(way)
        assert isinstance(options, html_table.Options)
        return html_table.read(self.streamed if options.flight else self.page, options, columns)


def _read_all(parser: _Parser, wanted: Sequence[Lead], by_order: bool) -> list[Candidate]:
    """The tables of the leads, each once; loose ones that cannot be read are not tables."""
    tables: dict[object, Candidate] = {}
    for lead in wanted:
        read = _read(parser, lead)
        if isinstance(read, Candidate):
            tables[len(tables)] = read
        elif read is not None and len(read[1].rows) >= MIN_ROWS:
            spec, table = read
            table = numbered(table) if by_order else table
            judged = _judged(spec, table, lead, parser.says)
            total = max(
                (total for shown, total in parser.says.counts if shown in (0, judged.seen) and total > judged.seen), default=0
            )
            judged = replace(judged, total=total)
            tables.setdefault((table.columns, tuple(table.rows[0]), tuple(map(tuple, table.rows))), judged)
    return list(tables.values())


def _read(parser: _Parser, lead: Lead) -> tuple[Parse, Table] | Candidate | None:
    """The first declaration with which the parsers give that table, or the reason why none does."""
    why = ""
    for way in lead.ways:
        try:
            table = parser(way, lead.columns)
        except TrackerError as error:
            why = why or f"cannot be read: {str(error).removeprefix(f'{way.format}: ')}"
            continue
        if lead.size and way.format in ("html_table", "markdown_table", "flight") and not _is_it(table, lead):
            why = _AMBIGUOUS
            continue
        return way, table
    return None if lead.loose else _unread(lead, why, doubt="its rows cannot be read" if why != _AMBIGUOUS else "")


def _unread(lead: Lead, why: str, doubt: str = "") -> Candidate:
    parse, columns = lead.ways[0], lead.columns
    return Candidate(parse=parse, columns=columns, rows=(), score=0.0, why=(why,), doubt=doubt, place=lead.place, seen=lead.size)


def _is_it(table: Table, lead: Lead) -> bool:
    """Whether the parsers gave the table of the lead: its columns, its first row, and not more rows or far fewer."""
    if len(table.columns) < 0.9 * len(lead.columns) or not 0.5 * lead.size <= len(table.rows) <= lead.size:
        return False
    return not lead.first or any(lead.first <= {*row} for row in table.rows[:SKIPPED])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """The signs of a leaderboard that the columns of a table give.

    `names` and `figures` count columns; of the figures, `worded` have a word for merit and `counts` one for a count.
    `named`: a header says so; `ranked`, `placed`: a column of ranks, or of places from 1 on. `ranks`: the signs together show
    that the table ranks its rows. `other`: why it is not a ranking.
    """

    names: int
    named: bool
    figures: int
    worded: int
    counts: int
    ordered: bool
    ranked: bool
    placed: bool
    ranks: bool
    other: str


def _judged(spec: Parse, table: Table, lead: Lead, says: PageStatements) -> Candidate:
    columns = cells_of(table.columns, table.rows)
    ranked_by = says.ranking(table.columns)
    leading = _leading(columns, says)
    better = leading[0].order() > 0 if len(leading) == 1 and says.better else None
    signs = _signs(columns, is_said=better is not None or any(cells.header == ranked_by for cells in leading))
    headless = _is_headless(columns)
    dated = any(repeated_on(columns, cells) for cells in columns if cells.is_text)
    score = _score(signs, len(table.rows)) - _oddness(table) - 0.5 * headless - 0.3 * bool(signs.other) - 0.1 * dated
    is_unnamed = all(cells.header[:1] == "$" and cells.header != ROW for cells in columns)
    doubt = "it has the same entries on several dates" if dated else "its columns have no headers" if is_unnamed else ""
    doubt = doubt or ("" if signs.ranks else "nothing shows that it ranks its rows")
    why = (*_why(signs, len(table.rows)), *([_HEADLESS] if headless else ()))
    return Candidate(
        parse=spec,
        columns=table.columns,
        rows=table.rows,
        score=round(max(score, 0.0), 3),
        why=(*why, signs.other) if signs.other else why,
        doubt=doubt,
        place=lead.place,
        ranked_by=ranked_by,
        better=better,
        names=tuple(cell for cell in named_by(columns).cells[:3] if cell),
        seen=max(lead.size, len(table.rows)),
    )


def named_by(columns: Sequence[Cells]) -> Cells:
    """The column that most likely names the rows."""
    return max(columns, key=lambda cells: (cells.is_text and bool(NAME & {*cells.leaf}), cells.is_text, cells.distinct))


def _is_headless(columns: Sequence[Cells]) -> bool:
    """Whether the header is really the first row: it has a figure with decimals, or a place from which the rows count on."""
    bounds = BOUND_LOW | BOUND_HIGH  # 2.5% and 97.5%
    numbers = [
        cells for cells in columns if _NUMBER.fullmatch(cells.header) and cells.numeric >= 0.8 and not bounds & {*cells.words}
    ]
    if any(not cells.header.lstrip("+-").isdigit() for cells in numbers):
        return True
    counts = any(cells.places[:3] == [int(cells.header) + step for step in (1, 2, 3)] for cells in numbers)
    return counts and len(numbers) == sum(cells.is_numeric for cells in columns)


def _leading(columns: Sequence[Cells], says: PageStatements) -> list[Cells]:
    """The figures of whose order the page may say that it ranks: prices and what has a date or a limit never do."""
    figures = [cells for cells in columns if is_figure(cells) and not (PRICE | LIMIT) & {*cells.words}]
    ordered = [cells for cells in figures if abs(cells.order()) >= FOLLOWED and len(cells.values) >= ENOUGH]
    return [cells for cells in ordered if not says.better or (cells.order() > 0) in says.better]


def _signs(columns: Sequence[Cells], *, is_said: bool) -> _Signs:
    names = [cells for cells in columns if _names(cells)]
    figures = [cells for cells in columns if is_figure(cells)]
    worded = [cells for cells in figures if cells.is_rate or (LOWER | HIGHER) & {*cells.words}]
    ranked = any(cells.header == ROW or (RANK & {*cells.leaf} and cells.numeric >= 0.8) for cells in columns)
    named = any(NAME & {*cells.words} for cells in names)
    falling = [cells for cells in figures if _puts_best_first(cells)]
    naming = named_by(columns)
    is_thing = naming in names and OTHER & {*naming.leaf} and not (named or ranked)
    thing = f"its rows are named by {naming.header!r}" if is_thing else ""
    other = _other(names, figures, columns)
    is_shop = any(cells.is_money for cells in figures)
    merits = MERIT - {"stars"} if is_shop else MERIT
    merit = any(merits & {*cells.leaf} and not PRICE & {*cells.words} for cells in figures)
    merit = merit or sum(map(is_mark, figures)) >= MATRIX
    ranks = RANK - NUMBERS if is_shop and all(cells.is_money for cells in figures) else RANK
    competes = any((NAME - GOODS) & {*cells.words} or cells.header == "$key" for cells in names)
    numbered = any(cells.is_count_up for cells in columns)
    first = any(not PRICE & {*cells.words} for cells in falling) and (
        competes or numbered or any(cells in worded and not PRICE & {*cells.words} for cells in falling)
    )
    return _Signs(
        names=len(names),
        named=named,
        figures=len(figures),
        worded=len(worded),
        counts=sum(bool(COUNT & {*cells.leaf}) for cells in figures if cells not in worded),
        ordered=any(abs(cells.order()) >= 0.95 for cells in figures),
        ranked=ranked,
        ranks=bool(names)
        and not (other or thing)
        and (is_said or any(_places_rows(cells, ranks) for cells in columns) or (competes and merit) or bool(first)),
        other=other or ("" if falling else thing),
        placed=any(cells.header == ROW or (RANK & {*cells.leaf} and _counts(cells)) for cells in columns),
    )


def _other(names: Sequence[Cells], figures: Sequence[Cells], columns: Sequence[Cells]) -> str:
    """Why a table is not a ranking of its own: its columns are its rows, or its places continue those of another table."""
    rows = {text for cells in names for text in cells.known}
    if len(figures) >= MATRIX and 2 * sum(cells.header in rows for cells in figures) > len(figures):
        return "compares each row with each"
    firsts = (cells.places[0] or 0 for cells in columns if RANK & {*cells.leaf} and cells.order() < -0.95)
    return "continues the places of another table" if any(first > FIRST for first in firsts) else ""


def repeated_on(columns: Sequence[Cells], names: Cells) -> Cells | None:
    """The column of dates on which most names occur again, each once a date; None if the table is not a history."""
    entries, rows = len({*names.cells}), len(names.cells)
    for dates in columns:
        days = len({*dates.cells})
        if 2 * max(entries, days) > rows or entries * days > 2 * rows or dates.filled < 1 or not dates.is_date:
            continue
        if len({*zip(names.cells, dates.cells, strict=True)}) == rows:
            return dates
    return None


def is_share(cells: Cells) -> bool:
    """Whether the figures lie between 0 and 100."""
    return bool(cells.values) and min(cells.values) >= 0 and 0 < max(cells.values) <= 100


def is_mark(cells: Cells) -> bool:
    """Whether the figures may be marks of a benchmark: between 0 and 100, some with decimals, and no effort."""
    is_effort = (COUNT | EFFORT | TOKENS | LIVE) & {*cells.words} or cells.leaf[-1:] == ("s",)
    return is_share(cells) and not is_effort and any(value % 1 for value in cells.values)


def _places_rows(cells: Cells, ranks: AbstractSet[str]) -> bool:
    """Whether the column has the places of the rows, which are in their order or differ; `ranks` are the words for them."""
    known = [place for place in cells.places if place is not None]
    if cells.header == ROW:
        return True
    in_order = known == sorted(known) or len({*known}) >= 0.9 * len(known)
    return (
        bool(ranks & {*cells.leaf}) and len(known) >= 0.8 * len(cells.cells) and in_order and known[:1] != [0] and min(known) <= 3
    )


def _puts_best_first(cells: Cells) -> bool:
    """Whether the rows fall in the order of a figure, or rise in that of one of which less is better."""
    rises = bool(LOWER & {*cells.words})
    return len(cells.values) >= ENOUGH and (cells.order() <= -0.95 if rises else cells.order() >= 0.95)


def _names(cells: Cells) -> bool:
    """Whether the column names the rows; in a long table a name may occur in several rows."""
    least = 0.01 if NAME & {*cells.leaf} else 0.5
    return cells.is_text and len(cells.texts) >= 0.75 * len(cells.cells) and cells.distinct >= least


def _counts(cells: Cells) -> bool:
    """Whether the column lists places from 1 on; ties may share one."""
    known = [place for place in cells.places if place is not None]
    if len(known) < len(cells.cells) or known[:1] != [1]:
        return False
    return all(0 <= after - before <= 1 + known.count(before) for before, after in pairwise(known))


def is_figure(cells: Cells, *, limits: bool = False) -> bool:
    """Whether the column may be a figure of merit: numbers that differ, and are not places, times, or without `limits` limits."""
    if not cells.is_numeric or cells.filled < 0.1 or len({*cells.values}) < 2:
        return False
    if cells.is_count_up or cells.is_date or (cells.is_time and (not limits or LIMIT & {*cells.words})):
        return False
    merit = (LOWER | HIGHER) - AVERAGE - RANK
    if ID & {*cells.leaf[-1:]} or STARTERS & {*cells.leaf} or (cells.is_year and not merit & {*cells.words}):
        return False
    has_merit = merit & {*cells.leaf} or PRICE & {*cells.words} or (merit & {*cells.words} and not LIMIT & {*cells.leaf})
    return bool(has_merit) or limits or not LIMIT & {*cells.words}


def _score(signs: _Signs, rows: int) -> float:
    """The likeness to a leaderboard (0–1), which needs both names and figures."""
    if not signs.names or not (signs.figures or signs.placed):
        return 0.1 * bool(signs.names) + 0.1 * bool(signs.figures)
    points = 0.42 + 0.06 * min(signs.figures, 4) / 2 + 0.16 * min(log2(rows) / 9, 1)
    points -= 0.3 * (0 < signs.figures == signs.counts and not signs.ordered and not signs.ranked)
    points += 0.1 * signs.named + 0.1 * min(signs.worded, 3) / 2 + 0.08 * signs.ordered + 0.06 * signs.ranked
    return min(points, 1.0)


def _oddness(table: Table) -> float:
    """Points deducted for a transposed table, and for rows named only by the records around them."""
    is_transposed = len(table.rows) < 6 and len(table.columns) > 8 * len(table.rows)
    own = [column for column in table.columns if not column.startswith("^.")]
    is_nameless = len(own) < len(table.columns) and not any(NAME & {*words_of(column)} or column == "id" for column in own)
    return 0.3 * is_transposed + 0.2 * is_nameless


def _why(signs: _Signs, rows: int) -> Iterator[str]:
    yield f"{rows} rows"
    if signs.names:
        yield "a column of names" if signs.named else "a column of texts that differ"
    if signs.ranked:
        yield "a column of ranks"
    if signs.ordered:
        yield "rows in the order of a figure"
    if signs.figures or signs.placed:
        yield f"{signs.figures} columns of figures" if signs.figures else "places alone"
    else:
        yield _NO_FIGURES
    if not signs.names:
        yield _NAMELESS

"""Declare a new board: find the tables of its page, guess their meaning, ask where unsure, write a declaration and a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from tracker.authoring import fixtures
from tracker.authoring.candidates import survey
from tracker.authoring.columns import cells_of
from tracker.authoring.declaration import OPEN_DOTS, PageAddress, Settled, board_id, settled
from tracker.authoring.folder import folder
from tracker.authoring.guess import names_of, proposal_of
from tracker.authoring.proposal import NO_ANSWERS, SURE, Answers, Candidate, MetricGuess, Proposal
from tracker.authoring.rows import Omitted, balance, unused
from tracker.errors import ContractBroken, DeclarationError, ParseError, Refused, TrackerError
from tracker.fetch import Fetcher
from tracker.fetch.addresses import Resolve, is_public, resolve_host
from tracker.model import ROW, Board, BoardId, Capture, Column, Nature, Parse, Request
from tracker.parsers.decoding import charset_of, decode, inflated
from tracker.reading import read_capture
from tracker.reading.names import clean_text
from tracker.schedules import load_board
from tracker.schedules.formats import formats
from tracker.wording import count, host_of, listed, safe
from tracker.workspace import Settings

MAX_BYTES = 32_000_000
"""Larger files are refused; the same limit as the default of `request.max_bytes`."""
MAX_CHOICES = 8
"""Columns listed with their first values; the names of the others follow."""
MAX_VIOLATIONS = 3
"""Reasons named why a page cannot be read with its declaration."""
TRIES = 4
"""Questions asked before the command gives up."""
NATURES = "--nature points or --nature tested"
DOTS = "--decimal-dots or --grouping-dots"
SUFFIXES: Mapping[str, str] = {
    "csv_table": "csv",
    "json_records": "json",
    "markdown_table": "md",
    "yaml_records": "yml",
    "json_lines": "jsonl",
    "js_literal": "js",
}
"""File suffix of a page, by its format; a page of HTML has `html`."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_TITLE_WITHIN = 65_536
"""The title is looked for in this many characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBoard:
    """The board to declare: a page at `url`, or a local file whose page is at `url`.

    `cases` is the folder of test folders, to which one is added `with_tests`. `allow_private`: `url` may be in a private network.
    """

    url: str
    file: Path | None = None
    board: str | None = None
    title: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cases: Path = Path("tests/boards")
    dry_run: bool = False
    with_tests: bool = False
    allow_private: bool = False
    answers: Answers = NO_ANSWERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A declaration and the proposal behind it, with what it leaves out; `files` are those of the test folder, empty without one.

    `tested` is None if no test folder was written.
    """

    at: PageAddress
    proposal: Proposal
    settled: Settled
    left_out: Sequence[Omitted]
    files: Mapping[str, bytes]
    tested: fixtures.Tested | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that the page does not show for certain, the flag that answers it, and why it is uncertain.

    `choices` are the columns in question with their first values. A script need not answer an optional question.
    """

    what: str
    flag: str
    why: str
    choices: str = ""
    is_optional: bool = False


Prompt = Callable[[Question, Proposal, Answers], Answers]
"""Add the answer to a question to the answers so far. Raises DeclarationError if nobody can be asked."""


def _say_nothing(_step: str) -> None:
    pass


def make(
    settings: Settings,
    new_board: NewBoard,
    fetch: Callable[[], bytes],
    *,
    ask: Prompt,
    progress: Callable[[str], None] = _say_nothing,
    today: str | None = None,
) -> Made:
    """Propose a declaration for a page, and write it unless it is a dry run. Report each step to `progress` before it begins.

    Raises:
        DeclarationError: an answer of the user is wrong, the board exists, or a question stays open.
        Refused, ParseError: the page has no leaderboard.
    """
    progress(f"fetching {safe(new_board.url)}" if new_board.file is None else f"reading {safe(str(new_board.file))}")
    body = fetch() if new_board.file is None else _bytes_of(new_board.file)
    progress(f"looking for tables in {len(body):,} bytes")
    with _named(new_board):
        proposal = _certain_proposal(survey(body, by_order=new_board.answers.metric == ROW), new_board.answers, ask)
    at = _address(new_board, body)
    _refuse_existing(settings, new_board, at)
    progress(f"reading {count(len(proposal.candidate.rows), 'row')} of table {proposal.table.value}")
    with _named(new_board):
        declared = settled(proposal, at, lambda board: read_capture(board, [body], strict=True))
    left_out = (*balance(proposal, declared.reading), *unused(proposal, {*declared.left_out}))
    files: Mapping[str, bytes] = {}
    if new_board.with_tests:
        progress("making the test folder")
        files = _folder(proposal, declared.board, body, today or f"{datetime.now(UTC):%Y-%m-%d}")
    tested = None if new_board.dry_run else _written(settings, new_board, at, declared, files)
    return Made(at=at, proposal=proposal, settled=declared, left_out=left_out, files=files, tested=tested)


def _folder(proposal: Proposal, board: Board, body: bytes, taken: str) -> Mapping[str, bytes]:
    excerpt = replace(board, contract=replace(board.contract, min_entries=1))  # the folder may cut the page
    form = board.parse.format
    suffix = "html" if _MARKUP.match(body[:200]) and form != "markdown_table" else SUFFIXES.get(form, "html")
    return folder(proposal, excerpt, body, suffix, taken=taken)


@contextmanager
def _named(new_board: NewBoard) -> Iterator[None]:
    """Let errors about the page's content begin with its file or address; nothing is kept of a page that has no reading."""
    try:
        yield
    except ContractBroken as error:
        found = "; ".join(map(str, error.violations[:MAX_VIOLATIONS]))
        remedy = "choose other columns (--key, --name, --metric), another --table, or leave rows out (--without)"
        raise ParseError(f"{safe(str(new_board.file or new_board.url))}: {found}; {remedy}") from error
    except (DeclarationError, ParseError, Refused) as error:
        raise type(error)(f"{safe(str(new_board.file or new_board.url))}: {error}") from error


def page_at(source: str, url: str | None, *, dry_run: bool) -> tuple[str, Path | None]:
    """The URL of the page, and the local file with it. Raises DeclarationError if source and url contradict each other."""
    if source.startswith(("http://", "https://")):
        if url is not None:
            problem = f"is for local files only; {safe(source)} is already an address; remove --url"
            raise DeclarationError(f'--url = "{safe(url)}" {problem}')
        return source, None
    if not Path(source).is_file():
        raise DeclarationError(f'"{safe(source)}" is neither an address (http://, https://) nor a file; check the path')
    if url is None and not dry_run:
        raise DeclarationError(f"{safe(source)}: a local file has no URL; pass --url URL, or --dry-run")
    return url or "https://example.org/", Path(source)


def fetched(new_board: NewBoard, fetcher: Fetcher, resolve: Resolve = resolve_host) -> bytes:
    """The body at the address, fetched once, in UTF-8 if its response declares another encoding.

    Raises FetchError; Refused for an address in a private network, unless allowed; ParseError if it is not in that encoding.
    """
    url, host = safe(new_board.url), host_of(new_board.url)
    try:
        private = [address for address in resolve(host) if not is_public(address)]
    except OSError as error:
        raise Refused(f"{url}: the host cannot be resolved: {error}; check the address") from error
    if private and not new_board.allow_private:
        problem = f"{host} is an address" if host == str(private[0]) else f"{host} is {private[0]}, an address"
        raise Refused(f"{url}: {problem} in a private network; expected a public page (--allow-private fetches this one)")
    capture = fetcher.fetch(_placeholder(Request(url=new_board.url, headers=new_board.headers)))
    assert isinstance(capture, Capture), "the request is unconditional"
    body, charset = capture.bodies[0], charset_of(capture.content_type)
    with _named(new_board):
        return decode(inflated(body), charset).encode() if charset else body


def _placeholder(request: Request) -> Board:
    """A board that can be fetched but not read."""
    column, parse = Column(sources=("$1",)), Parse(format="csv_table")
    return Board(
        id=BoardId("board/new"), title=request.url, page=request.url, request=request, parse=parse, key=(column,), name=column
    )


def _bytes_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        body = opened.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise DeclarationError(f"{file}: larger than {MAX_BYTES} bytes; expected one page")
    return body


def _address(new_board: NewBoard, body: bytes) -> PageAddress:
    parts = urlsplit(new_board.url)
    file = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    title = new_board.title or _title_of(body) or file or parts.hostname or "Board"
    board = new_board.board or board_id(parts.hostname or "page", title)
    if not _ID.fullmatch(board) or ".." in board:
        expected = 'expected <source>/<board> of a-z, 0-9, ".", "_" and "-"'
        raise DeclarationError(f'--id = "{safe(board)}" is not a board id; {expected}')
    return PageAddress(board=BoardId(board), title=clean_text(title) or board, url=new_board.url, headers=new_board.headers)


def _title_of(body: bytes) -> str:
    match = _TITLE.search(decode(body), 0, _TITLE_WITHIN) if _MARKUP.match(body[:200]) else None
    return clean_text(unescape(match[1])) if match else ""


def _refuse_existing(settings: Settings, new_board: NewBoard, at: PageAddress) -> None:
    shipped = settings.shipped or settings.schedules
    cases = (new_board.cases / at.board,) if new_board.with_tests else ()
    for path in (settings.schedules / f"{at.board}.toml", shipped / f"{at.board}.toml", *cases):
        if path.exists() and not new_board.dry_run:
            raise DeclarationError(f"{path} already exists; not overwritten; choose another id with --id")


def _certain_proposal(tables: Sequence[Candidate], answers: Answers, ask: Prompt) -> Proposal:
    """Ask until nothing that matters is unsure. Raises DeclarationError if a question stays open."""
    proposal, tries = proposal_of(tables, answers), TRIES
    while (question := open_question(proposal, answers)) is not None:
        if not tries:
            raise DeclarationError(f"{question.what}: still not sure ({question.why}); pass {question.flag}")
        answers, tries = ask(question, proposal, answers), tries - 1
        proposal = proposal_of(tables, answers)
        if question.is_optional:
            break
    return proposal


def open_question(proposal: Proposal, answers: Answers) -> Question | None:
    """The most important question whose answer is not certain enough to be declared; None if there is none."""
    return next(_open_questions(proposal, answers), None)


def _open_questions(proposal: Proposal, answers: Answers) -> Iterator[Question]:
    """What is not certain enough to be declared, the most important first. Only a person can say whether it is a leaderboard."""
    doubt = "" if answers.say_that_it_ranks else proposal.candidate.doubt
    if proposal.table.sure < SURE:
        what = "whether one of the tables is a leaderboard, and which," if doubt else "which table is the leaderboard"
        yield Question(what=what, flag="--table N", why=proposal.table.why)
    elif doubt:
        choices, is_directed = _choices_of(proposal), all(each.higher_is_better.sure >= SURE for each in proposal.metrics)
        flag = "--metric COLUMN" if is_directed else "--metric COLUMN with --higher-is-better or --lower-is-better"
        flag += f" and {NATURES}" if any(each.nature.sure < SURE for each in proposal.metrics) else ""
        yield Question(what="whether the table is a leaderboard", flag=flag, why=doubt, choices=choices)
        return
    if answers.name is None and proposal.name.sure < SURE:
        texts = names_of(cells_of(proposal.candidate.columns, proposal.candidate.rows))
        choices = " · ".join(f"{_quoted((cells.header,))} {', '.join(cells.known[:3])}" for _, cells in texts[:MAX_CHOICES])
        yield Question(what="which column names the entries", flag="--name COLUMN", why=proposal.name.why, choices=choices)
    if suspects := proposal.candidate.suspects:
        names = listed([_quoted((name,)) for name, _ in suspects], MAX_CHOICES)
        what = f"whether {names} {'are entries' if suspects[1:] else 'is an entry'}"
        yield Question(what=what, flag="--entry NAME or --without NAME", why=suspects[0][1])
    if not answers.key and proposal.key.sure < SURE:
        what = f"whether {_quoted(proposal.key.value)} identifies an entry"
        yield Question(what=what, flag="--key COLUMN", why=proposal.key.why)
    yield from _about_ranking(proposal, answers)


def _about_ranking(proposal: Proposal, answers: Answers) -> Iterator[Question]:
    """What is not certain about the figure that ranks the board, or about those of which one does."""
    if proposal.ranking is None:
        return
    likely: Sequence[MetricGuess] = (proposal.ranking,)
    if answers.metric is None and proposal.primary.sure < SURE:
        choices, likely = _choices_of(proposal), [each for each in proposal.as_ranking if each.nature.value is not Nature.COUNT]
        yield Question(what="which column ranks the board", flag="--metric COLUMN", why=proposal.primary.why, choices=choices)
    undirected = [metric for metric in likely if metric.higher_is_better.sure < SURE]
    if answers.higher_is_better is None and undirected:
        what = f"whether higher or lower {_listed(undirected)} is better"
        why, flag = undirected[0].higher_is_better.why, "--higher-is-better or --lower-is-better"
        yield Question(what=what, flag=flag, why=why, choices=_choices(undirected))
    if dotted := [metric for metric in likely if metric.has_open_dots]:
        what = f"what the dots in {_listed(dotted)} mean"
        yield Question(what=what, flag=DOTS, why=OPEN_DOTS, choices=_choices(dotted))
    counted = [metric for metric in likely if metric.nature.sure < SURE]
    if answers.nature is None and counted:
        what = f"whether {_listed(counted)} is counted, without any error, or scored"
        yield Question(what=what, flag=NATURES, why=counted[0].nature.why, choices=_choices(counted))
    if proposal.lacks_error and proposal.ranking.nature.value is Nature.FITTED:
        what, why = f"how large the error of {_listed((proposal.ranking,))} is", "the page states none"
        yield Question(what=what, flag="--stated-error NUMBER", why=why, choices=_choices((proposal.ranking,)), is_optional=True)


def _listed(metrics: Sequence[MetricGuess]) -> str:
    return listed([_quoted((metric.column,)) for metric in metrics], MAX_CHOICES)


def _choices_of(proposal: Proposal) -> str:
    """The columns that may rank the board: the figures, the published ranks, and columns that number the rows."""
    columns = cells_of(proposal.candidate.columns, proposal.candidate.rows)
    ranks = [cells.header for cells in columns if cells.is_count_up and cells.places[0] == 1]
    ranks += [proposal.rank.value] if proposal.rank is not None else []
    shown = {metric.column for metric in proposal.metrics}
    others = (f"{_quoted((rank,))} itself" for rank in dict.fromkeys(ranks) if rank not in shown)
    return " · ".join(filter(None, (_choices(proposal.metrics), *others)))


def _choices(metrics: Sequence[MetricGuess]) -> str:
    """The columns with their first values: `Elo` 1432, 1420, 1411 · `Votes` 20111, 15002, 31007."""
    shown = [f"{_quoted((metric.label,))} {', '.join(metric.samples)}" for metric in metrics[:MAX_CHOICES]]
    return " · ".join([*shown, *(_quoted((metric.label,)) for metric in metrics[MAX_CHOICES:])])


def refuse(question: Question, proposal: Proposal, answers: Answers) -> Answers:
    """The prompt of a script: raise DeclarationError with all open questions and their flags, unless the question is optional."""
    if question.is_optional:
        return answers
    further = (each for each in _open_questions(proposal, answers) if each != question and not each.is_optional)
    asked = [question, *further]
    if any(each.flag == DOTS for each in asked):  # whole numbers raise other questions than decimals
        grouped = replace(answers, dots_group=True)
        also = _open_questions(proposal_of(proposal.tables, grouped), grouped)
        known = {each.what for each in asked}
        asked += [replace(each, flag=f"{each.flag} (with --grouping-dots)") for each in also if each.what not in known]
    questions = "; ".join(f"{each.what} is not certain ({each.why}); pass {each.flag}" for each in asked)
    columns = next((each.choices for each in asked if each.choices), f"columns: {listed(proposal.candidate.columns, 12)}")
    raise DeclarationError(safe(f"{questions}; {columns}"))


def _written(
    settings: Settings, new_board: NewBoard, at: PageAddress, declared: Settled, files: Mapping[str, bytes]
) -> fixtures.Tested | None:
    """Write the declaration and the folder, overwriting nothing, and test the board on it, if there is one."""
    path = settings.schedules / f"{at.board}.toml"
    cases = new_board.cases / at.board
    for name, content in files.items():
        _create(cases / name, content)
    _create(path, declared.text.encode("utf-8"))
    if not files:
        return None
    try:
        return fixtures.try_folder(load_board(path, settings.schedules, formats(), settings.shipped), cases)
    except TrackerError as error:
        return fixtures.Tested(board=at.board, cases=0, problems=(str(error),))


def _create(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


def _quoted(columns: Sequence[str]) -> str:
    return " + ".join(f"`{safe(column)}`" for column in columns)

"""The catalogue of shipped boards, as Markdown: one row per board in docs/reference/boards.md, and the counts in the README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tracker import parsers, schedules
from tracker.model import Board, Metric
from tracker.query.due import missing_keys

ROOT = Path(__file__).resolve().parents[2]
ARROWS = {True: " ↑", False: " ↓", None: ""}
MOST_HEADLINES = 3
MOST_TERMS = 60


def boards() -> list[Board]:
    """Every shipped board, by id. A wrong declaration fails the test."""
    found = schedules.load(ROOT / "schedules", {name: parsers.options_of(name) for name in parsers.FORMATS})
    assert found.errors == {}
    return [found.boards[board] for board in sorted(found.boards)]


def code_files(found: Sequence[Board]) -> list[str]:
    """The Python files of the package that name one of the boards by its id."""
    files = sorted((ROOT / "tracker").rglob("*.py"))
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return [name for name, text in texts.items() if any(f'"{board.id}"' in text for board in found)]


def counts(found: Sequence[Board]) -> str:
    """The number of boards and sources, and how many need a key or are off."""
    by_state = [state(board) for board in found]
    off, free = by_state.count("off"), by_state.count("on")
    formats = len({board.parse.format for board in found})
    return (
        f"**{len(found)} boards of {len({source(board) for board in found})} sources**: {free} need no key, "
        f"{len(found) - off - free} need a key of yours, {off} are off because of their publishers' terms.\n"
        f"{formats} formats; Python files written for one board: {len(code_files(found))}."
    )


def source(board: Board) -> str:
    """The first half of its id."""
    return board.id.partition("/")[0]


def state(board: Board) -> str:
    """Whether it is fetched: `on`, `off`, or the names of the keys that it needs."""
    return "off" if not board.enabled else ", ".join(f"`{name}`" for name in missing_keys(board, {})) or "on"


def headline(board: Board) -> str:
    """The metric that ranks it, with its direction, or the topics of its metrics."""
    if board.primary is not None:
        return title(board.primary)
    return ", ".join(dict.fromkeys(metric.topic or metric.title for metric in board.metrics)) or "no numbers"


def title(metric: Metric) -> str:
    """The title of a metric, with its direction."""
    return f"{metric.title}{ARROWS[metric.higher_is_better]}"


def link(board: Board) -> str:
    """The second half of its id, linked to the page that people read, and why it is not fetched."""
    way = {"on": "", "off": " (off)"}.get(state(board), " (key)")
    return f"[{board.id.partition('/')[2]}]({board.page}){way}"


def few(texts: Iterable[str], most: int = MOST_HEADLINES) -> str:
    """Each different text once, at most `most` of them."""
    seen = [text for text in dict.fromkeys(texts) if text]
    return " · ".join([*seen[:most], *(["…"] if len(seen) > most else [])])


def row(cells: Sequence[object]) -> str:
    """A line of a table; no cell can end it."""
    return "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in cells) + " |"


def long_table(found: Sequence[Board]) -> Iterator[str]:
    """One row per board."""
    yield from ("| board | title | headline | topics | format | cadence | fetched | data |", "|---|---|---|---|---|---|---|---|")
    for board in found:
        topics = few((metric.topic for metric in board.metrics), 4)
        where = urlsplit(board.request.url).netloc
        what = (f"[{board.id}]({board.page})", board.title, headline(board), topics)
        yield row((*what, f"`{board.parse.format}`", f"`{board.cadence}`", state(board), where))


def terms_table(found: Sequence[Board]) -> Iterator[str]:
    """One row per statement of terms, with its boards."""
    yield from ("| boards | terms | attribution |", "|---|---|---|")
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for board in found:
        grouped.setdefault((source(board), board.terms, board.attribution), []).append(board.id)
    for (_, terms, attribution), ids in grouped.items():
        yield row((", ".join(ids), terms, attribution))


def page(found: Sequence[Board]) -> str:
    """All of docs/reference/boards.md."""
    lines = [
        "# Boards",
        "",
        "`pytest tests/docs/test_catalogue.py --accept` generates this page from `schedules/`, and a test compares the two.",
        "`tracker boards` also shows the health of the boards, and `tracker board show ID` a complete declaration.",
        "↑: higher is better, ↓: lower is better.",
        "",
        counts(found),
        "",
        *long_table(found),
        "",
        "## Terms",
        "",
        "Our reading of the publishers' terms, which is not legal advice. A board that they forbid is off until an operator sets",
        "`enabled = true`; its terms name the open alternative, if there is one.",
        "",
        *terms_table(found),
        "",
    ]
    return "\n".join(lines)

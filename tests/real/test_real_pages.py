"""Real pages: every board is let through, every page that is none is named."""

import gzip
from pathlib import Path

import pytest

from tracker.errors import Refused
from tracker.reading.pages import recognise

NO_BOARDS = {
    "arena-html/cloudflare-challenge": 'Cloudflare challenge page "Just a moment..."',
    "arena-html/error-404": "Next.js error page 404",
}
EMPTY_BOARDS = {"livebench-html/before-load", "yupp-html/text-skeleton"}
"""Boards without rows: for the parser to refuse."""
PARSERS = ("html_table", "flight", "json_ld")


def body(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def pages(folder: Path) -> dict[str, list[Path]]:
    paths: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*/*/*.html*")):
        paths.setdefault(path.parent.relative_to(folder).as_posix(), []).append(path)
    return paths


@pytest.mark.slow
def test_every_real_board_is_let_through(shared_data: Path):
    boards = {name: paths for name, paths in pages(shared_data).items() if name not in NO_BOARDS}
    assert {"arena-html/text", "artificial-analysis-html/models", "swebench/index"} | EMPTY_BOARDS <= boards.keys()
    for paths in boards.values():
        for path in paths:
            for parser in PARSERS:
                recognise(path.name, body(path), parser)


@pytest.mark.parametrize("name", NO_BOARDS)
def test_every_real_page_that_is_not_a_board_is_named(shared_data: Path, name: str):
    for path in pages(shared_data)[name]:
        for parser in (*PARSERS, "json_records", "csv_table"):
            with pytest.raises(Refused) as refused:
                recognise("arena/text", body(path), parser)
            assert NO_BOARDS[name] in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "parser"),
    [
        ("*/*/*.csv*", "csv_table"),
        ("*/*/*.md*", "markdown_table"),
        ("*/*/*.yml*", "yaml_records"),
        ("*/*/*.json*", "json_records"),
    ],
)
def test_real_data_files_are_let_through(shared_data: Path, pattern: str, parser: str):
    paths = sorted(shared_data.glob(pattern))
    assert paths
    for path in paths:
        recognise(path.name, body(path), parser)


def test_made_up_pages_in_the_form_of_a_board_are_recognised(shared_data: Path):
    examples = shared_data.parent / "examples"
    if not examples.is_dir():
        pytest.skip(f"no examples at {examples}")
    refused = set()
    for path in sorted(examples.glob("*.html")):
        try:
            recognise(path.name, path.read_bytes(), "html_table")
        except Refused:
            refused.add(path.name)
    assert refused == {"bot_challenge.html", "vercel_checkpoint.html", "livebench_spa_shell.html"}

"""The seed season: small, in real formats, read by its own declarations, and served like a publisher's pages."""

import re
import runpy
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tracker.cli._season import Season
from tracker.errors import ContractBroken, DeclarationError, Refused
from tracker.model import Board, Reading
from tracker.reading import read_capture
from tracker.shipped import SEED

CAPTURES = SEED / "captures"
BROKEN = {"meridian/llms/2026-03-09T060000Z.html": Refused, "veritas/hallucination/2026-03-08T060000Z.md": ContractBroken}
OPENER = build_opener(ProxyHandler({}))


def bodies() -> dict[str, Path]:
    return {path.relative_to(CAPTURES).as_posix(): path for path in sorted(CAPTURES.glob("*/*/*"))}


def reading(boards: Mapping[str, Board], name: str) -> Reading:
    return read_capture(boards[name.rpartition("/")[0]], [(CAPTURES / name).read_bytes()])


def get(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    try:
        with OPENER.open(Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})) as answer:
            return answer.status, answer.read(), answer.headers
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


# ── the bodies ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_every_body_except_the_two_broken_ones_reads_as_declared(boards):
    failed = {}
    for name in bodies():
        try:
            assert len(reading(boards, name).entries) >= 30
        except (Refused, ContractBroken) as error:
            failed[name] = type(error)
    assert failed == BROKEN


def test_the_error_of_a_broken_body_names_the_problem(boards):
    page, table = BROKEN
    with pytest.raises(Refused, match="meridian/llms: Cloudflare challenge page"):
        reading(boards, page)
    with pytest.raises(ContractBroken, match="missing_column: column Hallucination Rate"):
        reading(boards, table)


def test_the_season_is_rich_and_small(boards):
    names = {entry.name for board in ("meridian/llms", "colosseum/text") for entry in reading(boards, last(board)).entries}
    assert len(boards) >= 3
    assert len({board.parse.format for board in boards.values()}) >= 3
    assert len({path.stem for path in bodies().values()}) >= 8
    assert len(names) >= 30
    assert sum(path.stat().st_size for path in SEED.rglob("*.*") if path.is_file()) <= 400_000


def last(board: str) -> str:
    return max(name for name in bodies() if name.startswith(board))


def test_every_declared_board_has_captures_and_no_capture_is_undeclared(boards):
    assert {name.rpartition("/")[0] for name in bodies()} == set(boards)


def test_the_flight_page_is_read_past_its_decoy_and_keeps_estimates_apart(boards):
    found = {entry.attributes["slug"]: entry for entry in reading(boards, "meridian/llms/2026-03-02T060000Z.html").entries}
    mini, seed = found["tessera-mini"].measures["intelligence"], found["damson-seed-1b"]
    assert (mini.value, mini.estimated, mini.decimals) == (24, True, 0)
    assert "intelligence" not in seed.measures
    assert "retired-1" not in found
    assert reading(boards, last("meridian/llms")).version == "2.1"


def test_the_flight_pages_carry_a_row_that_is_counted_in_bytes():
    page = (CAPTURES / "meridian/llms/2026-03-02T060000Z.html").read_text(encoding="utf-8")
    size = re.search(r"2b:T([0-9a-f]+),(.*?)20:\[", page)
    text = size[2].replace("\\n", "\n")
    assert int(size[1], 16) == len(text.encode()) > len(text)


def test_the_arena_shows_intervals_ranks_and_its_date(boards):
    found = reading(boards, "colosseum/text/2026-03-05T060000Z.html")
    first = found.entries[0]
    score = first.measures["score"]
    assert (first.id, first.name, first.rank) == ("aurora-3-ultra-high", "aurora-3-ultra-high", 1)
    assert (score.low, score.value, score.high) == (1483, 1488, 1493)
    assert (found.stated_on, found.depth) == ("2026-03-05", None)


def test_the_right_table_of_the_readme_is_read_and_its_escapes_are_resolved(boards):
    found = reading(boards, "veritas/hallucination/2026-03-02T060000Z.md")
    assert "grey/petrel_2_12b" in {entry.id for entry in found.entries}
    assert [entry.measures["hallucination_rate"].value for entry in found.entries[:3]] == [1.8, 2.1, 2.1]


def test_an_average_of_the_csv_is_unknown_while_a_task_is_unknown(boards):
    before, after = (
        next(
            entry for entry in reading(boards, f"livewell/table/2026-03-{day}T060000Z.csv").entries if entry.id == "damson-small"
        )
        for day in ("09", "12")
    )
    assert "global_average" not in before.measures
    assert after.measures["global_average"].value == pytest.approx(50.39, abs=0.01)


def test_the_bodies_are_what_the_generator_writes():
    written = dict(runpy.run_path(str(SEED / "make.py"))["bodies"]())
    assert written == {name: path.read_bytes() for name, path in bodies().items()}


def test_no_real_publisher_or_model_appears():
    real = re.compile(
        r"openai|anthropic|google|gemini|gpt-|claude|llama|qwen|mistral|deepseek|grok|kimi|artificialanalysis|arena\.ai",
        re.IGNORECASE,
    )
    found = {
        path.name: hit[0] for path in SEED.rglob("*.*") if path.suffix != ".pyc" and (hit := real.search(path.read_text("utf-8")))
    }
    assert found == {}


# ── the server ───────────────────────────────────────────────────────────────────────────────────


def test_the_season_has_the_days_of_its_captures(season):
    assert season.days[0] == datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert [day.day for day in season.days] == list(range(2, 14))


@pytest.mark.parametrize(
    ("board", "content_type"),
    [("meridian/llms", "text/html"), ("veritas/hallucination", "text/markdown"), ("livewell/table", "text/csv")],
)
def test_a_board_is_served_as_of_the_day(season, board, content_type):
    first = next(path for name, path in bodies().items() if name.startswith(board))
    newest = CAPTURES / last(board)
    _, early, headers = get(season.url + board)
    season.day = len(season.days) - 1
    _, late, _ = get(season.url + board)
    assert (early, late) == (first.read_bytes(), newest.read_bytes())
    assert headers["Content-Type"] == f"{content_type}; charset=utf-8"


def test_a_client_with_the_page_gets_304_until_the_page_changes(season):
    url = season.url + "meridian/llms"
    _, _, headers = get(url)
    etag = headers["ETag"]
    status, body, again = get(url, If_None_Match=f'"other", W/{etag}')
    assert (status, body, again["ETag"]) == (304, b"", etag)
    season.day = 1
    status, body, changed = get(url, If_None_Match=etag)
    assert status == 200
    assert body
    assert changed["ETag"] != etag


def test_a_day_with_the_same_bytes_is_304_on_every_board(season):
    boards = ("meridian/llms", "colosseum/text", "veritas/hallucination", "livewell/table")
    season.day = 1
    etags = {board: get(season.url + board)[2]["ETag"] for board in boards}
    season.day = 2
    assert {get(season.url + board, If_None_Match=etags[board])[0] for board in boards} == {304}


@pytest.mark.parametrize("path", ["robots.txt", "", "meridian", "meridian/llms/", "../make.py", "meridian/../meridian/llms"])
def test_every_other_path_is_404(season, path):
    assert get(season.url + path)[0] == 404


def test_the_server_prints_nothing(season, capfd):
    get(season.url + "meridian/llms")
    get(season.url + "nothing")
    assert capfd.readouterr() == ("", "")


def test_the_schedules_point_at_the_server(boards, season):
    assert {board.request.url for board in boards.values()} == {season.url + board for board in boards}
    assert {board.request.gap_s for board in boards.values()} == {0}


@pytest.mark.parametrize("day", [-1, 12])
def test_a_day_outside_the_season_is_refused(season, day):
    with pytest.raises(IndexError, match=f"day {day} of the season, expected 0 to 11"):
        season.day = day


def test_a_season_that_is_not_served_has_no_address(tmp_path):
    with pytest.raises(RuntimeError, match="context manager"):
        Season().schedules(tmp_path)


def test_a_closed_season_no_longer_answers():
    with Season() as season:
        url = season.url
    with pytest.raises(OSError, match="refused"):
        OPENER.open(url + "meridian/llms")


def test_a_folder_without_captures_is_not_a_season(tmp_path):
    with pytest.raises(DeclarationError, match="no captures found; expected <source>/<board>/<time>"):
        Season(tmp_path)


@pytest.mark.parametrize("name", ["2026-03-02.html", "2026-03-02T060000Z.exe", "2026-13-02T060000Z.html"])
def test_a_capture_with_another_name_is_refused(tmp_path, name):
    (tmp_path / "captures/a/b").mkdir(parents=True)
    (tmp_path / "captures/a/b" / name).write_bytes(b"x")
    with pytest.raises(DeclarationError, match="not the name of a capture"):
        Season(tmp_path)

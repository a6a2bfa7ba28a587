"""`tracker board new`: declare a board from its page in one command, and ask where unsure instead of guessing."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cli_world import CHALLENGE, Ran, World

from tracker.authoring.guess import propose
from tracker.authoring.new import NewBoard, Question, fetched, make, refuse
from tracker.authoring.proposal import Answers, Proposal
from tracker.clock import FixedClock
from tracker.errors import DeclarationError, Refused
from tracker.fetch import Fetcher
from tracker.stores.hosts import SqliteHosts
from tracker.workspace import Settings

URL = "https://boards.example/scores.csv"
NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3")
PAGE = "model,lab,score,votes\n" + "".join(f"{name},Lab {at % 2},{90.5 - 3 * at},{900 + at}\n" for at, name in enumerate(NAMES))
UNSURE = "model,zog\n" + "".join(f"{name},{value}\n" for name, value in zip(NAMES, (410, 122, 770, 35, 600, 227), strict=True))


def file_of(world: World, text: str = PAGE, name: str = "page.csv") -> Path:
    path = world.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def new(world: World, *args: str | Path, text: str = PAGE) -> Ran:
    return world.run("board", "new", file_of(world, text), "--url", URL, "--cases", world.folder / "cases", *args)


def written(world: World) -> list[str]:
    return sorted(
        path.relative_to(world.folder).as_posix()
        for top in ("schedules", "cases")
        for path in (world.folder / top).rglob("*")
        if path.is_file()
    )


def test_one_command_writes_a_declaration_and_a_folder_that_passes_its_test(world: World):
    ran = new(world, "--id", "made/scores", "--with-tests")
    assert ran.code == 0
    assert "made/scores: ok" in ran.out
    assert {
        "cases/made/scores/expected.json",
        "cases/made/scores/page.csv",
        "cases/made/scores/places.tsv",
        "schedules/made/scores.toml",
    } <= {*written(world)}
    tested = world.run("board", "test", "made/scores", "--cases", world.folder / "cases")
    assert tested.code == 0


def test_without_the_option_only_the_declaration_is_written(world: World):
    ran = new(world, "--id", "made/scores")
    assert ran.code == 0
    assert written(world) == ["schedules/made/scores.toml"]
    assert "made/scores: 6 entries of 6 rows" in ran.out


def test_rows_and_columns_left_out_are_listed_with_the_reason(world: World):
    text = PAGE.replace("votes\n", "votes,note\n").replace("900\n", "900,x\n") + ",Lab 1,3,4,\nAverage,,60,,\n"
    ran = new(world, "--id", "made/scores", text=text)
    assert "6 entries of 8 rows" in ran.out
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "left out row (no name) no name" in lines
    assert "left out row Average sums up others, or is a baseline" in lines
    assert "left out column note the same in every row" in lines
    (row,) = new(world, "--id", "made/again", "--json", text=text).rows
    assert {"what": "row", "which": "Average", "why": "sums up others, or is a baseline"} in row["left_out"]
    assert (row["rows"], row["entries"]) == (8, 6)


def test_a_cell_that_cannot_be_read_is_listed(world: World):
    ran = new(world, "--id", "made/scores", text=PAGE.replace("87.5", "8?.5"))
    assert ran.code == 0
    assert "unknown score cannot be read as figures: 8?.5" in [" ".join(line.split()) for line in ran.out.splitlines()]


TWO = "".join(
    f"## {title}\n\n|Model|Score|\n|-|-|\n"
    + "".join(f"|{name}|{(at * 37 + step) % 83}|\n" for at, name in enumerate(NAMES))
    + "\n"
    for step, title in enumerate(("Coding", "Vision"))
)


def test_a_script_gets_the_list_of_tables_with_the_question(world: World):
    ran = new(world, "--id", "made/two", text=TWO)
    assert ran.code == 2
    assert "pass --table N" in ran.err
    assert ran.out == ""
    listing = ran.err.splitlines()
    assert sum("Coding  " in line and "Model and Score" in line and "Kittiwake 5" in line for line in listing) == 1
    assert sum("Vision  " in line and "Model and Score" in line for line in listing) == 1


@pytest.mark.parametrize("number", [1, 2])
def test_each_listed_table_can_be_chosen(world: World, number: int):
    ran = new(world, "--id", "made/two", "--table", str(number), "--metric", "Score", "--nature", "tested", "--json", text=TWO)
    assert ran.code == 0
    (row,) = ran.rows
    title = row["candidates"][number - 1]["place"]
    declared = tomllib.loads((world.folder / "schedules/made/two.toml").read_text(encoding="utf-8"))
    assert title in ("Coding", "Vision")
    assert declared["parse"].get("after", "## Coding") == f"## {title}"


def test_the_declaration_marks_guesses_and_says_that_nobody_read_the_terms(world: World):
    new(world, "--id", "made/scores")
    declared = tomllib.loads((world.folder / "schedules/made/scores.toml").read_text(encoding="utf-8"))
    assert declared["columns"] == {"key": "model", "name": "model", "creator": "lab"}
    assert declared["metrics"]["score"]["primary"] is True
    assert declared["terms"] == "not looked up"
    assert declared["request"] == {"url": URL}


def test_each_meaning_is_printed_with_its_reason(world: World):
    ran = new(world, "--id", "made/scores", "--json")
    (row,) = ran.rows
    lines = {(line["meaning"], line["column"]) for line in row["proposal"]}  # type: ignore[attr-defined]
    assert {("key", "model"), ("creator", "lab"), ("metric score", "score")} <= lines
    assert all(line["why"] for line in row["proposal"] if line["meaning"] == "key")  # type: ignore[attr-defined]


def test_a_dry_run_writes_nothing(world: World):
    ran = new(world, "--id", "made/scores", "--dry-run")
    assert ran.code == 0
    assert written(world) == []


def test_existing_files_are_not_overwritten(world: World):
    new(world, "--id", "made/scores")
    before = (world.folder / "schedules/made/scores.toml").read_bytes()
    ran = new(world, "--id", "made/scores", "--lower-is-better", "--metric", "score")
    assert ran.code == 2
    assert "already exists; not overwritten; choose another id with --id" in ran.error
    assert (world.folder / "schedules/made/scores.toml").read_bytes() == before


def test_by_default_the_id_is_made_of_host_and_title(world: World):
    assert new(world).code == 0
    assert any(name.startswith("schedules/boards") for name in written(world))


@pytest.mark.parametrize(
    ("title", "charset"),
    [
        ("日本語LLMの評価", "shift_jis"),
        ("Рейтинг городов", "windows-1251"),
        ("大模型排行榜", "gbk"),
        ("Classement général", "iso-8859-1"),
    ],
)
def test_the_title_is_read_in_the_charset_of_the_page(world: World, title: str, charset: str):
    rows = "".join(f"<tr><td>{name}</td><td>{90 - at}.5</td></tr>" for at, name in enumerate(NAMES))
    table = f"<table><tr><th>Model</th><th>Score</th></tr>{rows}</table>"
    file = world.folder / "page.html"
    file.write_bytes(f"<html><head><meta charset={charset}><title>{title}</title></head><body>{table}".encode(charset))
    assert world.run("board", "new", file, "--url", URL, "--id", "made/title").code == 0
    declared = tomllib.loads((world.folder / "schedules/made/title.toml").read_text(encoding="utf-8"))
    assert declared["title"] == title


def test_a_chart_without_figures_is_declared_by_its_order(world: World):
    chart = "app,maker\n" + "".join(f"App {name},Maker {name}\n" for name in "qwertyuiop")
    assert "--metric '$row' where the order of the rows ranks them" in new(world, "--id", "made/chart", text=chart).error
    assert new(world, "--id", "made/chart", "--metric", "$row", "--with-tests", text=chart).code == 0
    declared = tomllib.loads((world.folder / "schedules/made/chart.toml").read_text(encoding="utf-8"))
    assert (declared["columns"]["rank"], declared["metrics"]["position"]["from"]) == ("$row", "$row")
    assert declared["contract"]["depth"] == 10
    (places,) = world.folder.rglob("places.tsv")
    assert "App w\tposition\tpage.csv:3\t\t= 2.0\n" in places.read_text(encoding="utf-8")


def test_every_value_has_a_place_in_any_spelling(world: World):
    places = ("1", "T2", "T2", "4", "T5", "T5", "T5", "8")
    rows = "".join(
        f'{place},"The ""{name}""",{90 - at}.5%\n' for at, (place, name) in enumerate(zip(places, "qwertyui", strict=True))
    )
    assert new(world, "--id", "made/odd", "--with-tests", text=f"Pos,Player,Accuracy\n{rows}").code == 0
    (file,) = world.folder.rglob("places.tsv")
    found = [line.split("\t")[3] for line in file.read_text(encoding="utf-8").splitlines() if "page.csv:3\t" in line]
    assert found == ['The ""w""', 'The ""w""', "T2", "89.5%"]


def test_a_page_with_half_of_its_rows_breaks_the_contract(world: World):
    new(world, "--id", "made/scores")
    declared = tomllib.loads((world.folder / "schedules/made/scores.toml").read_text(encoding="utf-8"))
    assert (len(NAMES), declared["contract"]["min_entries"]) == (6, 4)


# ── questions ─────────────────────────────────────────────────────────────────────────────


def test_a_script_gets_the_flag_that_decides_the_direction(world: World):
    ran = new(world, "--id", "made/zog", "--metric", "zog", text=UNSURE)
    assert ran.code == 2
    assert (
        "whether higher or lower `zog` is better is not certain (nothing on the page shows whether higher or lower is better)"
        in ran.error
    )
    assert "pass --higher-is-better or --lower-is-better" in ran.error
    assert written(world) == []


def test_the_question_lists_the_columns_with_their_first_values(world: World):
    text = "model,zag (%),zig score,rank\n"
    text += "".join(f"{name},{at * 7 % 5 + 0.5},{at * 5 % 7},{at + 1}\n" for at, name in enumerate(NAMES))
    ran = new(world, "--id", "made/two", text=text)
    assert ran.code == 2
    assert "which column ranks the board is not certain (no figure has the order of the published ranks)" in ran.error
    assert "; `zag (%)` 0.5, 2.5, 4.5 · `zig score` 0, 5, 3" in ran.error


ELO = PAGE.replace("score", "elo").replace("votes", "matches")


def test_a_script_is_not_asked_for_the_error_of_a_rating_and_may_state_it(world: World):
    ran = new(world, "--id", "made/elo", text=ELO)
    assert ran.code == 0
    assert "a new order is reported only after it held for three changes" in ran.out
    text = (world.folder / "schedules/made/elo.toml").read_text(encoding="utf-8")
    assert "# No error is declared" in text
    ran = new(world, "--id", "made/elo2", "--stated-error", "12.5", text=ELO)
    declared = tomllib.loads((world.folder / "schedules/made/elo2.toml").read_text(encoding="utf-8"))
    assert declared["metrics"]["elo"]["stated_error"] == 12.5
    assert "No error" not in ran.out


@pytest.mark.parametrize("error", [12.5, None])
def test_a_person_is_asked_once_for_the_error_of_a_rating(world: World, error: float | None):
    flags: list[str] = []

    def ask(question: Question, proposal: Proposal, answers: Answers) -> Answers:
        flags.append(question.flag)
        return replace(answers, stated_error=error)

    made = make(
        Settings(store=world.store, schedules=world.folder / "schedules"),
        NewBoard(url=URL, board="made/elo", cases=world.folder / "cases"),
        ELO.encode,
        ask=ask,
    )
    assert flags == ["--stated-error NUMBER"]
    assert made.settled.board.primary is not None
    assert made.settled.board.primary.stated_error == error


@pytest.mark.parametrize(("flag", "higher"), [("--higher-is-better", True), ("--lower-is-better", False)])
def test_the_flag_decides_the_direction(world: World, flag: str, higher: bool):
    assert new(world, "--id", "made/zog", flag, text=UNSURE).code == 0
    declared = tomllib.loads((world.folder / "schedules/made/zog.toml").read_text(encoding="utf-8"))
    assert declared["metrics"]["zog"]["higher_is_better"] is higher


COUNTED = "model,multi\n" + "".join(f"{name},{9_000 - 1_100 * at}\n" for at, name in enumerate(NAMES))


def test_a_script_gets_the_flag_that_decides_the_nature(world: World):
    ran = new(world, "--id", "made/multi", text=COUNTED)
    assert ran.code == 2
    assert "whether `multi` is counted, without any error, or scored is not certain" in ran.error
    assert "pass --nature points or --nature tested" in ran.error
    assert written(world) == []


@pytest.mark.parametrize("nature", ["points", "tested", "live"])
def test_the_flag_decides_the_nature(world: World, nature: str):
    assert new(world, "--id", "made/multi", "--nature", nature, text=COUNTED).code == 0
    declared = tomllib.loads((world.folder / "schedules/made/multi.toml").read_text(encoding="utf-8"))
    assert declared["metrics"]["multi"]["nature"] == nature


def test_the_table_of_meanings_shows_points_with_their_unit(world: World):
    stars = "name,stars\n" + "".join(f"{name},{9_000 - 1_100 * at}\n" for at, name in enumerate(NAMES))
    assert "ranks the board; points, higher is better, stars" in new(world, "--id", "made/stars", text=stars).out


def test_key_name_and_metric_can_be_stated(world: World):
    lines = PAGE.splitlines()
    text = "\n".join([f"slug,{lines[0]}", *(f"s{at}x,{line}" for at, line in enumerate(lines[1:]))]) + "\n"
    ran = new(
        world, "--id", "made/answers", "--key", "slug", "--name", "model", "--metric", "votes", "--higher-is-better", text=text
    )
    assert ran.code == 0
    declared = tomllib.loads((world.folder / "schedules/made/answers.toml").read_text(encoding="utf-8"))
    assert (declared["columns"]["key"], declared["columns"]["name"]) == ("slug", "model")
    assert declared["metrics"]["votes"]["primary"] is True


def test_a_person_is_asked_and_the_answer_is_accepted(world: World):
    flags: list[str] = []

    def ask(question: Question, proposal: Proposal, answers: Answers) -> Answers:
        flags.append(question.flag)
        return replace(answers, higher_is_better=False)

    made = make(
        Settings(store=world.store, schedules=world.folder / "schedules"),
        NewBoard(url=URL, board="made/zog", cases=world.folder / "cases"),
        UNSURE.encode,
        ask=ask,
    )
    assert flags == ["--metric COLUMN with --higher-is-better or --lower-is-better"]
    assert made.settled.board.primary is not None
    assert made.settled.board.primary.higher_is_better is False


def test_a_person_who_does_not_answer_is_not_asked_forever(world: World):
    def silent(question: Question, proposal: Proposal, answers: Answers) -> Answers:
        return answers

    with pytest.raises(DeclarationError, match="still not sure"):
        make(
            Settings(store=world.store, schedules=world.folder / "schedules"),
            NewBoard(url=URL, board="made/zog", cases=world.folder / "cases"),
            UNSURE.encode,
            ask=silent,
        )


# ── pages without a board, and wrong answers ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "error"),
    [(CHALLENGE, "Cloudflare challenge page"), ('{"error": "no key"}', "found no table of any kind"), ("", "empty body")],
)
def test_a_page_without_a_board_is_one_line_and_nothing_is_written(world: World, text: str, error: str):
    ran = new(world, "--id", "made/none", text=text)
    assert ran.code == 1
    assert error in ran.error
    assert ran.error.startswith(f"tracker: {file_of(world)}: found ") or error.startswith("Cloudflare")
    assert written(world) == []


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["--id", "Made/../x"], "is not a board id; expected <source>/<board>"),
        (["--id", "made/x", "--key", "nope"], "no table has 'nope'"),
        (["--id", "made/x", "--table", "7"], "table 7 is not there, expected 1 to 1"),
        (["--id", "made/x", "-H", "nothing"], "is not a header; expected NAME=VALUE"),
    ],
)
def test_a_wrong_answer_is_named_with_what_was_expected(world: World, args: Sequence[str], error: str):
    ran = new(world, *args)
    assert ran.code == 2
    assert error in ran.error
    assert written(world) == []


def test_a_file_without_an_address_needs_a_dry_run(world: World):
    ran = world.run("board", "new", file_of(world))
    assert ran.code == 2
    assert "a local file has no URL; pass --url URL, or --dry-run" in ran.error
    assert world.run("board", "new", file_of(world), "--dry-run").code == 0


def test_hostile_cells_reach_neither_the_terminal_nor_the_file(world: World):
    text = PAGE.replace("Kittiwake 5", "\x1b]0;evil\x07Kitti\x1b[31mwake").replace("Lab 1", '"=cmd()"""')
    ran = new(world, "--id", "made/evil", text=text)
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.err
    for path in (world.folder / "schedules/made").glob("*.toml"):
        assert path.read_text(encoding="utf-8").replace("\n", "").isprintable()


# ── fetched ──────────────────────────────────────────────────────────────────────────────────────


def asking(
    world: World, url: str, resolve: Sequence[str], *, allow_private: bool = False, page: str = PAGE, charset: str = "utf-8"
) -> bytes:
    from datetime import UTC, datetime  # noqa: PLC0415 - only here
    from ipaddress import ip_address  # noqa: PLC0415 - only here

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Type": f"text/html; charset={charset}"}
        return httpx.Response(404 if request.url.path == "/robots.txt" else 200, content=page.encode(charset), headers=headers)

    addresses = [ip_address(address) for address in resolve]
    world.store.mkdir(parents=True, exist_ok=True)
    clock = FixedClock(datetime(2026, 11, 24, tzinfo=UTC))
    with (
        closing(SqliteHosts(world.store / "hosts.db")) as hosts,
        Fetcher(hosts, clock, {}, transport=httpx.MockTransport(answer), resolve=lambda _: addresses) as fetcher,
    ):
        return fetched(NewBoard(url=url, allow_private=allow_private), fetcher, lambda _: addresses)


def test_an_address_is_fetched_once_by_the_fetcher(world: World):
    assert asking(world, URL, ["93.184.216.34"]) == PAGE.encode()
    assert {path.name for path in world.store.iterdir()} <= {"hosts.db", "locks"}


def test_a_page_is_read_in_the_encoding_that_its_response_declares(world: World):
    text = asking(world, URL, ["93.184.216.34"], page="<p>Zürich</p>", charset="iso-8859-1").decode()
    assert text == "<p>Zürich</p>"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1"])
def test_a_private_address_is_not_fetched(world: World, address: str):
    with pytest.raises(Refused, match=r"an address in a private network; expected a public page \(--allow-private "):
        asking(world, URL, [address])


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "::1"])
def test_a_private_address_is_fetched_if_the_user_says_so(world: World, address: str):
    assert asking(world, URL, [address], allow_private=True) == PAGE.encode()


def test_a_script_cannot_be_asked():
    proposal = propose(UNSURE.encode())
    with pytest.raises(DeclarationError, match="pass --key COLUMN"):
        refuse(Question(what="it", flag="--key COLUMN", why="so"), proposal, Answers())


def test_a_page_that_its_declaration_cannot_read_is_refused_without_talk_of_a_capture(world: World):
    text = "model,score\n" + "".join(
        f"{name},{90 - at}\n" for at, name in enumerate(("🔥 a", "🔥 b", "🔥 c", "🔥 a", "🔥 b", "🔥 c"))
    )
    error = new(
        world, "--id", "made/scores", "--key", "score", "--name", "score", text=text.replace("90", "-").replace("89", "—")
    ).error
    assert "choose other columns (--key, --name, --metric), another --table, or leave rows out (--without)" in error
    assert "capture" not in error

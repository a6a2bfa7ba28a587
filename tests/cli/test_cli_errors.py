"""Errors are one line on stderr with an exit code by class; published text does not control a terminal."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cli_world import BODIES, CHALLENGE, COLLAPSE, DECLARATION, World
from hypothesis import given
from hypothesis import strategies as st
from kit import begins
from test_cli_workspace import READING

from tracker.stores import locks
from tracker.wording import escaped, safe

ROOT = Path(__file__).resolve().parents[2]
EVIL = "\x1b]0;owned\x07\x9b31mRed\u202etxt.exe\u2066\x00\u200bend"


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (("--nonsense",), "--nonsense … (see: tracker --help)"),
        (("nonsense",), "nonsense … (see: tracker --help)"),
        (("compare", "a"), "B … (see: tracker compare --help)"),
        (("standings", "acme/text", "--top", "0"), "--top … (see: tracker standings --help)"),
        (("report", "--format", "pdf"), "pdf … text … markdown … html … jsonl … atom … (see: tracker report --help)"),
        (("import", "acme/text"), "PATHS … (see: tracker import --help)"),
        (("import", "acme/text", "nowhere"), "nowhere … (see: tracker import --help)"),
        (
            ("events", "--since", "tomorrow"),
            "'tomorrow' is not a time; expected 2026-04-18, 2026-04-18T06:00Z, yesterday, or an age such as 7d",
        ),
        (("events", "--since", "99999999999999w"), "is not a time"),
        (("events", "--since", "9999999w"), "is not a time"),
        (("events", "--until", "0001-01-01T00:00+14:00"), "is not a time"),
        (("quarantine", "nonsense"), "nonsense … (see: tracker quarantine --help)"),
        (("verify",), "verify: no event named"),
        (("verify", "ffffffff"), 'event "ffffffff" is unknown; expected an id or its beginning'),
        (
            ("verify", "--board", "acme/none"),
            'board "acme/none" is unknown; did you mean acme/text? (1 board is known: tracker boards)',
        ),
        (
            ("events", "--board", "acme/none"),
            'board "acme/none" is unknown; did you mean acme/text? (1 board is known: tracker boards)',
        ),
        (
            ("report", "--board", "acme/none"),
            'board "acme/none" is unknown; did you mean acme/text? (1 board is known: tracker boards)',
        ),
        (
            ("history", "a", "--board", "acme/none"),
            'board "acme/none" is unknown; did you mean acme/text? (1 board is known: tracker boards)',
        ),
        (
            ("quarantine", "list", "--board", "acme/none"),
            'board "acme/none" is unknown; did you mean acme/text? (1 board is known: tracker boards)',
        ),
        (("report", "--board", "none/*"), 'board "none/*" is unknown; known: acme, acme/text'),
        (("why-not", "a", "--board", "acme/*"), 'board "acme/*" is a pattern; expected the id of one board (tracker boards)'),
        (("events", "--grade", "supportd"), 'grade "supportd" is unknown; did you mean "supported"? known: addition, '),
        (("resolve", "GPT-4o", "--source", "acme/txt"), 'board "acme/txt" is unknown; did you mean acme/text?'),
        (("quarantine", "accept", "acme/text"), "acme/text: nothing in quarantine"),
        (("quarantine", "show", "acme/text", "2026-03-01"), "acme/text: nothing in quarantine at 2026-03-01T00:00:00Z"),
        (("quarantine", "accept", "acme/text", "2026-03-01T06:00Z"), "a reading that is accepted"),
        (("standings", "acme/none"), "acme/none"),
        (("standings", "acme/text", "--metric", "taste"), 'metric "taste" is unknown; known: price, score'),
        (("standings", "acme/text", "--metric", "scor"), 'metric "scor" is unknown; did you mean "score"?'),
        (("standings", "acme/text", "--at", "2020-01-01"), "nothing was accepted by 2020-01-01"),
        (("history", "nobody"), '"nobody": no board lists that model'),
        (("board", "show", "acme/none"), "acme/none"),
        (
            ("board", "test", "acme/text", "--cases", "nowhere"),
            "expected page.<ext> as received (to read the page that is online now: tracker board test acme/text --live)",
        ),
        (
            ("report", "-o", "/dev/null/report.txt"),
            "/dev/null/report.txt: cannot be written: … ; expected a file in a writable folder",
        ),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_wrong_usage_is_one_line_and_exits_with_2(world: World, args: tuple[str, ...], found: str):
    world.imported()
    ran = world.run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert re.search(begins(f"tracker: … {found}"), ran.error)


@pytest.mark.parametrize(
    "args",
    [
        ("events",),
        ("history", "a"),
        ("standings", "acme/text"),
        ("report",),
        ("verify", "--all"),
        ("quarantine", "list"),
        ("quarantine", "show", "acme/text"),
        ("quarantine", "accept", "acme/text"),
    ],
    ids=" ".join,
)
def test_commands_that_read_history_create_no_store(world: World, args: tuple[str, ...]):
    ran = world.run(*args)
    assert ran.code == 2
    assert "no tracker.db here; expected a store (tracker run, tracker import, or --store DIR)" in ran.error
    assert not world.store.exists()


def test_a_wrong_declaration_exits_with_2_and_names_its_file(world: World):
    world.declare("acme/text", DECLARATION.replace("csv_table", "csv-table"))
    ran = world.run("import", "acme/text", world.bodies(BODIES))
    assert ran.code == 2
    assert 'acme/text.toml: parse.format = "csv-table" is unknown; did you mean "csv_table"?' in ran.error


@pytest.mark.parametrize("args", [("boards",), ("run",), ("daemon", "--dry-run")], ids=" ".join)
def test_if_no_declaration_can_be_read_only_the_reason_is_printed(
    world: World, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(world.folder)
    world.declare("acme/text", "title = 3")
    ran = world.plain("--schedules", world.folder / "schedules", *args)
    assert (ran.code, ran.out, world.store.exists()) == (2, "", False)
    assert ran.error.startswith("tracker: schedules/acme/text.toml: ")


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (("boards",), "acme/text"),
        (("boards", "--json"), '"acme/text"'),
        (("replay",), "acme/text: 4 accepted, 1 quarantined"),
        (("run", "--due"), ""),
        (("daemon", "--dry-run"), "acme/text"),
        (("board", "test"), ""),
        (("board", "test", "--live"), "acme/text"),
        (("notify", "list"), ""),
        (("quarantine", "accept", "acme/text", "2026-03-06T06:00Z"), "acme/text: 5 accepted, 1 unchanged"),
    ],
    ids=lambda args: " ".join(args) if isinstance(args, tuple) else "",
)
def test_readable_boards_are_processed_and_each_wrong_file_is_one_line_and_exit_code_2(
    world: World, args: tuple[str, ...], shown: str, monkeypatch: pytest.MonkeyPatch
):
    world.imported(BODIES | COLLAPSE)
    monkeypatch.delenv("ACME_KEY", raising=False)
    keyed = DECLARATION.replace("[request]", '[request]\nheaders = { x-api-key = "${ACME_KEY}" }')
    if args[0] != "daemon":
        world.declare("acme/text", keyed)  # nothing is fetched
    if args[0] in {"notify", "quarantine"}:
        (world.folder / "schedules/routes.toml").write_text('[[route]]\nname = "wrong"\n', encoding="utf-8")
        wrong = "routes.toml"
    else:
        world.declare("acme/vision", keyed)
        world.declare("beta/_defaults", "cadence = 3")
        world.declare("beta/text", keyed)
        world.declare("beta/code", keyed)
        wrong = "beta/_defaults.toml"
    ran = world.run(*args)
    assert ran.code == 2
    assert ran.err.count(".toml: ") == ran.err.count(f"{wrong}: ") == 1
    assert shown in ran.out


def test_init_in_a_folder_with_a_wrong_declaration_creates_the_workspace_and_exits_with_2(world: World):
    world.declare("acme/text", "title = 3")
    ran = world.plain("init", world.folder)
    assert (ran.code, "acme/text.toml: " in ran.error, (world.folder / "tracker.toml").is_file()) == (2, True, True)


def test_a_replay_uses_the_last_declaration_of_a_board_with_a_wrong_file_unless_it_is_named(world: World):
    world.imported()
    before = world.run("events", "--json").out
    world.declare("acme/text", "title = 3")
    ran = world.run("replay")
    assert (ran.code, ran.out.startswith("acme/text: "), "acme/text.toml: " in ran.error) == (2, True, True)
    named = world.run("replay", "acme/text")
    assert (named.code, named.out, "acme/text.toml: " in named.error) == (2, "", True)
    assert world.run("events", "--json").out == before


def test_a_replay_rebuilds_the_other_boards_if_one_never_had_a_valid_declaration(world: World):
    world.imported()
    world.imported(board="acme/vision")
    (world.store / "tracker.db").unlink()
    (world.store / "service.bak").unlink()
    world.declare("acme/text", "title = 3")
    ran = world.run("replay")
    assert (ran.code, "acme/text.toml: " in ran.error) == (2, True)
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["acme/vision"]


def test_a_failing_board_exits_with_1(world: World):
    world.imported()
    ran = world.run("import", "acme/text", world.bodies({"2026-03-09T060000Z": CHALLENGE}, "more", raw=True), "--json")
    assert (ran.code, [row["kind"] for row in ran.rows]) == (1, ["board_broken"])
    assert 'tracker: acme/text: Cloudflare challenge page "Just a moment..."' in ran.error


@pytest.mark.parametrize(
    "args", [("events",), ("standings", "acme/text"), ("import", "acme/text", "bodies"), ("boards",), ("report",)]
)
def test_a_file_that_is_not_a_database_exits_with_3(world: World, args: tuple[str, ...]):
    world.declare("acme/text")
    world.store.mkdir()
    (world.store / "tracker.db").write_bytes(b"no database, but long enough to look like one to a careless eye" * 9)
    ran = world.run(*(world.bodies(BODIES) if arg == "bodies" else arg for arg in args))
    assert ran.code == 3
    assert re.search(r"tracker\.db: is damaged: .+; expected the SQLite file that the tracker wrote \(rebuild it", ran.error)


EVERY = [*READING.items(), ("run", []), ("import", ["acme/text", "."]), ("daemon", ["--dry-run"]), ("demo", [])]


@pytest.mark.parametrize(("command", "words"), EVERY, ids=[name for name, _ in EVERY])
def test_a_store_that_is_not_a_folder_exits_with_3_and_is_not_called_damaged(world: World, command: str, words: list[str]):
    (world.folder / "file").write_text("kept", encoding="utf-8")
    for store in (world.folder / "file", Path("/dev/null"), world.folder / "file" / "below"):
        ran = world.plain("--store", store, command, *words)
        assert (ran.code, ran.out) == (3, "")
        found = f"{store.parent} is not a folder" if store.name == "below" else "is not a folder"
        assert ran.error == f"tracker: {store}: {found}; expected the store's folder, or the name of a new one (--store)"
    assert (world.folder / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(("command", "words"), EVERY[:-1], ids=[name for name, _ in EVERY[:-1]])
def test_every_command_refuses_mistyped_schedules(world: World, command: str, words: list[str]):
    world.imported()
    ran = world.plain("--store", world.store, "--schedules", world.folder / "scheduls", command, *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.error.startswith(f"tracker: {world.folder / 'scheduls'}: no such folder; expected a folder of declarations")


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (("init", ""), "an empty text follows 'init'"),
        (("--store", "", "boards"), "an empty text follows '--store'"),
        (("--store=", "boards"), "nothing follows '--store='"),
        (("--schedules", " ", "boards"), "an empty text follows '--schedules'"),
        (("history", ""), "an empty text follows 'history'"),
        (("resolve", "--json", ""), "an empty text follows '--json'"),
        (("board", "pause", "acme/text", "--reason", ""), "an empty text follows '--reason'"),
        (("",), "an empty text follows 'tracker'"),
    ],
)
def test_an_empty_argument_is_refused(world: World, args: tuple[str, ...], found: str):
    ran = world.plain(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.error.startswith(f"tracker: {found}; expected a value")


@pytest.mark.slow
def test_empty_variables_count_as_unset(world: World, monkeypatch: pytest.MonkeyPatch):
    world.imported()
    monkeypatch.chdir(world.folder)
    for name in ("TRACKER_STORE", "TRACKER_SCHEDULES"):
        monkeypatch.setenv(name, "")
    assert "acme/text" in world.plain("boards").out


def test_a_damaged_body_exits_with_3(world: World):
    world.imported()
    body = next((world.store / "captures/acme/text/bodies").iterdir())
    body.write_bytes(b"spoilt")
    events = len(world.run("events", "--json").rows)
    ran = world.run("verify", "--all")
    assert ran.code == 3
    assert "is damaged" in ran.error
    assert ran.out == f"0 of {events} events hold, {events} cannot be checked\n"


def test_a_named_store_that_does_not_exist_is_a_wrong_argument(world: World):
    ran = world.plain("--store", world.folder / "typo", "events")
    assert (ran.code, "no tracker.db here; expected a store" in ran.error) == (2, True)


def test_another_body_for_the_same_time_exits_with_3(world: World):
    world.imported()
    ran = world.run("import", "acme/text", world.bodies({"2026-03-01T060000Z": "a:1"}, "more"))
    assert ran.code == 3
    assert "a board has one state at a time" in ran.error


def test_captures_are_replayed_with_their_last_declaration_and_never_without_one(world: World):
    world.imported()
    (world.folder / "schedules/acme/text.toml").unlink()
    assert world.run("replay").code == 0
    (world.store / "tracker.db").unlink()
    assert world.run("replay").code == 0, "the backup has the declaration"
    (world.store / "tracker.db").unlink()
    (world.store / "service.bak").unlink()
    ran = world.run("replay")
    assert (ran.code, 'board "acme/text" is unknown' in ran.error) == (2, True)


def test_a_command_without_arguments_shows_its_help(world: World):
    for args, command in (((), "standings"), (("quarantine",), "accept"), (("board",), "show")):
        ran = world.plain(*args)
        assert (ran.code, ran.out) == (2, "")
        assert command in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("words", [["events", "--json"], ["standings", "acme/text"], ["events", "--help"]], ids=" ".join)
def test_a_command_whose_reader_is_gone_exits_like_sigpipe(world: World, words: list[str]):
    world.imported()
    command = [sys.executable, "-c", "from tracker.cli import main; main()", "--store", str(world.store), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as child:
        child.stdout.close()
        err = child.stderr.read()
    assert (child.returncode, err) == (141, b"")


# ── hostile texts ────────────────────────────────────────────────────────────────────────────────


def hostile(world: World) -> None:
    """A board whose publisher writes control characters; entries arrive, leave, and move a little or a lot."""
    head = "key,name,score,price,licence\n"
    states = {}
    for day in range(1, 5):
        scores = {"a": 90, "b": 80 + 5 * day, f"c{EVIL}": 70, "d": 60 + day / 10, "e": 50}
        rows = [f"{key},{EVIL} {key},{score},{day},{EVIL}{day}" for key, score in scores.items()]
        states[f"2026-03-0{day}T060000Z"] = head + "\n".join(rows[day % 2 :])
    collapse = {"2026-03-05T060000Z": f"{head}a,{EVIL} a,90,1,{EVIL}\nd,{EVIL} d,60,1,{EVIL}\n"}
    world.declare("acme/text")
    world.run("import", "acme/text", world.bodies(states | collapse, raw=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "args",
    [
        ("standings", "acme/text"),
        ("standings", "acme/text", "--json"),
        ("history", "Red"),
        ("history", "Red", "--json"),
        ("events",),
        ("events", "--recorded"),
        ("events", "--json"),
        ("report", "--since", "2026-01-01"),
        ("report", "--since", "2026-01-01", "--format", "jsonl"),
        ("report", "--since", "2026-01-01", "--format", "markdown"),
        ("report", "--since", "2026-01-01", "--format", "html"),
        ("report", "--since", "2026-01-01", "--format", "atom"),
        ("verify", "--all"),
        ("verify", "--all", "--json"),
        ("quarantine", "list"),
        ("quarantine", "list", "--json"),
        ("quarantine", "show", "acme/text"),
        ("models",),
        ("models", "--json"),
        ("compare", "Red a", "Red b"),
        ("compare", "Red a", "Red b", "--json"),
        ("why-not", "Red"),
        ("why-not", "Red", "--json"),
        ("resolve", f"{EVIL} a"),
        ("resolve", f"{EVIL} a", "--json"),
        ("check", f"{EVIL} a beats {EVIL} b"),
        ("check", f"{EVIL} a beats {EVIL} b", "--json"),
        ("board", "show", "acme/text"),
        ("boards",),
        ("boards", "--json"),
        ("replay",),
        ("standings", EVIL),
        ("history", EVIL),
        ("quarantine", "accept", "acme/text", "--by", EVIL, "--reason", EVIL),
    ],
    ids=lambda args: " ".join(args).encode("ascii", "replace").decode()[:40],
)
def test_published_text_reaches_a_terminal_only_escaped(world: World, args: tuple[str, ...]):
    hostile(world)
    ran = world.run(*args)
    assert ran.out + ran.err
    assert "red" in (ran.out + ran.err).casefold() or args[0] in ("boards", "replay", "verify", "quarantine")
    assert [sign for sign in ran.out + ran.err if sign != "\n" and safe(sign) != sign] == []


@pytest.mark.parametrize(
    "args", [("events",), ("events", "--json"), ("verify", "--all"), ("verify", "--all", "--json"), ("report",)]
)
def test_text_written_into_the_store_reaches_a_terminal_only_escaped(world: World, args: tuple[str, ...]):
    world.imported()
    with closing(sqlite3.connect(world.store / "tracker.db")) as connection:
        connection.execute("UPDATE _events SET headline = ?", (EVIL,))
        connection.commit()
    ran = world.run(*args)
    assert "Red" in ran.out
    assert [sign for sign in ran.out + ran.err if sign != "\n" and safe(sign) != sign] == []


def test_the_page_of_a_test_folder_reaches_a_terminal_only_escaped(world: World):
    folder = world.folder / "cases/acme/text"
    folder.mkdir(parents=True)
    world.declare("acme/text")
    (folder / "page.csv").write_text(f"key,name,score\na,{EVIL},1\n", encoding="utf-8")
    expected = {"entries": [{"entry": "a", "name": EVIL, "attributes": {EVIL: EVIL}, "measures": {}}]}
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
    ran = world.run("board", "test", "--cases", world.folder / "cases")
    assert ran.code == 1
    assert [sign for sign in ran.out if sign != "\n" and safe(sign) != sign] == []


@given(st.text())
def test_escaped_json_has_the_same_values_without_control_characters(text: str):
    shown = escaped(json.dumps({"name": text}, ensure_ascii=False))
    assert json.loads(shown) == {"name": text}
    assert safe(shown) == shown


def test_a_replay_without_captures_leaves_the_history_alone(world: World):
    world.imported()
    shutil.rmtree(world.store / "captures")
    ran = world.run("replay")
    assert (ran.code, "acme/text: no captures in" in ran.error) == (2, True)
    assert world.run("events", "--json").out


def test_an_unknown_kind_names_the_known_ones(world: World):
    world.imported()
    ran = world.run("events", "--kind", "overtakes")
    assert (ran.code, 'kind "overtakes" is unknown; did you mean "overtake"? known: attribute_change, ' in ran.error) == (2, True)


def test_unused_grades_and_changed_properties_are_known(world: World):
    world.declare("acme/text", DECLARATION.replace('licence = "licence"', 'mascot = "licence"'))
    assert world.run("import", "acme/text", world.bodies(BODIES)).code == 0
    assert world.run("events", "--grade", "re-based").code == 0
    assert {row["kind"] for row in world.run("events", "--grade", "mascot", "--json").rows} == {"attribute_change"}


def test_a_declared_board_without_a_reading_is_not_unknown(world: World):
    world.imported()
    world.declare("acme/vision")
    ran = world.run("report", "--board", "acme/vision")
    assert (ran.code, ran.error) == (
        2,
        'tracker: board "acme/vision": nothing of it is in the store; expected one of: acme/text (tracker run acme/vision)',
    )


def test_a_report_into_a_file_is_confirmed(world: World):
    world.imported()
    ran = world.run("report", "-o", world.folder / "report.txt")
    assert (ran.code, ran.out, ran.error) == (0, "", f"tracker: wrote {world.folder / 'report.txt'}")


def test_a_model_is_not_compared_with_itself(world: World):
    world.imported()
    ran = world.run("compare", "Model A", "Model A")
    assert (ran.code, ran.error) == (
        2,
        'tracker: "Model A" and "Model A" are the same entry on every board; expected two models',
    )


def test_two_demos_in_one_folder_do_not_mix(world: World):
    folder = world.folder / "demo"
    folder.mkdir()
    with locks.held(folder / ".made-by-tracker-demo"):
        ran = world.plain("demo", "--store", folder)
    assert ran.code == 3
    assert re.fullmatch(r"tracker: .*/\.made-by-tracker-demo: held by process \d+ on .*; end it, or try later", ran.error)
    assert [path.name for path in folder.iterdir()] == [".made-by-tracker-demo"]


def test_a_line_about_a_failed_board_has_its_id_once(world: World):
    broken = {"2026-03-06T060000Z": "key,name\na,Alpha\n"}
    world.imported()
    world.run("import", "acme/text", world.bodies(broken, "broken", raw=True))
    (line,) = [line for line in world.run("status").out.splitlines() if line.startswith("acme/text: broken: ")]
    assert line.startswith("acme/text: broken: 1 contract violation: missing_column: ")
    assert "   1 contract violation: missing_column: " in world.run("boards").out


@pytest.mark.parametrize("name", ["notes.txt", "2999-01-01T000000Z.csv"])
def test_an_import_of_wrong_files_creates_no_store(world: World, name: str):
    world.declare("acme/text")
    (world.folder / name).touch()
    ran = world.run("import", "acme/text", world.folder / name)
    assert (ran.code, name in ran.error, world.store.exists()) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--contact", "bogus"), "'--contact': \"bogus\" is not an address; expected one such as"),
        (("--time-zone", "Mars"), "'--time-zone': \"Mars\" is unknown; "),
        (("--boards", "nope/*"), 'boards = "nope/*" matches no shipped board; '),
    ],
)
def test_init_names_the_wrong_option_and_writes_nothing(world: World, words: tuple[str, ...], found: str):
    ran = world.plain("init", world.folder / "new", *words)
    assert (ran.code, found in ran.error, (world.folder / "new").exists()) == (2, True, False)


def test_the_environments_contact_is_checked_like_the_files(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRACKER_CONTACT", "bogus")
    ran = world.run("boards")
    assert (ran.code, ran.error.startswith('tracker: TRACKER_CONTACT = "bogus" is not an address; expected one such as')) == (
        2,
        True,
    )


def test_a_damaged_line_of_the_index_is_shown_as_text(world: World):
    world.imported()
    (index,) = (world.store / "captures/acme/text").glob("index*")
    index.write_bytes(index.read_bytes() + b'{"x\n')
    ran = world.run("replay")
    assert ran.code == 3
    assert 'found: {"x; restore the file from a copy of the archive' in ran.error


def test_a_damaged_row_is_not_reported_as_python(world: World):
    world.imported()
    with closing(sqlite3.connect(world.store / "tracker.db")) as connection, connection:
        connection.execute("UPDATE _events SET body = '{'")
    ran = world.run("events", "--json")
    assert ran.code == 3
    assert re.search(r": a row cannot be read \([\w ]+\); expected what the tracker wrote", ran.error)


@pytest.mark.parametrize("command", ["run", pytest.param("daemon", marks=pytest.mark.slow)])
def test_too_little_memory_is_reported_in_one_line(tmp_path: Path, command: str):
    limited = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (45_000_000,) * 2)
from tracker.cli import main
main(["--store", {str(tmp_path)!r}, "{command}"])
"""
    ended = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert ended.returncode == 1
    assert re.fullmatch(r"tracker: not enough memory; expected about 200 MB of address space .*\n", ended.stderr)

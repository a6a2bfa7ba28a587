"""Each command without errors: its output for people, and its keys for programs."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_world import BODIES, COLLAPSE, DECLARATION, World, csv, keys

EVENT_KEYS = (
    "id",
    "kind",
    "grade",
    "weight",
    "is_news",
    "board",
    "metric",
    "subjects",
    "rivals",
    "after",
    "until",
    "recorded_at",
    "headline",
    "facts",
    "evidence",
    "rule",
)


def counted(world: World) -> tuple[int, int]:
    """The numbers of events that are news and that are only recorded."""
    rows = world.run("events", "--json").rows
    news = sum(bool(row["is_news"]) for row in rows)
    return news, len(rows) - news


def tamper(world: World, *statements: str) -> None:
    with closing(sqlite3.connect(world.store / "tracker.db")) as connection:
        for sql in statements:
            connection.execute(sql)
        connection.commit()


# ── import, replay ───────────────────────────────────────────────────────────────────────────────


def test_import_prints_what_was_stored(world: World):
    world.declare("acme/text")
    ran = world.run("import", "acme/text", world.bodies(BODIES))
    assert (ran.code, ran.err) == (0, f"tracker: created the store {world.store}\n")
    news, kept = counted(world)
    assert news >= 5
    assert ran.out == f"acme/text: 4 accepted, 1 unchanged; {news} events are news, {kept} only recorded\n"


def test_import_prints_the_events_for_programs(world: World):
    world.declare("acme/text")
    ran = world.run("import", "acme/text", world.bodies(BODIES), "--json")
    assert keys(ran.rows) == {EVENT_KEYS}
    assert (ran.code, ran.err) == (0, f"tracker: created the store {world.store}\n")
    assert ran.out == world.run("events", "--json").out


def test_importing_again_finds_nothing_new(world: World):
    world.imported()
    assert world.imported().out == "acme/text: nothing new; 0 events are news, 0 only recorded\n"


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_an_import_whose_newest_state_is_not_accepted_exits_with_1_and_prints_why(world: World, as_json: tuple[str, ...]):
    world.imported()
    ran = world.run("import", "acme/text", world.bodies(COLLAPSE), *as_json)
    assert ran.code == 1
    assert "2 entries, expected at least 4" in (ran.error if as_json else ran.out)


def test_replay_writes_the_same_history(world: World):
    first = world.imported()
    before = world.run("events", "--json", "--board", "acme/text").out
    ran = world.run("replay")
    assert (ran.code, ran.out) == (0, first.out)
    assert world.run("events", "--json").out == before


def test_replay_after_a_changed_declaration_names_the_withdrawn_events(world: World):
    world.imported(BODIES | COLLAPSE)
    text = (world.folder / "schedules/acme/text.toml").read_text(encoding="utf-8")
    world.declare("acme/text", text.replace("max_drop = 0.4", "max_drop = 1.0"))
    ran = world.run("replay", "acme/text")
    assert ran.out.splitlines()[-1] == "acme/text: 1 events of earlier replays no longer follow (kept as withdrawn)"


def test_replay_repairs_damaged_rows_of_a_store(world: World):
    world.imported()
    before = world.run("standings", "acme/text", "--json").out
    tamper(world, "UPDATE _boards SET past = 'x'", "UPDATE _events SET body = '{'", "DELETE FROM texts", "DELETE FROM _entries")
    assert world.run("events", "--json").code == 3
    assert world.run("replay").code == 0
    assert world.run("standings", "acme/text", "--json").out == before
    assert world.run("verify", "--all").code == 0


# ── reading history ──────────────────────────────────────────────────────────────────────────────


def test_boards_lists_health(world: World):
    world.imported()
    world.declare("acme/unread")
    ran = world.run("boards", "--json")
    assert keys(ran.rows) == {
        (
            "board",
            "title",
            "page",
            "attribution",
            "state",
            "reason",
            "enabled",
            "entries",
            "last_checked",
            "last_accepted",
            "last_changed",
            "left_out",
            "due_at",
            "origin",
            "cadence",
            "time_zone",
            "terms",
            "format",
            "primary",
            "higher_is_better",
            "topic",
        )
    }
    text, unread = ran.rows
    assert (text["board"], text["entries"], text["last_checked"]) == ("acme/text", 6, "2026-03-05T06:00:00Z")
    assert (text["last_accepted"], text["last_changed"], text["due_at"]) == (
        "2026-03-05T06:00:00Z",
        "2026-03-05T06:00:00Z",
        "2026-03-06T00:00:00Z",
    )
    assert (unread["board"], unread["state"], unread["reason"], unread["entries"]) == ("acme/unread", "never read", "", None)
    people = world.run("boards").out
    assert "acme/text" in people
    assert "not read since 2026-03-05 06:00 UTC" in people


def test_boards_lists_boards_that_only_the_store_knows(world: World):
    world.imported()
    (world.folder / "schedules/acme/text.toml").unlink()
    assert [row["board"] for row in world.run("boards", "--json").rows] == ["acme/text"]


def test_boards_reports_a_wrong_declaration_and_lists_the_others(world: World):
    world.imported()
    world.declare("acme/wrong", "title = 3")
    ran = world.run("boards", "--json")
    assert "wrong.toml" in ran.error
    assert [row["board"] for row in ran.rows] == ["acme/text"]


def test_board_show_prints_the_declaration(world: World):
    world.imported()
    (row,) = world.run("board", "show", "acme/text", "--json").rows
    assert tuple(row) == (
        "board",
        "title",
        "page",
        "url",
        "format",
        "cadence",
        "time_zone",
        "attribution",
        "terms",
        "enabled",
        "member",
        "newest",
        "each",
        "group",
        "payloads",
        "metrics",
        "origin",
        "last",
    )
    assert keys(row["metrics"]) == {("id", "title", "unit", "higher_is_better", "nature", "topic", "primary")}
    people = world.run("board", "show", "acme/text").out
    assert "Acme Arena\n  page: https://acme.example/\n  origin: local\n" in people
    assert "last accepted 2026-03-05 06:00 UTC: 6 entries (tracker standings acme/text)" in people


def test_standings_are_ordered_by_the_primary_metric(world: World):
    world.imported()
    ran = world.run("standings", "acme/text", "--json")
    assert keys(ran.rows) == {
        (
            "rank",
            "entry",
            "name",
            "value",
            "low",
            "high",
            "estimated",
            "tied",
            "board",
            "metric",
            "unit",
            "observed_at",
            "segment",
        )
    }
    assert [(row["rank"], row["entry"], row["value"]) for row in ran.rows][:3] == [(1, "g", 97.0), (2, "b", 95.0), (3, "a", 91.0)]
    people = world.run("standings", "acme/text", "--top", "2").out
    assert [word for word in ("Model G", "Model B", "Model A", "Data: Acme, CC-BY-4.0") if word in people] == [
        "Model G",
        "Model B",
        "Data: Acme, CC-BY-4.0",
    ]


def test_published_ranks_are_shown_beside_ours_if_the_board_declares_them(world: World):
    world.declare("acme/text", DECLARATION.replace('name = "name"', 'name = "name"\nrank = "place"', 1))
    pages = {"2026-03-01T060000Z": "key,name,score,price,licence,place\na,A,90,1,,2\nb,B,80,1,,\nc,C,70,1,,1\n"}
    world.run("import", "acme/text", world.bodies(pages, raw=True))
    rows = world.run("standings", "acme/text", "--json").rows
    assert [(row["entry"], row["rank"], row["published_rank"]) for row in rows] == [("a", 1, 2), ("b", 2, None), ("c", 3, 1)]
    (header,) = (line for line in world.run("standings", "acme/text").out.splitlines() if "name" in line)
    assert header.split() == ["rank", "published", "name", "score", "low", "high"]
    (shown,) = world.run("board", "show", "acme/text", "--json").rows
    assert [row["published_rank"] for row in shown["last"]["head"]] == [2, None, 1]


def test_a_replay_adds_past_published_ranks(world: World):
    world.declare("acme/text", DECLARATION.replace('name = "name"', 'name = "name"\nrank = "place"', 1))
    pages = {"2026-03-01T060000Z": "key,name,score,price,licence,place\na,A,90,1,,2\nb,B,80,1,,1\n"}
    world.run("import", "acme/text", world.bodies(pages, raw=True))
    with closing(sqlite3.connect(world.store / "tracker.db")) as old, old:
        old.execute("DELETE FROM texts WHERE series IN (SELECT series FROM series WHERE name = '$rank')")
    assert [row["published_rank"] for row in world.run("standings", "acme/text", "--json").rows] == [None, None]
    assert world.run("replay", "acme/text").code == 0
    assert [row["published_rank"] for row in world.run("standings", "acme/text", "--json").rows] == [2, 1]


def test_standings_of_a_metric_as_of_a_time(world: World):
    world.imported()
    ran = world.run("standings", "acme/text", "--metric", "price", "--at", "2026-03-02", "--json")
    assert [(row["rank"], row["entry"], row["value"]) for row in ran.rows] == [
        (1, "c", 1.0),
        (1, "d", 1.0),
        (1, "e", 1.0),
        (1, "f", 1.0),
        (5, "a", 2.0),
        (6, "b", 3.0),
    ]


def test_history_of_a_model_has_values_ranks_and_events(world: World):
    world.imported()
    rows = world.run("history", "model b", "--json").rows
    head = ("board", "entry", "name")
    assert keys(rows) == {
        (*head, "metric", "valid_from", "valid_to", "value", "low", "high", "estimated", "raw", "unit", "segment"),
        (*head, "rank", "valid_from", "valid_to"),
        (*head, "event"),
    }
    values = [(row["value"], row["valid_from"], row["valid_to"]) for row in rows if row.get("metric") == "score"]
    assert values == [(80.0, "2026-03-01T06:00:00Z", "2026-03-02T06:00:00Z"), (95.0, "2026-03-02T06:00:00Z", None)]
    assert [row["rank"] for row in rows if "rank" in row] == [2, 1, 2]
    assert {tuple(row["event"]) for row in rows if "event" in row} == {EVENT_KEYS}
    assert "Model B on acme/text (key b): first seen 2026-03-01 06:00 UTC, still listed" in world.run("history", "b").out


def test_history_accepts_any_spelling_of_a_name_and_shows_only_the_wanted_metric(world: World):
    world.imported()
    rows = world.run("history", "model-A", "--metric", "price", "--json").rows
    assert {row["entry"] for row in rows} == {"a"}
    assert {row["metric"] for row in rows if "metric" in row} == {"price"}


def test_people_see_only_news_and_programs_get_all_events(world: World):
    world.imported()
    ran = world.run("events", "--json")
    assert keys(ran.rows) == {EVENT_KEYS}
    news, kept = counted(world)
    assert news > kept > 0
    assert len(world.run("events").out.splitlines()) == len(world.run("events", "--news").out.splitlines()) == news
    assert len(world.run("events", "--recorded").out.splitlines()) == kept
    leads = world.run("events", "--kind", "new_leader", "--since", "2026-03-03", "--until", "2026-03-04").out
    assert leads.endswith(
        "new_leader/debut  Model G leads Acme Arena (Score) with 97, ahead of Model B (95), which led before, within the error"
        " of the values.\n"
    )


@pytest.mark.parametrize("form", ["text", "markdown", "html", "jsonl", "atom", "jsonfeed"])
def test_the_same_store_and_window_give_the_same_report(world: World, form: str):
    world.imported()
    args = ("report", "--since", "2026-03-01", "--format", form)
    printed, written = world.run(*args), world.run(*args, "--output", world.folder / "report")
    assert (printed.code, written.code, written.out) == (0, 0, "")
    assert printed.out == world.run(*args).out == (world.folder / "report").read_text(encoding="utf-8")
    assert "Model G leads" in printed.out


def test_a_report_ends_with_the_newest_reading_and_may_cover_one_board(world: World):
    world.imported()
    world.declare("other/board")
    world.run("import", "other/board", world.bodies({"2026-03-01T060000Z": "x:1 y:2"}, "others"))
    rows = world.run("report", "--format", "jsonl", "--since", "2026-01-01").rows
    assert {row["recorded_at"] for row in rows} <= {f"2026-03-0{day}T06:00:00Z" for day in range(1, 6)}
    assert "Acme Arena" in world.run("report", "--board", "acme/text").out
    assert world.run("report", "--board", "other/board", "--format", "jsonl").out == ""


# ── proof and decisions ──────────────────────────────────────────────────────────────────────────


def test_verify_confirms_events(world: World):
    world.imported()
    ran = world.run("verify", "--all", "--json")
    assert keys(ran.rows) == {("id", "holds", "differences", "reworded", "pruned")}
    assert (ran.code, len(ran.rows), {row["holds"] for row in ran.rows}) == (0, sum(counted(world)), {True})
    event = str(ran.rows[0]["id"])
    people = world.run("verify", event[:8])
    assert people.out.splitlines()[0].startswith(f"{event[:12]}  holds  ")
    assert people.out.splitlines()[-1] == "1 of 1 events hold"
    assert len(world.run("verify", "--board", "acme/text").out.splitlines()) == 1 + sum(counted(world))


def test_a_consensus_of_two_boards_is_listed_on_request_and_verified_by_the_events_behind_it(world: World):
    passed = [f"key,name,score,price,licence\na,Claude Opus 4.6,{score},,\nb,GPT-5.2,90,,\n" for score in (80, 95)]
    for board, days in (("acme/text", (1, 2)), ("other/text", (4, 5))):
        states = {f"2026-03-0{day}T060000Z": text for day, text in zip(days, passed, strict=True)}
        maker = board.partition("/")[0]
        world.declare(board, DECLARATION.replace("acme.example", f"{maker}.example"))
        assert world.run("import", board, world.bodies(states, maker, raw=True)).code == 0
    assert not [row for row in world.run("events", "--json").rows if row["kind"] == "consensus"]
    (row,) = world.run("events", "--kind", "consensus", "--json").rows
    assert (row["grade"], row["board"], len(row["facts"]["events"])) == ("agreed", "other/text", 2)
    assert world.run("events", "--kind", "consensus", "--grade", "contradicted", "--json").rows == []
    assert world.run("events", "--kind", "consensus", "--board", "acme/text", "--json").rows == []
    ran = world.run("verify", str(row["id"])[:10], "--json")
    assert {result["id"] for result in ran.rows} == set(row["facts"]["events"])
    assert (ran.code, {result["holds"] for result in ran.rows}) == (0, {True})
    assert str(row["headline"]).partition(":")[0] in " ".join(world.run("report", "--since", "2026-03-01").out.split())


def test_verify_exits_with_1_for_a_forged_event(world: World):
    world.imported()
    tamper(world, "UPDATE _events SET grade = 'decisive' WHERE kind = 'new_leader'")
    ran = world.run("verify", "--all")
    assert ran.code == 1
    number = sum(counted(world))
    assert ran.out.splitlines()[-1] == f"{number - 2} of {number} events hold"
    assert "grade: recorded 'decisive', derived '" in ran.out


def test_audit_names_what_was_changed_in_the_archive(world: World):
    world.imported()
    ran = world.run("audit")
    assert (ran.code, ran.out) == (0, "the archive is as it was written: 1 board\n")
    assert world.run("audit", "--json").rows == []
    (index,) = world.store.glob("captures/*/*/index.jsonl")
    index.write_bytes(index.read_bytes().replace(b"2026-03-02", b"2026-03-09", 1))
    ran = world.run("audit")
    assert ran.code == 1
    assert re.search(r"^acme/text: .*index.jsonl: line \d does not follow from those before it", ran.out, re.MULTILINE)
    assert "acme/text: the index is no longer what was read of it; restore it with: tracker replay acme/text" in ran.out
    assert ran.out.splitlines()[-1] == f"{len(ran.out.splitlines()) - 1} problems in the archive: 1 board"
    assert {*world.run("audit", "--json").rows[0]} == {"problem"}


def test_audit_finds_lines_dropped_since_the_last_root(world: World):
    world.imported()
    (index,) = world.store.glob("captures/*/*/index.jsonl")
    (world.store / "captures/roots.jsonl").unlink()
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:-1]))
    ran = world.run("audit")
    assert ran.code == 1
    assert "acme/text: the index is no longer what was read of it" in ran.out


def test_verify_shows_an_event_with_other_wording_and_exits_with_0(world: World):
    world.imported()
    tamper(world, "UPDATE _events SET headline = 'Model A leads' WHERE kind = 'new_leader'")
    ran = world.run("verify", "--all")
    assert ran.code == 0
    assert "  holds, reworded  Model A leads\n    headline: recorded 'Model A leads', derived 'Model B leads" in ran.out


def test_a_quarantined_reading_is_listed_shown_and_accepted(world: World):
    world.imported(BODIES | COLLAPSE)
    (held,) = world.run("quarantine", "list", "--json").rows
    assert tuple(held) == ("board", "observed_at", "entries", "message")
    assert (held["board"], held["observed_at"], held["entries"]) == ("acme/text", "2026-03-06T06:00:00Z", 2)
    assert "expected at least 4" in world.run("quarantine", "list", "--board", "acme/text").out
    shown = world.run("quarantine", "show", "acme/text").out
    assert "2 entries; sha256 " in shown
    assert "Model B" in shown
    accepted = world.run("quarantine", "accept", "acme/text", "2026-03-06T06:00:00Z", "--by", "ann", "--reason", "they said so")
    news, kept = counted(world)
    assert (accepted.code, accepted.out.splitlines()[0]) == (
        0,
        f"acme/text: 5 accepted, 1 unchanged; {news} events are news, {kept} only recorded",
    )
    assert world.run("quarantine", "list", "--json").out == ""
    assert "board_broken" not in world.run("events", "--json").out
    index = (world.store / "captures/acme/text/index.jsonl").read_text(encoding="utf-8").splitlines()
    decision = json.loads(index[-1])
    assert (decision["verdict"], decision["by"], decision["reason"]) == ("accept", "ann", "they said so")
    rejected = world.run("quarantine", "reject", "acme/text", "2026-03-06T06:00:00Z")
    assert "2026-03-06 06:00 UTC  rejected: rejected by " in rejected.out


def test_a_capture_is_listed_struck_and_restored(world: World):
    world.imported()
    newest, *_ = world.run("capture", "list", "acme/text", "--json").rows
    at = newest["observed_at"]
    assert newest == {"observed_at": at, "verdict": "new", "state": newest["state"], "by": "", "reason": ""}
    before = world.run("standings", "acme/text", "--json").out
    struck = world.run("capture", "strike", "acme/text", at, "--reason", "the clock was wrong", "--by", "ann")
    assert struck.code == 0
    noted, line, *_ = world.run("capture", "list", "acme/text", "--json", "--last", "2").rows
    assert (noted["verdict"], noted["by"], noted["reason"]) == ("strike", "ann", "the clock was wrong")
    assert (line["observed_at"], line["state"]) == (at, "struck")
    assert at not in {row["last_accepted"] for row in world.run("boards", "--json").rows}
    assert world.run("capture", "restore", "acme/text", at).code == 0
    assert world.run("standings", "acme/text", "--json").out == before
    assert world.run("capture", "restore", "acme/text", at).code == 2
    assert world.run("capture", "strike", "acme/text").code == 2


def test_by_default_the_newest_reading_in_quarantine_is_meant(world: World):
    world.imported(BODIES | COLLAPSE | {"2026-03-06T090000Z": "a:91:1.5 b:95:4"})
    world.run("quarantine", "reject", "acme/text", "--by", "ann")
    assert [row["observed_at"] for row in world.run("quarantine", "list", "--json").rows] == ["2026-03-06T06:00:00Z"]


# ── board test ───────────────────────────────────────────────────────────────────────────────────


def cases(world: World) -> Path:
    folder = world.folder / "cases" / "acme" / "text"
    (folder / "hostile").mkdir(parents=True)
    (folder / "page.csv").write_text(csv("a:90:2:MIT b:80"), encoding="utf-8")
    (folder / "hostile" / "empty.ParseError.csv").write_text("", encoding="utf-8")
    world.declare("acme/text")
    return folder


def test_board_test_saves_the_reading_and_then_compares_with_it(world: World):
    folder = cases(world)
    args = ("board", "test", "--cases", world.folder / "cases")
    missing = world.run(*args)
    assert (missing.code, missing.out.splitlines()[0]) == (1, "acme/text: FAILED, 2 pages")
    assert "expected.json is missing" in missing.out
    assert world.run(*args, "--save").code == 0
    saved = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert saved["entries"][0] == {
        "entry": "a",
        "name": "Model A",
        "attributes": {"licence": "MIT"},
        "measures": {"price": 2.0, "score": 90.0},
    }
    ran = world.run(*args, "acme/text", "--json")
    assert ran.rows == [{"board": "acme/text", "ok": True, "cases": 2, "problems": []}]


def test_board_test_reports_differences_and_pages_that_were_not_refused(world: World):
    folder = cases(world)
    args = ("board", "test", "acme/text", "--cases", world.folder / "cases")
    world.run(*args, "--save")
    (folder / "page.csv").write_text(csv("a:91:2:MIT b:80"), encoding="utf-8")
    (folder / "hostile" / "fine.ContractBroken.csv").write_text(csv("a:1"), encoding="utf-8")
    (folder / "hostile" / "empty.Refused.csv").write_text("", encoding="utf-8")
    ran = world.run(*args)
    assert ran.code == 1
    assert "    entries[0].measures.score: found 91.0, expected 90.0" in ran.out
    assert "    fine.ContractBroken.csv: gave 1 entries, expected ContractBroken" in ran.out
    assert "    empty.Refused.csv: refused with ParseError, expected Refused" in ran.out


def test_history_of_a_metric_without_values_names_the_metrics_with_values(world: World):
    world.imported()
    ran = world.run("history", "c", "--metric", "prise")
    assert (ran.code, ran.error) == (2, 'tracker: metric "prise" is unknown; did you mean "price"? known: price, score')
    world.imported({"2026-03-01T060000Z": "x:90 y:80:1"}, board="acme/other")
    ran = world.run("history", "x", "--metric", "price")
    assert (ran.code, ran.error) == (2, 'tracker: metric "price": that model has no values of it; expected one of: score')

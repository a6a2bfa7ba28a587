"""Exports hold every value of the store, credit its publisher, and leave out what may not be passed on."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
import yaml
from cli_world import BODIES, DECLARATION, World
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tracker import exports
from tracker.errors import DeclarationError
from tracker.exports import warc_file
from tracker.shipped import SCHEDULES
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.names import default_lexicon

BARRED = DECLARATION.replace("terms = ", 'redistribution = "barred"\nterms = ')
BARS = 'redistribution = "barred"'
LISTED = 'nature = "listed"\nunit = "USD per 1M tokens"\ntopic = "price"\nhigher_is_better = false'
COUNTED = 'nature = "count"\ntopic = "popularity"'
FILES = ("csv", "jsonl", "bundle", "warc")
FOLDERS = ("parquet", "hf", "eee", "git")


def stored(world: World) -> tuple[int, float]:
    """The number and sum of all values in the store."""
    with sqlite3.connect(world.store / "tracker.db") as connection:
        number, total = connection.execute("SELECT count(*), total(value) FROM _measures").fetchone()
    return number, total


def export(world: World, form: str, *more: str | Path) -> Path:
    path = world.folder / "out" / form
    ran = world.run("export", form, "-o", path, *more)
    assert (ran.code, ran.err) == (0, "")
    return path


def content(path: Path) -> dict[str, bytes]:
    """The bytes of every file, without those that git keeps for itself."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    files = (file for file in path.rglob("*") if file.is_file() and ".git" not in file.relative_to(path).parts[:1])
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_csv_has_every_value_with_its_credit(world: World):
    world.imported()
    path = export(world, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), sum(float(row["value"]) for row in rows)) == stored(world)
    assert {row["attribution"] for row in rows} == {"Acme, CC-BY-4.0"}
    first = next(row for row in rows if (row["entry"], row["metric"]) == ("a", "price"))
    assert (first["valid_from"], first["valid_to"], first["value"]) == ("2026-03-01T06:00:00Z", "2026-03-03T06:00:00Z", "2.0")
    assert (first["unit"], first["higher_is_better"], first["estimated"]) == ("USD per 1M tokens", "false", "false")


def test_metadata_beside_a_table_states_terms_time_and_names(world: World):
    world.imported()
    metadata = json.loads(Path(f"{export(world, 'csv')}-metadata.json").read_text(encoding="utf-8"))
    (board,) = metadata["tracker:boards"]
    assert (board["terms"], board["attribution"], board["redistribution"]) == ("CC-BY-4.0", "Acme, CC-BY-4.0", "allowed")
    assert metadata["tracker:as_of"] == board["as_of"] == "2026-03-05T06:00:00Z"
    assert metadata["tracker:names_version"] == default_lexicon().version != ""
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == [field.name for field in exports.contents.FIELDS]


def test_a_name_that_is_a_formula_is_text_in_a_spreadsheet(world: World):
    world.declare("acme/text")
    page = 'key,name,score,price,licence\na,"=HYPERLINK(""http://x"")",-5,1,\nb,@sum,3,1,\nc,C,2,1,\n'
    world.run("import", "acme/text", world.bodies({"2026-03-01T060000Z": page}, raw=True))
    with export(world, "csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} == {'\'=HYPERLINK("http://x")', "'@sum", "C"}
    assert "-5.0" in {row["value"] for row in rows}
    assert "-5" in {row["raw"] for row in rows}


def test_json_lines_have_the_same_rows_with_types(world: World):
    world.imported()
    rows = [json.loads(line) for line in export(world, "jsonl").read_text(encoding="utf-8").splitlines()]
    assert (len(rows), sum(row["value"] for row in rows)) == stored(world)
    assert {type(row["estimated"]) for row in rows} == {bool}
    assert {row["low"] for row in rows} == {None}


def test_parquet_is_partitioned_and_typed(world: World):
    world.imported()
    path = export(world, "parquet")
    table = pq.read_table(path)
    assert (table.num_rows, sum(table["value"].to_pylist())) == stored(world)
    assert (path / "source=acme" / "board=text" / "year=2026" / "part-0.parquet").is_file()
    assert str(table.schema.field("valid_from").type).startswith("timestamp[")
    schema = pq.read_schema(path / "source=acme" / "board=text" / "year=2026" / "part-0.parquet")
    assert json.loads(schema.metadata[b"units"])["acme/text"]["price"] == "USD per 1M tokens"
    assert json.loads(schema.metadata[b"tracker"])["boards"][0]["terms"] == "CC-BY-4.0"


def test_a_bundle_describes_its_tables_and_terms(world: World):
    world.imported()
    with ZipFile(export(world, "bundle")) as bundle:
        package = json.loads(bundle.read("datapackage.json"))
        rows = list(csv.DictReader(bundle.read("values.csv").decode().splitlines()))
        citation = yaml.safe_load(bundle.read("CITATION.cff"))
        texts = bundle.read("README.md").decode(), bundle.read("TERMS.md").decode()
    table, parquet = package["resources"]
    assert len(rows) == stored(world)[0]
    assert [field["name"] for field in table["schema"]["fields"]] == list(rows[0])
    assert (table["bytes"], parquet["path"]) == (len(bundle_member(world, "values.csv")), "values.parquet")
    assert citation["references"][0]["authors"] == [{"name": "Acme, CC-BY-4.0"}]
    assert all("CC-BY-4.0" in text for text in texts)


def bundle_member(world: World, name: str) -> bytes:
    with ZipFile(world.folder / "out" / "bundle") as bundle:
        return bundle.read(name)


def test_a_dataset_card_names_a_configuration_per_board(world: World):
    world.imported()
    path = export(world, "hf")
    card = yaml.safe_load((path / "README.md").read_text(encoding="utf-8").split("---")[1])
    (config,) = card["configs"]
    assert config["config_name"] == "acme--text"
    (file,) = path.glob(config["data_files"][0]["path"])
    assert pq.read_table(file).num_rows == stored(world)[0]
    assert card["license_link"] == "TERMS.md"


def test_records_of_every_eval_ever_hold_the_newest_values(world: World):
    world.imported()
    path = export(world, "eee")
    records = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(path.rglob("data/**/*.json"))]
    assert len(records) == 6
    assert len({record["evaluation_id"] for record in records}) == 6
    best = next(record for record in records if record["model_info"]["additional_details"]["entry"] == "g")
    score = next(one for one in best["evaluation_results"] if one["metric_config"]["additional_details"]["metric"] == "score")
    assert score["score_details"]["score"] == 97
    assert score["metric_config"]["min_score"] <= 97 <= score["metric_config"]["max_score"]
    assert best["retrieved_timestamp"] == "1772690400"


def test_a_repository_has_one_commit_per_state_dated_by_its_observation(world: World):
    world.imported()
    path = export(world, "git")
    log = subprocess.run(["git", "log", "--format=%at %ct %s"], cwd=path, capture_output=True, text=True, check=True).stdout
    lines = log.splitlines()
    assert len(lines) == 4, "the fourth page repeats the third"
    assert lines[0].startswith("1772690400 1772690400 acme/text: 2026-03-05T06:00:00Z")
    state = json.loads((path / "acme" / "text.json").read_text(encoding="utf-8"))
    assert next(entry for entry in state["entries"] if entry["entry"] == "a")["values"]["score"]["value"] == 91
    assert state["terms"] == "CC-BY-4.0"
    assert subprocess.run(["git", "status", "--short"], cwd=path, capture_output=True, check=True).stdout == b""


def test_a_later_repository_continues_an_earlier_one(world: World):
    *earlier, last = BODIES.items()
    world.imported(dict(earlier))
    first = subprocess.run(["git", "rev-parse", "HEAD"], cwd=export(world, "git"), capture_output=True, check=True).stdout
    world.run("import", "acme/text", world.bodies(dict([last]), "more"))
    parent = subprocess.run(["git", "rev-parse", "HEAD^"], cwd=export(world, "git"), capture_output=True, check=True).stdout
    assert parent == first


@pytest.mark.parametrize("form", exports.FORMATS)
def test_the_same_store_gives_the_same_bytes(form: str, world: World):
    world.imported()
    first = content(export(world, form))
    shutil.rmtree(world.folder / "out")
    assert content(export(world, form)) == first
    assert content(export(world, form)) == first, "an earlier export is replaced"


def test_captures_imported_elsewhere_give_the_same_history(world: World):
    world.imported({**BODIES, "2026-03-06T060000Z": "a:1:1"})
    world.run("quarantine", "accept", "acme/text", "2026-03-06T06:00:00Z", "--reason", "true")
    path = export(world, "warc")
    path = path.rename(path.with_suffix(".warc"))
    before = world.run("events", "--json").out, world.run("export", "jsonl", "-o", world.folder / "before").out
    shutil.move(world.store, world.folder / "elsewhere")
    ran = world.run("import", "acme/text", path)
    assert "5 accepted, 1 unchanged" in ran.out
    assert world.run("events", "--json").out == before[0]
    world.run("export", "jsonl", "-o", world.folder / "after")
    assert (world.folder / "after").read_bytes() == (world.folder / "before").read_bytes()
    again = world.run("import", "acme/text", path)
    assert "nothing new" in again.out


def test_a_warc_holds_each_body_once_under_its_address(world: World):
    world.imported()
    path = export(world, "warc")
    with path.open("rb") as file:
        records = [(record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(file)]
    kinds = [kind for kind, _ in records]
    assert (kinds.count("resource"), kinds.count("metadata"), kinds[0]) == (4, 5, "warcinfo")
    assert {address for kind, address in records if kind == "resource"} == {"https://acme.example/text.csv"}


def test_a_file_without_captures_of_the_board_is_refused(world: World):
    world.imported()
    path = export(world, "warc")
    path = path.rename(path.with_suffix(".warc"))
    world.declare("acme/other")
    assert "captures of acme/text; expected captures of acme/other" in world.run("import", "acme/other", path).error
    (world.folder / "no.warc").write_text("not a WARC file", encoding="utf-8")
    assert "cannot be read as WARC" in world.run("import", "acme/text", world.folder / "no.warc").error


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
def test_of_a_file_that_ends_too_early_what_is_whole_is_imported(world: World, ending: str):
    world.imported()
    path = world.folder / f"all{ending}"
    world.run("export", "warc", "-o", path)
    with Workspace(Settings(store=world.store, schedules=world.folder / "schedules")) as workspace:
        (board,) = workspace.boards()
    content = path.read_bytes()
    for end in range(37, len(content) - 12, 37):
        path.write_bytes(content[:end])
        found = []
        with pytest.raises(DeclarationError, match=r"cannot be read as WARC|has no answer of its address"):
            found.extend(warc_file.read(path, board))
        assert len(found) < 5
    path.write_bytes(content[:-300])
    shutil.move(world.store, world.folder / "elsewhere")
    ran = world.run("import", "acme/text", path)
    assert (ran.code, "4 whole captures of acme/text: the file ends " in ran.error, "3 accepted" in ran.out) == (1, True, True)


def test_one_file_that_ends_too_early_does_not_stop_the_others(world: World):
    world.declare("acme/text")
    bodies = world.bodies(BODIES)
    (bodies / "2026-03-06T060000Z.csv.gz").write_bytes(gzip.compress(b"key,name,score,price,licence\n" * 20)[:-12])
    ran = world.run("import", "acme/text", bodies)
    assert (ran.code, "4 accepted, 1 unchanged" in ran.out) == (1, True)
    assert "2026-03-06T060000Z.csv.gz: cannot be read: the file ends before its packed content does" in ran.error
    ran = world.run("backfill", "dir", bodies, "--board", "acme/text")
    assert (ran.code, "6 states in dir: 0 new, 5 known, 1 left out" in ran.out) == (1, False)


def test_boards_that_bar_redistribution_are_left_out_with_a_message(world: World):
    world.imported()
    world.declare("acme/secret", BARRED)
    world.run("import", "acme/secret", world.bodies(BODIES))
    ran = world.run("export", "csv", "-o", world.folder / "all.csv")
    assert ran.error == "tracker: acme/secret: left out: its terms bar redistribution: CC-BY-4.0"
    assert "acme/secret" not in (world.folder / "all.csv").read_text(encoding="utf-8")
    ran = world.run("export", "csv", "--board", "acme/secret", "-o", world.folder / "one.csv")
    assert ran.code == 2
    assert "the terms of every board bar redistribution" in ran.error
    ran = world.run("export", "csv", "--board", "acme/secret", "--barred", "-o", world.folder / "one.csv")
    assert (ran.code, ran.err) == (0, "")


def test_a_board_is_barred_by_its_file_even_if_it_was_read_before_that(world: World):
    world.imported()
    world.declare("acme/text", BARRED)
    assert world.run("export", "csv", "-o", world.folder / "all.csv").code == 2


def test_a_barred_board_stays_barred_under_another_folder_of_schedules(world: World):
    shipped = next(path for path in sorted(SCHEDULES.glob("*/[!_]*.toml")) if BARS in path.read_text(encoding="utf-8"))
    board = f"{shipped.parent.name}/{shipped.stem}"
    world.imported(board=board)
    (world.folder / "empty").mkdir()
    ran = world.plain(
        "--store", world.store, "--schedules", world.folder / "empty", "export", "csv", "-o", world.folder / "x.csv"
    )
    assert (ran.code, "the terms of every board bar redistribution" in ran.err) == (2, True)
    assert not (world.folder / "x.csv").exists()


def test_a_board_of_your_own_may_be_exported_without_its_file(world: World):
    world.imported()
    (world.folder / "empty").mkdir()
    ran = world.plain(
        "--store", world.store, "--schedules", world.folder / "empty", "export", "csv", "-o", world.folder / "x.csv"
    )
    assert (ran.code, ran.err) == (0, "")


def test_a_board_without_an_accepted_reading_is_named_and_not_counted(world: World):
    world.imported()
    world.declare("acme/other")
    world.run("import", "acme/other", world.bodies({"2026-03-01T060000Z": "login"}, "wrong", raw=True))
    ran = world.run("export", "csv", "-o", world.folder / "all.csv")
    assert ran.error == "tracker: acme/other: left out: no reading was accepted yet"
    assert " of 1 board, as of 2026-03-05" in ran.out
    ran = world.run("export", "warc", "-o", world.folder / "all.warc")
    assert (ran.err, " of 2 boards, " in ran.out) == ("", True)


def test_metrics_without_a_direction_are_named_as_omitted_from_records(world: World):
    world.declare("acme/text", DECLARATION.replace(LISTED, COUNTED))
    world.run("import", "acme/text", world.bodies(BODIES))
    ran = world.run("export", "eee", "-o", world.folder / "records")
    named = "metrics without a direction, which every record needs (higher_is_better): acme/text: price"
    assert (ran.code, ran.error) == (0, f"tracker: left out: {named}")
    metadata = json.loads((world.folder / "records" / "_tracker-export.json").read_text(encoding="utf-8"))
    assert metadata["omitted"] == {"acme/text": ["price"]}


def test_records_of_names_that_no_path_can_hold_stay_apart(world: World):
    world.declare("acme/text")
    names = ["x" * 130, "x" * 131, "模型", "模 型", "../../etc", "C:\\con"]
    page = "key,name,score,price,licence\n" + "".join(f"{name},{name},{90 - n},1,\n" for n, name in enumerate(names))
    world.run("import", "acme/text", world.bodies({"2026-03-01T060000Z": page}, raw=True))
    files = sorted(export(world, "eee").rglob("data/**/*.json"))
    records = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    assert len({record["evaluation_id"] for record in records}) == len({record["model_info"]["id"] for record in records}) == 6
    assert all(len(part) < 120 for file in files for part in file.parts)


def test_a_window_and_a_metric_limit_what_is_exported(world: World):
    world.imported()
    limits = ("--metric", "score", "--since", "2026-03-04", "--until", "2026-03-04")
    rows = [json.loads(line) for line in export(world, "jsonl", *limits).read_text(encoding="utf-8").splitlines()]
    assert {row["metric"] for row in rows} == {"score"}
    assert {(row["entry"], row["value"]) for row in rows} >= {("a", 90), ("g", 97)}
    assert ("a", 91) not in {(row["entry"], row["value"]) for row in rows}
    assert "f" not in {row["entry"] for row in rows}


def test_filters_choose_boards_models_and_the_values_of_a_day(world: World):
    world.imported()
    rows = [json.loads(line) for line in export(world, "jsonl", "--model", "model f", "--board", "acme").read_text().splitlines()]
    assert {row["entry"] for row in rows} == {"f"}, "it left the board"
    rows = [
        json.loads(line) for line in export(world, "jsonl", "--metric", "score", "--at", "2026-03-01").read_text().splitlines()
    ]
    assert {row["entry"]: row["value"] for row in rows} == {"a": 90, "b": 80, "c": 70, "d": 60, "e": 50, "f": 40}
    assert "unknown" in world.run("export", "csv", "--metric", "scores", "-o", world.folder / "x").error


def test_conditions_on_models_are_refused_for_whole_captures(world: World):
    world.imported()
    ran = world.run("export", "warc", "--model", "model a", "-o", world.folder / "x.warc")
    assert (ran.code, "writes whole captures" in ran.error) == (2, True)


@pytest.mark.parametrize("form", FOLDERS)
def test_a_folder_with_other_files_is_never_replaced(form: str, world: World):
    world.imported()
    (world.folder / "out").mkdir()
    (world.folder / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    ran = world.run("export", form, "-o", world.folder / "out")
    assert (ran.code, "has other files" in ran.error) == (2, True)
    assert (world.folder / "out" / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("what", ["text", "store", "link", "pipe"])
def test_a_file_of_another_kind_is_never_replaced(form: str, what: str, world: World):
    world.imported()
    path = world.store / "tracker.db" if what == "store" else world.folder / "kept"
    if what == "text":
        path.write_text("mine", encoding="utf-8")
    elif what == "link":
        path.symlink_to(world.store / "tracker.db")
    elif what == "pipe":
        os.mkfifo(path)
    before = path.lstat()
    ran = world.run("export", form, "-o", path)
    assert (ran.code, "is not an earlier export, and is not replaced; expected another name (-o)" in ran.error) == (2, True)
    assert (path.lstat().st_ino, path.lstat().st_size) == (before.st_ino, before.st_size)


@pytest.mark.parametrize("form", FILES)
def test_a_folder_is_refused_where_a_file_belongs(form: str, world: World):
    world.imported()
    (world.folder / "out").mkdir()
    assert "is a folder" in world.run("export", form, "-o", world.folder / "out").error


def test_an_export_creates_no_store(world: World):
    assert world.run("export", "csv", "-o", world.folder / "all.csv").code == 2
    assert not world.store.exists()


def test_the_answers_in_the_file_of_another_crawler_are_imported(world: World):
    world.declare("acme/text")
    path = world.folder / "crawl.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for day, score in ((1, 90), (2, 91)):
            body = f"key,name,score,price,licence\na,A,{score},1,\nb,B,80,1,\n".encode()
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/csv")], protocol="HTTP/1.1")
            for address in ("https://acme.example/text.csv", "https://acme.example/other.csv"):
                date = {"WARC-Date": f"2026-03-0{day}T06:00:00Z"}
                record = writer.create_warc_record(
                    address, "response", payload=BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=date
                )
                writer.write_record(record)
    assert world.run("import", "acme/text", path).out == "acme/text: 2 accepted; 0 events are news, 1 only recorded\n"


def test_every_format_is_in_the_guide():
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "export.md").read_text(encoding="utf-8")
    assert [form for form in exports.FORMATS if f"| `{form}` |" not in guide] == []

"""The rows of `make bench`: a piece of work, who does it (tracker, peers, floor), and how far the tracker may be behind.

A floor is the least code that does the mechanical part of the work: the price of Python and the libraries, not of a tracker.
"""

from __future__ import annotations

import atexit
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import made
import peers

HERE = Path(__file__).resolve().parent
REAL = HERE.parent / "tests" / "real" / "schedules"
TRACKER, FLOOR = "tracker", "floor"
STATES, ENTRIES = 31, 500
HOSTS, LIGHT, HEAVY = 12, 50, 11
"""A watch cycle: hosts, light pages, and how many pages of a heavy cycle have 2 to 3 MB."""


def nothing() -> None:
    """Prepares nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One program doing the work. `reported`: it prints the cost of the part that counts."""

    who: str
    command: Sequence[str | Path]
    reported: bool = False
    fresh: Sequence[Path] = ()
    """Removed before each run."""
    leaves: Path | None = None
    """A file or folder whose size counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`prepare` writes the inputs, once for all rows that name it.

    `most`: the highest ratio of the tracker's CPU time to that of a peer or the floor that is a success.
    """

    work: str
    prepare: Callable[[], None]
    cases: Sequence[Case]
    most: Mapping[str, float] = field(default_factory=dict)
    before: Callable[[], None] = nothing
    """Called before each round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where everything is: the installed tracker's interpreter, a scratch folder, the shared data if given."""

    python: Path
    scratch: Path
    data: Path | None = None

    def tracker(self, store: Path, declared: Path, *arguments: str | Path) -> list[str | Path]:
        options: list[str | Path] = ["--store", store, "--schedules", declared]
        return [self.python, "-c", "from tracker.cli import main; main()", *options, *arguments]

    def inside(self, work: str, *files: Path, peer: str = "") -> list[str | Path]:
        return [peers.program(peer) if peer else self.python, HERE / "inside.py", work, *files]


def rows(setting: Setting) -> Iterator[Row]:
    """Every row, in the order of the table; those on real states only with the shared data."""
    yield imports(setting, "import, 31 generated states", setting.scratch / "import")
    if setting.data is not None:
        yield real_imports(setting, setting.data)
    yield day(setting, 570, 30, most={"csv-diff": 0.52, FLOOR: 6.6})
    yield day(setting, 10_000, 5, most={"csv-diff": 3.4, FLOOR: 10.7})
    yield from cycles(
        setting, "light", most={"half": {"urlwatch": 1.28, FLOOR: 3.5}, "same": {"urlwatch": 1.7}, "304": {"urlwatch": 1.7}}
    )
    yield from cycles(setting, "heavy", most={"half": {FLOOR: 3.0}})
    yield from pages(setting)
    yield from starts(setting)


def _declared(folder: Path, **declarations: str) -> Path:
    """A folder of schedules with these boards of the source `bench`."""
    (folder / "bench").mkdir(parents=True, exist_ok=True)
    for name, text in declarations.items():
        (folder / "bench" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


# ── imports ──────────────────────────────────────────────────────────────────────────────────────


def imports(setting: Setting, work: str, folder: Path) -> Row:
    states = made.days(folder / "states", "json", STATES)

    def prepare() -> None:
        made.dated(folder / "states", [made.json_page(made.records(ENTRIES, day)) for day in range(STATES)], "json")
        _declared(folder / "schedules", records=made.records_declaration("https://bench.example/records"))
        _repository(folder / "repo", states)

    return _import_row(setting, work, prepare, folder, states, board="bench/records", declared=folder / "schedules")


def real_imports(setting: Setting, data: Path) -> Row:
    folder, board = setting.scratch / "real", "artificial-analysis/llms"
    states = sorted(path for path in (data / board).iterdir() if path.name[:4].isdigit())

    def prepare() -> None:
        _repository(folder / "repo", states)

    work = f"import, {len(states)} real states"
    return _import_row(setting, work, prepare, folder, states, board=board, declared=REAL)


def _import_row(
    setting: Setting, work: str, prepare: Callable[[], None], folder: Path, states: Sequence[Path], *, board: str, declared: Path
) -> Row:
    git_history = (peers.program("git-history", "git-history"), "file")
    options = ("--id", "id", "--ignore-duplicate-ids", "--silent")
    all_fields = folder / "all.db"
    return Row(
        work=work,
        prepare=prepare,
        cases=(
            Case(
                who=TRACKER,
                command=setting.tracker(folder / "store", declared, "import", board, *states),
                fresh=(folder / "store",),
                leaves=folder / "store" / "tracker.db",
            ),
            Case(
                who="git-history",
                command=(*git_history, all_fields, folder / "repo" / "states.json", "--repo", folder / "repo", *options),
                fresh=(all_fields,),
                leaves=all_fields,
            ),
            Case(
                who=FLOOR,
                command=(setting.python, HERE / "floor_import.py", folder / "floor", "models", "id", *states),
                fresh=(folder / "floor",),
                leaves=folder / "floor" / "floor.db",
            ),
        ),
        most={"git-history": 0.1, FLOOR: 1.2},
    )


def _repository(repo: Path, states: Sequence[Path]) -> None:
    """A repository with one commit per state, at its date: the records with their groups flattened into columns."""
    import gzip
    import json

    from floor_import import flat

    repo.mkdir(parents=True)
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0", "-C", str(repo))
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for path in states:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        (repo / "states.json").write_text(
            json.dumps([dict(flat(record)) for record in json.loads(body)["models"]]), encoding="utf-8"
        )
        date = f"{path.name[:13]}:{path.name[13:15]}:{path.name[15:17]}Z"
        subprocess.run([*git, "add", "states.json"], check=True)
        environment = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", date], check=True, env=environment)


# ── one day after another ────────────────────────────────────────────────────────────────────────


def day(setting: Setting, entries: int, columns: int, *, most: Mapping[str, float]) -> Row:
    folder = setting.scratch / f"day-{entries}"
    old, new = made.days(folder / "pages", "csv", 2)
    declaration = folder / "schedules" / "bench" / "day.toml"

    def prepare() -> None:
        tables = ([made.header(columns), *made.rows(entries, columns, number)] for number in range(2))
        made.dated(folder / "pages", [made.csv_page(table) for table in tables], "csv")
        _declared(folder / "schedules", day=made.table_declaration("https://bench.example/day", "csv_table", columns))

    return Row(
        work=f"one day after another, {entries:,} × {columns}",
        prepare=prepare,
        cases=(
            Case(who=TRACKER, command=setting.inside("tracker_day", declaration, old, new), reported=True),
            Case(who="csv-diff", command=setting.inside("csv_diff", old, new, peer="csv-diff"), reported=True),
            Case(who="deepdiff", command=setting.inside("deepdiff", old, new, peer="deepdiff"), reported=True),
            Case(who=FLOOR, command=setting.inside("dictionaries", old, new), reported=True),
        ),
        most=most,
    )


# ── watch cycles ─────────────────────────────────────────────────────────────────────────────────


def cycles(setting: Setting, weight: str, *, most: Mapping[str, Mapping[str, float]]) -> Iterator[Row]:
    """Fifty pages on twelve hosts of loopback: half of them changed, none changed, none changed and said so."""
    folder = setting.scratch / weight
    with_peers = weight == "light"  # urlwatch and webchanges do not finish the heavy pages
    server: list[int] = []

    def prepare() -> None:
        _cycle_pages(folder / "pages", heavy=0 if with_peers else HEAVY)

    def begin() -> None:
        if not server:
            command = [setting.python, HERE / "pages.py", folder / "pages", str(HOSTS)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            atexit.register(child.kill)
            server.append(int(child.stdout.readline()))
            _cycle_setup(folder, server[0])

    def say(mode: str) -> Callable[[], None]:
        def before() -> None:
            begin()
            urlopen(Request(f"http://127.0.0.1:{server[0]}/mode", data=mode.encode())).close()

        return before

    cases = [Case(who=TRACKER, command=setting.tracker(folder / "store", folder / "schedules", "run"))]
    if with_peers:
        jobs, hooks, config = folder / "jobs.yaml", folder / "hooks.py", folder / "config.yaml"
        files = ("--config", config, "--hooks", hooks)
        urlwatch = (peers.program("urlwatch", "urlwatch"), "--urls", jobs, *files, "--cache", folder / "urlwatch.db")
        webchanges = (peers.program("webchanges", "webchanges"), "--jobs", jobs, *files, "--database", folder / "webchanges.db")
        cases += [Case(who="urlwatch", command=urlwatch), Case(who="webchanges", command=webchanges)]
    floor = (
        "sh",
        "-c",
        f'exec "$0" "$1" "$2" $(cat "{folder}/urls")',
        setting.python,
        HERE / "floor_watch.py",
        folder / "floor.json",
    )
    cases.append(Case(who=FLOOR, command=floor))
    titles = {"half": "half changed", "same": "nothing changed, same bytes", "304": "nothing changed, 304"}
    for mode, title in titles.items():
        if with_peers or mode == "half":
            work = f"watch cycle, {LIGHT} {weight} pages, {title}"
            yield Row(work=work, prepare=prepare, cases=cases, most=most.get(mode, {}), before=say(mode))


def _cycle_pages(folder: Path, *, heavy: int) -> None:
    folder.mkdir(parents=True)
    for number in range(LIGHT):
        for day, name in enumerate((f"{number}.bin", f"{number}.new.bin")):
            (folder / name).write_bytes(_cycle_page(number, day, heavy=number < heavy))


def _cycle_page(number: int, day: int, *, heavy: bool) -> bytes:
    if heavy:
        return (made.json_page if number % 2 else made.flight_page)(made.records(500, day))
    if number % 5 == 4:
        return made.json_page(made.records(100, day, filler=20))
    table = [made.header(8), *made.rows(60 + 12 * number, 8, day + number)]
    return (made.csv_page if number % 5 == 3 else made.html_page)(table)


def _cycle_setup(folder: Path, port: int) -> None:
    urls = [f"http://127.0.0.{number % HOSTS + 1}:{port}/{number}" for number in range(LIGHT)]
    (folder / "urls").write_text("\n".join(urls), encoding="utf-8")
    (folder / "jobs.yaml").write_text("\n---\n".join(f"url: {url}" for url in urls), encoding="utf-8")
    report = "report:\n  text: {line_length: 75, details: true, footer: false}\n  stdout: {enabled: true, color: false}\n"
    (folder / "config.yaml").write_text(report, encoding="utf-8")
    (folder / "hooks.py").touch()
    for number, url in enumerate(urls):
        start = (folder / "pages" / f"{number}.bin").read_bytes()
        kind = "json_records" if start[:1] == b"{" else "flight" if b"__next_f" in start[:200] else ""
        table = "html_table" if start[:1] == b"<" else "csv_table"
        text = made.records_declaration(url, kind) if kind else made.table_declaration(url, table, 8)
        _declared(folder / "schedules", **{f"board-{number}": text})


# ── pages and starts ─────────────────────────────────────────────────────────────────────────────


def pages(setting: Setting) -> Iterator[Row]:
    folder = setting.scratch / "parse"
    page = {name: folder / f"page.{name}" for name in ("flight", "html", "json")}
    declaration = {name: folder / "schedules" / "bench" / f"{name}.toml" for name in page}

    def prepare() -> None:
        found, table = made.records(640, 0), [made.header(30), *made.rows(500, 30, 0)]
        folder.mkdir(parents=True)
        page["flight"].write_bytes(made.flight_page(found))
        page["html"].write_bytes(made.html_page(table))
        page["json"].write_bytes(made.json_page(made.records(870, 0)))
        url = "https://bench.example/page"
        _declared(folder / "schedules", html=made.table_declaration(url, "html_table", 30))
        _declared(folder / "schedules", flight=made.records_declaration(url, "flight"), json=made.records_declaration(url))

    def row(name: str, work: str, others: Mapping[str, str], most: Mapping[str, float]) -> Row:
        own = Case(who=TRACKER, command=setting.inside("tracker_parse", page[name], declaration[name]), reported=True)
        cases = [
            Case(who=who, command=setting.inside(task, page[name], peer="" if who == FLOOR else who), reported=True)
            for who, task in others.items()
        ]
        return Row(work=work, prepare=prepare, cases=[own, *cases], most=most)

    yield row("flight", "flight page, 3 MB", {"bs4": "bs4_flight", FLOOR: "msgspec_flight"}, {FLOOR: 1.6})
    tables = {"pandas": "pandas_html", "bs4": "bs4_html", "lxml": "lxml_html", FLOOR: "selectolax_html"}
    yield row("html", "HTML table, 500 × 30", tables, {"lxml": 1.02, FLOOR: 3.9})
    yield row("json", "JSON, 4 MB", {"msgspec": "msgspec_json", FLOOR: "typed_json"}, {FLOOR: 1.6})


def starts(setting: Setting) -> Iterator[Row]:
    """Cold starts against a bare interpreter."""
    folder = setting.scratch / "starts"
    store, declared = folder / "store", folder / "schedules"

    def prepare() -> None:
        _declared(declared, board=made.table_declaration("https://bench.example/board", "csv_table", 3))
        tables = ([made.header(3), *made.rows(500, 3, number)] for number in range(2))
        states = made.dated(folder / "pages", [made.csv_page(table) for table in tables], "csv")
        command = [str(part) for part in setting.tracker(store, declared, "import", "bench/board", *states)]
        subprocess.run(command, check=True, capture_output=True)

    commands = {
        "--help": (4.2, ("--help",)),
        "standings --json": (7.0, ("standings", "bench/board", "--json")),
        "boards": (11.0, ("boards",)),
        "report": (13.0, ("report",)),
        "check": (13.0, ("check", f"{made.model_name(1)} beats {made.model_name(2)}")),
    }
    bare = Case(who=FLOOR, command=(setting.python, "-c", "pass"))
    for name, (most, arguments) in commands.items():
        own = Case(who=TRACKER, command=setting.tracker(store, declared, *arguments))
        yield Row(work=f"start, {name}", prepare=prepare, cases=(own, bare), most={FLOOR: most})

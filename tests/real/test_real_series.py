"""Every real series through the whole line: how many of its states are accepted, and what the last one says.

The figures that the line is held against are read from the raw files by a few lines here, without it.
"""

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html
from memory_store import MemoryStore
from svg import crossed

from tracker import parsers, schedules
from tracker.charts import FORMS, Look
from tracker.errors import ParseError, Refused, TrackerError
from tracker.line import intake, sync
from tracker.model import Board, MetricId, Reading, Result, Snapshot
from tracker.query.series import Wanted
from tracker.query.series import series as query_series
from tracker.reading import read_capture
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

pytestmark = pytest.mark.slow

DEFINITIONS = schedules.load(Path(__file__).with_name("schedules"), {name: parsers.options_of(name) for name in parsers.FORMATS})
NO_BOARDS = {f"livebench/categories_{release}" for release in ("2024_06_24", "2024_07_26", "2024_08_31", "2024_11_25")}
"""Lists of task names, no boards: the definitions of the tables repeat them."""
TWINS = {"misc/livebench-nan-strict": "misc/livebench-nan"}
"""Boards that read another one's pages."""

ACCEPTED = {
    "aa-api/llms-v2": 1,
    "aider/edit_leaderboard": 29,
    "alpaca-eval/v1-gpt4": 22,
    "alpaca-eval/v2-weighted": 28,
    "arena-ai/code": 25,
    "arena-ai/search": 24,
    "arena-ai/text": 24,
    "arena-ai/text-to-image": 25,
    "arena-ai/vision": 25,
    "arena-catalog/leaderboard-text": 6,
    "arena-catalog/leaderboard-text-style-control": 5,
    "arena-catalog/leaderboard-vision": 7,
    "arena-html/overview": 1,
    "arena-html/text": 1,
    "arena-html/vision": 1,
    "arena-text-state/structured": 15,
    "artificial-analysis-html/models": 1,
    "artificial-analysis/image-editing": 10,
    "artificial-analysis/llms": 31,
    "eqbench-html/eqbench3": 1,
    "livebench-html/rendered": 1,
    "livebench/table_2024_06_24": 12,
    "livebench/table_2024_07_26": 13,
    "livebench/table_2024_08_31": 16,
    "livebench/table_2024_11_25": 25,
    "llm-leaderboard-csv/huggingface_v2": 7,
    "llm-leaderboard-csv/lmsys": 32,
    "llm-prices/openai": 9,
    "llm-stats/deepinfra": 17,
    "lmarena-history/elo-wide": 12,
    "lmarena-models/snapshot": 14,
    "misc/livebench-nan": 1,
    "openrouter-html/rankings": 1,
    "openrouter/models": 10,
    "swebench/data": 20,
}
"""Series of which every state is accepted."""

NOT_ALL_ACCEPTED = {
    # One page each is byte for byte an earlier one, but not the last (docs/decisions/0065-pages-that-wait.md).
    "aider/polyglot_leaderboard": {"accepted": 23, "quarantined": 1},
    "arena-catalog/scatterplot-data": {"accepted": 17, "quarantined": 1},
    "ceps/livebench_leaderboard": {"accepted": 8, "quarantined": 1},
    # On 2026-03-01 six values are gone at once; they are back on the next page.
    "ceps/aa_models_leaderboard": {"accepted": 21, "quarantined": 1},
    # The key column comes on 2024-01-10: another identity for everybody, held back until the third reading that says so.
    # The body of 2024-04-23 is that of the day before.
    "arena-catalog/mt-bench-table": {"accepted": 24, "unchanged": 1},
    # From 2026-05-15 on the list of models is empty.
    "artificial-analysis/text-to-video": {"accepted": 7, "unreadable": 3},
    # On 2026-02-10 and 2026-02-11 the scraper wrote other names; the third day has the old ones again.
    "ceps/lmarena_text_leaderboard": {"accepted": 14, "quarantined": 2},
    # Two days of placeholders in unnamed tables. On 2024-04-02 the full test set takes the place of "Unassisted", with other
    # names; the board then changes so fast that only the sixth reading agrees with the two before it.
    "swebench/index": {"accepted": 23, "unreadable": 5},
    # No table at all, then one of 1 and one of 6 models while it is being written. On 2024-07-26 most models are renamed.
    "vectara/hallucination": {"accepted": 37, "unreadable": 3},
    # Pages without a board.
    "arena-html/cloudflare-challenge": {"unreadable": 1},
    "arena-html/error-404": {"unreadable": 1},
    "livebench-html/before-load": {"unreadable": 1},
    "misc/livebench-nan-strict": {"unreadable": 1},
    "swebench/lite": {"unreadable": 9},
    "yupp-html/text-skeleton": {"unreadable": 1},
}
RESULTS = {board: {"accepted": states} for board, states in ACCEPTED.items()} | NOT_ALL_ACCEPTED

REFUSALS: dict[str, tuple[type[TrackerError], str]] = {
    "arena-html/cloudflare-challenge": (Refused, "Just a moment..."),
    "arena-html/error-404": (Refused, "404"),
    "livebench-html/before-load": (ParseError, "headers"),
    "misc/livebench-nan-strict": (ParseError, "allow_nan = true"),
    "swebench/lite": (ParseError, "0 tables"),
    "yupp-html/text-skeleton": (ParseError, "headers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series that was imported, and the files it came from, oldest first."""

    board: Board
    paths: tuple[Path, ...]
    outcome: sync.Outcome
    archive: FileArchive
    store: MemoryStore

    @property
    def latest(self) -> Snapshot:
        latest = self.store.latest(self.board.id)
        assert latest is not None
        return latest

    @property
    def page(self) -> Reading:
        """The last file as it is read: with the publisher's ranks, which are not stored."""
        return read_capture(self.board, [body(self.paths[-1])])


Import = Callable[[str], Series]


@pytest.fixture(scope="module")
def imported(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Brings a series in, once."""

    @cache
    def bring(name: str) -> Series:
        board = DEFINITIONS.board(name)
        paths = tuple(sorted((shared_data / TWINS.get(name, name)).iterdir()))
        archive, store = FileArchive(tmp_path_factory.mktemp("captures")), MemoryStore()
        outcome = intake.import_bodies(board, paths, archive=archive, store=store, lexicon=default_lexicon())
        return Series(board=board, paths=paths, outcome=outcome, archive=archive, store=store)

    return bring


def body(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def measures(snapshot: Snapshot, metric: str) -> dict[str, float]:
    name = MetricId(metric)
    return {str(entry): row.measures[name].value for entry, row in snapshot.entries.items() if name in row.measures}


# ── every state ──────────────────────────────────────────────────────────────────────────────────


def test_no_definition_is_wrong():
    assert DEFINITIONS.errors == {}


def test_every_series_has_a_definition(shared_data: Path):
    folders = {path.relative_to(shared_data).as_posix() for path in shared_data.glob("*/*") if path.is_dir()}
    assert set(DEFINITIONS.boards) == (folders - NO_BOARDS) | TWINS.keys()
    assert RESULTS.keys() == (folders - NO_BOARDS) | TWINS.keys()


@pytest.mark.parametrize("name", RESULTS)
def test_the_expected_number_of_states_is_accepted(imported: Import, name: str):
    assert Counter(check.result.value for check in imported(name).outcome.checks) == RESULTS[name]


@pytest.mark.parametrize("name", [name for name, results in RESULTS.items() if results.get("accepted", 0) > 1])
def test_no_chart_draws_a_line_across_a_re_base(imported: Import, name: str):
    """Of the metric that ranks the board, and of every other that was re-based."""
    series = imported(name)
    begun = Counter(segment.metric for segment in series.store.segments(series.board.id))
    rebased = {metric for metric, segments in begun.items() if segments > 1}
    primary = {series.board.primary.id} if series.board.primary else set()
    for metric in sorted(rebased | primary):
        chart = query_series(series.board, series.store, default_lexicon(), Wanted(metric=metric))
        pictures = [
            FORMS[form](chart, Look()) for form in ("bump", "band", "step", "slope") if metric in primary or form != "bump"
        ]
        assert [crossed(picture) for picture in pictures] == [[]] * len(pictures)
        assert all(len(gzip.compress(picture.encode())) <= 10_000 for picture in pictures)


@pytest.mark.parametrize("name", RESULTS)
def test_every_state_is_kept_as_received(imported: Import, name: str):
    series = imported(name)
    raw = [body(path) for path in series.paths]
    assert [check.sha256 for check in series.outcome.checks] == [(sha256(body).hexdigest(),) for body in raw]
    held = [series.archive.body(series.board.id, check.sha256[0]) for check in series.outcome.checks]
    assert held == raw


@pytest.mark.parametrize("name", NOT_ALL_ACCEPTED)
def test_a_state_that_is_not_accepted_says_why(imported: Import, name: str):
    bad = [check for check in imported(name).outcome.checks if check.result in (Result.UNREADABLE, Result.QUARANTINED)]
    assert all(check.message.startswith(f"{name}: ") and "\n" not in check.message for check in bad)


# ── pages without a board ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", REFUSALS)
def test_a_page_without_a_board_is_an_error(imported: Import, name: str):
    series, (kind, words) = imported(name), REFUSALS[name]
    for path in series.paths:
        with pytest.raises(TrackerError) as refused:
            read_capture(series.board, [body(path)])
        assert type(refused.value) is kind
        assert words in str(refused.value)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_page_without_a_board_is_reported_once_and_leaves_no_snapshot(imported: Import, name: str):
    series = imported(name)
    assert [(event.kind, event.is_news) for event in series.outcome.events] == [("board_broken", True)]
    assert series.store.latest(series.board.id) is None


# ── single pages ─────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_artificial_analysis_has_289_models(imported: Import):
    snapshot = imported("artificial-analysis-html/models").latest
    by_slug = {entry.attributes["slug"]: entry for entry in snapshot.entries.values()}
    assert len(by_slug) == 289
    assert by_slug["gpt-5"].name == "GPT-5 (high)"
    assert by_slug["gpt-5"].measures[MetricId("intelligence")].value == 68.47
    assert by_slug["gpt-5-codex"].measures[MetricId("intelligence")].value == 67.57
    assert by_slug["gpt-5-chatgpt"].measures[MetricId("intelligence")].value == 41.76
    assert by_slug["gpt-5-chatgpt"].attributes["released"] == "2025-08-07"
    assert by_slug["gpt-5-chatgpt"].attributes["reasoning"] == "false"
    indices = [
        entry.measures[MetricId("intelligence")] for entry in by_slug.values() if MetricId("intelligence") in entry.measures
    ]
    assert (len(indices), sum(index.estimated for index in indices)) == (285, 164)
    assert sum(entry.attributes["deprecated"] == "true" for entry in by_slug.values()) == 177
    assert len(measures(snapshot, "price_out")) == 289 - 71  # Grok-1 and 70 others are not free, but without a price


@pytest.mark.parametrize(("name", "rows"), [("arena-html/text", 302), ("arena-html/vision", 94)])
def test_the_data_in_arenas_page_agree_with_the_table_that_people_see(imported: Import, name: str, rows: int):
    series = imported(name)
    shown = visible_rows(body(series.paths[0]))
    assert len(shown) == len(series.page.entries) == rows
    assert series.page.depth is None
    for entry, (rank, model, score, votes) in zip(series.page.entries, shown, strict=True):
        measure = entry.measures[MetricId("score")]
        assert (entry.rank, entry.name) == (int(rank), model)
        assert abs(measure.value - int(score)) <= 0.5
        assert measure.low is not None
        assert entry.measures[MetricId("votes")].value == int(votes.replace(",", ""))


def visible_rows(page: bytes) -> list[tuple[str, str, str, str]]:
    """Rank, model, score and votes of the page's longest table; a logo's own text is not seen."""
    root = html.fromstring(page)
    for logo in root.xpath("//svg"):
        logo.getparent().remove(logo) if not logo.tail else logo.drop_tree()
    table = max(root.iter("table"), key=lambda candidate: len(candidate.findall(".//tr")))
    lines = [["".join(cell.itertext()).strip() for cell in row.iterfind("td")] for row in table.iterfind(".//tr")]
    return [(cells[0], cells[2], re.sub(r"\D*$", "", cells[3]), cells[5]) for cells in lines if cells]


def test_arenas_page_gives_the_leaders_interval(imported: Import):
    leader = imported("arena-html/text").page.entries[0]
    score = leader.measures[MetricId("score")]
    assert (leader.name, leader.rank, leader.attributes["licence"]) == ("claude-opus-4-6", 1, "Proprietary")
    assert (score.value, score.low, score.high) == (1496.22, 1485.1, 1507.34)


def test_the_overview_gives_each_model_once_with_its_overall_rank(imported: Import):
    entries = {entry.name: entry for entry in imported("arena-html/overview").page.entries}
    assert len(entries) == 303
    assert (entries["claude-opus-4-6"].rank, entries["gemini-3-pro"].rank) == (1, 2)
    assert entries["gemini-3-pro"].measures[MetricId("rank_coding")].value == 5


def test_the_api_knows_no_free_price(imported: Import):
    """Of 194 zero prices 173 are unknown, so none is believed."""
    series = imported("aa-api/llms-v2")
    raw = json.loads(body(series.paths[0]))["data"]
    zero = sum(record["pricing"]["price_1m_output_tokens"] == 0 for record in raw)
    assert zero == 194
    assert len(measures(series.latest, "price_out")) == len(raw) - zero == 551 - 194


# ── what the last state says, against the raw file ───────────────────────────────────────────────


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode())))


def numbers(pairs: Any) -> dict[str, float]:
    return {key: float(value) for key, value in pairs if value not in (None, "")}


def prices(records: Any, key: str, price: str) -> dict[str, float]:
    """Dollars per token → dollars per million; a price below zero is none, a key that is there twice says nothing."""
    times = Counter(record[key] for record in records)
    pairs = ((record[key], Decimal(record[price]) * 1_000_000) for record in records if times[record[key]] == 1)
    return {name: float(dollars) for name, dollars in pairs if dollars >= 0}


def last_of_history(raw: bytes) -> dict[str, float]:
    lines = [line.split(",") for line in raw.decode().splitlines() if line]
    return numbers((name, score) for name, score in list(zip(lines[0], lines[-1], strict=True))[1:] if score != "0.0")


def vectara_rates(raw: bytes) -> dict[str, float]:
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in raw.decode().splitlines() if line.startswith("|")]
    start = next(at for at, line in enumerate(lines) if "Hallucination Rate" in line)
    rate = lines[start].index("Hallucination Rate")
    return {re.sub(r"\[([^\]]*)\].*", r"\1", line[0]): float(line[rate].rstrip("% ")) for line in lines[start + 2 :]}


def decimal_json(raw: bytes) -> Any:
    return json.loads(raw, parse_float=str)


LAST: dict[str, tuple[str, Callable[[bytes], Mapping[str, float]]]] = {
    "aa-api/llms-v2": (
        "intelligence",
        lambda raw: numbers(
            (record["id"], record["evaluations"]["artificial_analysis_intelligence_index"]) for record in json.loads(raw)["data"]
        ),
    ),
    "aider/polyglot_leaderboard": (
        "pass_rate_2",
        lambda raw: numbers((run["dirname"], run["pass_rate_2"]) for run in yaml.load(raw, Loader=yaml.CBaseLoader)),
    ),
    "alpaca-eval/v1-gpt4": ("win_rate", lambda raw: numbers((row[""], row["win_rate"]) for row in rows_of(raw))),
    "alpaca-eval/v2-weighted": (
        "score",
        lambda raw: numbers((row[""], row["length_controlled_winrate"]) for row in rows_of(raw)),
    ),
    "arena-catalog/leaderboard-vision": (
        "score",
        lambda raw: numbers((model, row["rating"]) for model, row in json.loads(raw)["full"].items()),
    ),
    "arena-catalog/mt-bench-table": (
        "mt_bench",
        lambda raw: numbers((row["key"], row["MT-bench (score)"].strip("-")) for row in rows_of(raw)),
    ),
    "arena-text-state/structured": (
        "score",
        lambda raw: numbers((model["model_name"], model["score"]) for model in json.loads(raw)["models"]),
    ),
    "artificial-analysis/image-editing": (
        "score",
        lambda raw: numbers((model["id"], model["elo"]) for model in json.loads(raw)["models"]),
    ),
    "ceps/lmarena_text_leaderboard": (
        "score",
        lambda raw: numbers((row["Model"], row["Score"].split()[0]) for row in rows_of(raw)),
    ),
    "ceps/livebench_leaderboard": (
        "global_average",
        lambda raw: numbers((row["Model"].partition("**")[0], row["Global Average"]) for row in rows_of(raw)),  # a note
    ),
    "eqbench-html/eqbench3": (
        "score",
        lambda raw: numbers(
            re.findall(r'<tr data-model-name-full="([^"]+)" data-original-elo-score="([^"]+)"', raw.decode()),
        ),
    ),
    "llm-leaderboard-csv/huggingface_v2": (
        "average",
        lambda raw: numbers((f"{row['fullname']} | {row['precision']}", row["average"]) for row in rows_of(raw)),
    ),
    "llm-leaderboard-csv/lmsys": (
        "score",
        lambda raw: numbers((row["model"], row["arena_score"]) for row in rows_of(raw)),
    ),
    "llm-prices/openai": (
        "price_out",
        lambda raw: numbers(
            (model["id"], price["output"])
            for model in json.loads(raw)["models"]
            for price in model["price_history"]
            if price["to_date"] is None
        ),
    ),
    "llm-stats/deepinfra": (
        "price_out",
        lambda raw: prices(decimal_json(raw)["providermodels"], "model_id", "price_per_output_token"),
    ),
    "lmarena-history/elo-wide": ("score", last_of_history),
    "lmarena-models/snapshot": (
        "rank_chat",
        lambda raw: numbers(
            (key, record["rankByModality"]["chat"])
            for key, record in json.loads(raw).items()
            if record["rankByModality"].get("chat", 2**53 - 1) != 2**53 - 1
        ),
    ),
    "misc/livebench-nan": (
        "coding",
        lambda raw: numbers(
            (record["model"], record["livebench_coding"])
            for record in json.loads(raw, parse_constant=lambda _: None)
            if record["livebench_coding"] is not None
        ),
    ),
    "openrouter/models": (
        "price_out",
        lambda raw: prices([record | record["pricing"] for record in json.loads(raw)["data"]], "id", "completion"),
    ),
    "openrouter-html/rankings": (
        "tokens_in",
        lambda raw: numbers(
            (f"{model} | {variant}", tokens)
            for model, variant, tokens in re.findall(
                r'\\"model_permaslug\\":\\"([^"\\]+)\\",\\"variant\\":\\"([^"\\]+)\\",\\"total_completion_tokens\\":\d+,'
                r'\\"total_prompt_tokens\\":(\d+)',
                raw.decode(),
            )
        ),
    ),
    "swebench/data": (
        "resolved",
        lambda raw: numbers(
            (result["name"], result["resolved"])
            for leaderboard in json.loads(raw)["leaderboards"]
            if leaderboard["name"] == "Test"
            for result in leaderboard["results"]
        ),
    ),
    "vectara/hallucination": ("hallucination_rate", vectara_rates),
}


@pytest.mark.parametrize("name", LAST)
def test_the_last_accepted_state_matches_the_raw_file(imported: Import, name: str):
    series, (metric, read) = imported(name), LAST[name]
    accepted = [path for path, check in zip(series.paths, series.outcome.checks, strict=True) if check.result is Result.ACCEPTED]
    expected = read(body(accepted[-1]))
    assert len(expected) > 25 or name == "swebench/data"
    assert measures(series.latest, metric) == expected


@pytest.mark.parametrize("release", ["2024_06_24", "2024_07_26", "2024_08_31", "2024_11_25"])
def test_livebench_ranks_by_the_mean_of_its_categories_means(imported: Import, shared_data: Path, release: str):
    series = imported(f"livebench/table_{release}")
    categories = json.loads(next((shared_data / f"livebench/categories_{release}").iterdir()).read_bytes())
    expected = {}
    for row in rows_of(body(series.paths[-1])):
        if all(row[task] for tasks in categories.values() for task in tasks):
            means = [sum(float(row[task]) for task in tasks) / len(tasks) for tasks in categories.values()]
            expected[row["model"]] = sum(means) / len(means)
    assert measures(series.latest, "global_average") == pytest.approx(expected, abs=1e-9)


def test_a_name_of_several_variants_is_not_an_entry(imported: Import):
    series = imported("ceps/aa_models_leaderboard")
    rows = rows_of(body(series.paths[-1]))
    several = {name for name, variants in Counter(row["Model"] for row in rows).items() if variants > 1}
    differing = {name for name in several if len({tuple(row.values()) for row in rows if row["Model"] == name}) > 1}
    assert len(several) == 58
    assert {str(entry) for entry in series.latest.ambiguous} == differing
    assert series.latest.entries.keys() == {row["Model"] for row in rows} - differing

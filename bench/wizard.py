"""Measure how often unknown pages are read correctly, with the confusion list: `python bench/wizard.py DATA [EXAMPLES]`.

DATA has real, dated series (`<source>/<board>/<time>.<ext>[.gz]`, the boards of `tests/real/schedules`), EXAMPLES has payloads in
true formats. For a series, its declaration is the truth: the correct table has its entries, the correct key distinguishes them by
an id or a name, the correct metric has its primary values. For the examples, EXAMPLES_SAY is the truth. A hash of their names
splits the boards into two halves: the rules were made on one, and must work on the other.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from tracker import schedules
from tracker.authoring.columns import Cells
from tracker.authoring.guess import propose
from tracker.authoring.new import open_question
from tracker.authoring.proposal import NO_ANSWERS, MetricGuess, Proposal
from tracker.authoring.words import ID, NAME
from tracker.errors import TrackerError
from tracker.model import Board, Column, Kind, Metric, Reading, Table
from tracker.parsers import FORMATS, options_of
from tracker.reading import read_capture
from tracker.reading.columns import keys_of

ROOT = Path(__file__).resolve().parents[1]
DECLARED = ROOT / "tests" / "real" / "schedules"
COVER = 0.95
LARGE = 1_500_000
"""Bytes of a page that a quick run leaves out."""

EXAMPLES_SAY: Mapping[str, tuple[str, str, bool | None]] = {
    "aa_api_free_before_rebase.json": ("id name slug", "evaluations.artificial_analysis_intelligence_index", True),
    "aa_api_free_page1.json": ("id name slug", "evaluations.artificial_analysis_intelligence_index", True),
    "aa_api_free_page2.json": ("id name slug", "evaluations.artificial_analysis_intelligence_index", True),
    "aa_api_legacy.json": ("id name slug", "evaluations.artificial_analysis_intelligence_index", True),
    "aa_api_media_t2i_free.json": ("id name slug", "elo", True),
    "aa_leaderboard_models.html": (
        "Model|id|slug|name|shortName",
        "Artificial Analysis Intelligence Index|intelligenceIndex",
        True,
    ),
    "aa_leaderboard_models.rsc.txt": ("id slug name shortName", "intelligenceIndex", True),
    "aa_leaderboard_providers.html": ("hostApiId", "performance.medianOutputTokensPerSecond", True),
    "aider_polyglot_leaderboard.yml": ("dirname", "pass_rate_2", True),
    "arc_agi_v2.json": ("modelId modelDisplayName", "score", True),
    "arena_catalog_text.json": ("$key", "rating", True),
    "arena_hf_rows_agent_latest.json": ("row.model_name", "row.score", True),
    "arena_hf_rows_text_latest.json": ("row.model_name+row.category", "row.rating", True),
    "arena_leaderboard_overview.html": ("modelKey modelDisplayName Model", "rating|Score", True),
    "arena_leaderboard_text.html": ("modelKey modelDisplayName Model", "rating|Score", True),
    "arena_leaderboard_text.rsc.txt": ("modelKey modelDisplayName", "rating", True),
    "arena_leaderboard_text_2026-02.html": ("modelKey modelDisplayName Model", "rating|Score", True),
    "bfcl_data_overall.csv": ("Model", "Overall Acc", True),
    "deepswe_leaderboard-live.json": ("model+config|config|model|model+reasoning_effort", "pass_at_1", True),
    "epoch_eci_scores.csv": ("Model|Display name", "eci", True),
    "epoch_gpqa_diamond.csv": ("Model version|id", "mean_score", True),
    "eqbench3.js": ("model_name", "elo_norm", True),
    "evalplus_results.json": ("$key", '"pass@1"."humaneval+"|"pass@1".humaneval', True),
    "helm_core_scenarios_accuracy.json": ("Model", "Mean score", True),
    "hf_models_moonshotai.json": ("id modelId", "likes|downloads|trendingScore", True),
    "litellm_prices.json": ("$key", "output_cost_per_token|input_cost_per_token", False),
    "livebench_cost_2026_06_25.csv": ("model", "cost_per_question|cost_per_successful_task", False),
    "livebench_table_2026_06_25.csv": ("model", "*", True),
    "llm_prices_current-v1.json": ("id name", "output|input", False),
    "mmlu_pro_results.csv": ("Models+Data Source|Models", "Overall", True),
    "models_dev_api.json": ("^.id+id|$key+^.$key|$key|id", "cost.output|cost.input", False),
    "nyt_connections_README.md": ("Model", "Score %", True),
    "open_asr_english_short_latest.csv": ("model", "avg", False),
    "open_llm_rows.json": ("row.eval_name row.fullname", 'row."Average ⬆️"', True),
    "openrouter_models.json": ("id canonical_slug", "pricing.completion|pricing.prompt", False),
    "openrouter_rankings_daily.json": ("model_permaslug", "total_tokens", True),
    "simplebench_leaderboard-data.js": ("model", "score", True),
    "swe_rebench.html": ("modelId", "resolvedRate", True),
    "swebench_leaderboards.json": ("folder name", "resolved", True),
    "swebench_page.html": ("folder name", "resolved", True),
    "tbench_2.0.html": ("Agent+Model|Model|Agent", "Accuracy", True),
    "tbench_4.0.html": ("id", "metrics.accuracy", True),
    "tts_arena_leaderboard.json": ("id name", "elo", True),
    "vectara_README.md": ("Model", "Hallucination Rate|Factual Consistency Rate", None),
    "zeroeval_models_full.json": ("model_id name", "*_score", True),
    "ollama_search.html": ("*", "*", True),
    "livecodebench_performances_generation.json": ("question_id+model|question_id", '"pass@1"', True),
    "llm_prices_historical-v1.json": ("id+from_date|id|name", "output|input", False),
}
"""File → its keys (any of them; + joins), its ranking figures (any; the last part of a path is enough), and if more is better."""
NO_BOARD = (
    "aa_api_error_401.json",
    "bot_challenge.html",
    "github_commits.json",
    "hf_dataset_commits.json",
    "livebench_categories_2026_06_25.json",
    "livebench_spa_shell.html",
    "tau2_manifest.json",
    "vercel_checkpoint.html",
    "wayback_cdx.json",
    "wayback_cdx_empty.json",
)
"""Examples without a board. (One submission of τ²-bench, and a file of one model, are left out: they are neither.)"""
NO_BOARDS = ("arena-html/cloudflare-challenge", "arena-html/error-404", "livebench-html/before-load", "yupp-html/text-skeleton")
"""Real pages without a board, like the lists of LiveBench's categories."""
RANKS_BY: Mapping[str, tuple[str, bool]] = {
    "openrouter/models": ("pricing.completion|pricing.prompt", False),
    "llm-prices/openai": ("output|input", False),
    "llm-stats/deepinfra": ("price_per_output_token|price_per_input_token|output_cost|input_cost", False),
    "arena-catalog/scatterplot-data": ("output_token_price|input_token_price", False),
}
"""Price boards, of which the declarations name no primary figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One file: what was right, the answer, and whether it came without a question."""

    file: str
    board: bool
    table: bool
    metric: bool
    said: str
    sure: bool = False


def judged(data: Path, examples: Path | None, *, quick: bool = False) -> list[Judged]:
    """Every file to judge: the first and the newest of each series; `quick`: only the newest, if it is not large."""
    return [*_series(data, quick=quick), *(_examples(examples) if examples else ())]


def _series(data: Path, *, quick: bool) -> Iterator[Judged]:
    known = schedules.load(DECLARED, {name: options_of(name) for name in FORMATS}).boards
    for name, board in sorted(known.items()):
        files = sorted((data / name).iterdir()) if (data / name).is_dir() else []
        for file in dict.fromkeys(([] if quick else files[:1]) + files[-1:]):
            if not quick or len(body_of(file)) <= LARGE:
                yield _of_series(name, board, file)
    for folder in sorted((data / "livebench").glob("categories_*")):
        yield _no_board(f"livebench/{folder.name}", body_of(max(folder.iterdir())))


def _of_series(name: str, board: Board, file: Path) -> Judged:
    body, place = body_of(file), f"{name}/{file.name}"
    if name in NO_BOARDS:
        return _no_board(place, body)
    try:
        reading = read_capture(board, [body])
    except TrackerError:
        return _no_board(place, body)  # a page that our own declaration refuses is not a board either
    proposal = _proposed(body)
    if isinstance(proposal, str):
        return Judged(file=place, board=True, table=False, metric=False, said=proposal)
    table = _is_table(proposal, reading)
    return Judged(
        file=place,
        board=True,
        table=table,
        metric=_is_metric(proposal, board, reading),
        said=said_of(proposal),
        sure=is_sure(proposal),
    )


def _examples(folder: Path) -> Iterator[Judged]:
    for name in NO_BOARD:
        yield _no_board(name, body_of(folder / name))
    for name, (keys, metrics, direction) in EXAMPLES_SAY.items():
        proposal = _proposed(body_of(folder / name))
        if isinstance(proposal, str):
            yield Judged(file=name, board=True, table=False, metric=False, said=proposal)
            continue
        key = "+".join(proposal.key.value)
        primary = _primary(proposal)
        metric = primary is not None and _named(primary, metrics) and direction in (None, primary.higher_is_better.value)
        keyed = keys == "*" or key in keys.replace("|", " ").split(" ") or key in keys.split("|")
        yield Judged(file=name, board=True, table=keyed, metric=metric, said=said_of(proposal), sure=is_sure(proposal))


def _named(primary: MetricGuess, wanted: str) -> bool:
    last = primary.column.rpartition(".")[2]
    return any(one in ("*", primary.column, last) or (one[:1] == "*" and last.endswith(one[1:])) for one in wanted.split("|"))


def _no_board(place: str, body: bytes) -> Judged:
    proposal = _proposed(body)
    right = isinstance(proposal, str)
    return Judged(
        file=place, board=False, table=right, metric=right, said=proposal if isinstance(proposal, str) else said_of(proposal)
    )


def _proposed(body: bytes) -> Proposal | str:
    try:
        return propose(body)
    except TrackerError as error:
        return f"{type(error).__name__}: {error}"


def _primary(proposal: Proposal) -> MetricGuess | None:
    return next((one for one in proposal.metrics if one.id == proposal.primary.value), None)


def is_sure(proposal: Proposal) -> bool:
    """Whether a script may take it without a question."""
    return open_question(proposal, NO_ANSWERS) is None


def body_of(file: Path) -> bytes:
    """The content of a file, decompressed."""
    body = file.read_bytes()
    return gzip.decompress(body) if file.suffix == ".gz" else body


# ── against a reading ────────────────────────────────────────────────────────────────────────────


def _is_table(proposal: Proposal, reading: Reading) -> bool:
    """Whether its rows are the reading's entries, by their id, their name, or another column whose header is one of those."""
    table = Table(columns=proposal.candidate.columns, rows=proposal.candidate.rows, facts={})
    keys = keys_of(table, [Column(sources=(one,), missing=frozenset(), kind=Kind.TEXT) for one in proposal.key.value])
    ids, names = {one.id for one in reading.entries}, {one.name for one in reading.entries}
    columns = [{_cell(row[at]) for row in table.rows} for at in range(len(table.columns))]
    same = any(_covers(cells, ids) or _covers(cells, names) for cells in (*columns, {*keys}))
    if not same or len(table.rows) > 1.6 * len(reading.entries) + 5:
        return False
    if _covers({*keys}, ids) or _covers({*keys}, names):
        return True
    words = {word for one in proposal.key.value for word in Cells(header=one, cells=()).words}
    return len({*keys}) >= 0.99 * len(keys) and bool(words & (ID | NAME))


def _cell(cell: str | None) -> str:
    return " ".join((cell or "").split()).removeprefix("*")


def _covers(cells: set[str], wanted: set[str]) -> bool:
    return len(cells & wanted) >= COVER * len(wanted)


def _is_metric(proposal: Proposal, board: Board, reading: Reading) -> bool:
    primary = _primary(proposal)
    if primary is None:
        return False
    if board.id in RANKS_BY:
        wanted, direction = RANKS_BY[board.id]
        return _named(primary, wanted) and primary.higher_is_better.value is direction
    if board.primary is None:
        return primary.column in {source for metric in board.metrics for source in metric.column.sources}
    if primary.higher_is_better.value is not board.primary.higher_is_better:
        return False
    ranks = {source for part in _parts(board, board.primary) for source in part.column.sources}
    if primary.column in ranks or primary.column.rpartition(".")[2] in ranks:
        return True
    wanted_values = sorted(one.measures[board.primary.id].value for one in reading.entries if board.primary.id in one.measures)
    at = proposal.candidate.columns.index(primary.column)
    found = sorted(Cells(header=primary.column, cells=[row[at] for row in proposal.candidate.rows]).values)
    return _alike(found, wanted_values)


def _parts(board: Board, metric: Metric) -> Iterator[Metric]:
    """The metric, or those that it is computed of: on a page without the average any of them is right."""
    yield metric
    for part in metric.parts:
        yield from _parts(board, board.metric(part))


def _alike(found: Sequence[float], wanted: Sequence[float]) -> bool:
    """The same figures, rounded or not, up to a few rows."""
    if abs(len(found) - len(wanted)) > 0.05 * len(wanted) + 1 or not wanted:
        return False
    near = sum(abs(a - b) <= 0.51 for a, b in zip(found, wanted, strict=False))
    spread = max(wanted) - min(wanted)
    return spread > 5 and near >= COVER * len(wanted)


def said_of(proposal: Proposal) -> str:
    """What a proposal says, on one line."""
    primary = _primary(proposal)
    how = {True: "more is better", False: "less is better", None: "either way"}[primary.higher_is_better.value] if primary else ""
    spec = proposal.candidate.parse
    return (
        f"{spec.format} {dict(spec.options)} of {len(proposal.candidate.rows)} rows, key {' + '.join(proposal.key.value)},"
        f" ranks by {primary.column if primary else 'nothing'}, {how}"
    )


# ── what is printed ──────────────────────────────────────────────────────────────────────────────


def scores(found: Sequence[Judged]) -> Iterator[str]:
    """The shares, for all and for both halves."""
    for title, some in (("all", found), *((f"half {half}", [one for one in found if half_of(one) == half]) for half in (0, 1))):
        boards, others = [one for one in some if one.board], [one for one in some if not one.board]
        tables, metrics, quiet = (
            sum(one.table for one in boards),
            sum(one.metric for one in boards),
            sum(one.table for one in others),
        )
        yield (
            f"{title}: table and key {tables}/{len(boards)} ({tables / max(1, len(boards)):.1%}), metric and direction"
            f" {metrics}/{len(boards)} ({metrics / max(1, len(boards)):.1%}), nothing proposed {quiet}/{len(others)}"
        )
    sure = [one for one in found if one.board and one.sure]
    wrong = [one for one in sure if not (one.table and one.metric)]
    yield f"said without a question: {len(sure)} boards, of which {len(wrong)} wrong; the others are asked about"


def half_of(one: Judged) -> int:
    """Which half a file's board is in."""
    return crc32("/".join(one.file.split("/")[:2]).encode()) % 2


if __name__ == "__main__":
    results = judged(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    for result in results:
        if not (result.table and result.metric):
            wrong = (
                "board"
                if not result.board
                else " and ".join(name for name, right in (("table", result.table), ("metric", result.metric)) if not right)
            )
            print(f"wrong {wrong}{', though sure' if result.sure else ''}: {result.file}: {result.said}")
    print("\n".join(scores(results)))

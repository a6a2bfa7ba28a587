"""The parsers on what boards really published."""

import gzip
import re

import pytest

from tracker.errors import ParseError
from tracker.model import Parse, Table
from tracker.parsers import parse

pytestmark = pytest.mark.slow

ENTRIES = {"require": ["modelDisplayName", "rating", "rank", "votes"], "beside": ["voteCutoffISOString"]}


def bodies(shared_data, board):
    files = sorted((shared_data / board).iterdir())
    assert files, f"no versions of {board}"
    return [gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes() for file in files]


def read(body, form, wanted, **options) -> Table:
    return parse(body, Parse(format=form, options=options), wanted, "real/board")


def column(table, name):
    return [row[table.columns.index(name)] for row in table.rows]


def test_the_models_page_of_artificial_analysis_has_all_models_with_their_index(shared_data):
    (body,) = bodies(shared_data, "artificial-analysis-html/models")
    wanted = ["slug", "intelligence_index", "model_creators.name", "timescaleData.median_output_speed"]
    table = read(body, "flight", wanted, require=["slug", "intelligence_index", "timescaleData"])
    assert (table.columns, len(table.rows)) == (tuple(wanted), 289)
    known = {slug: index for slug, index, _, _ in table.rows}
    assert known["gpt-oss-120b"] == "57.98"
    assert sum(index is not None and 0 < float(index) < 100 for index in known.values()) > 200
    assert all(column(table, "model_creators.name"))


@pytest.mark.parametrize(("board", "size"), [("text", 302), ("vision", 94)])
def test_the_stream_and_the_table_of_an_arena_page_agree(shared_data, board, size):
    (body,) = bodies(shared_data, f"arena-html/{board}")
    sent = read(body, "flight", ["modelDisplayName", "rating", "votes", "rank"], **ENTRIES, facts={"total": "totalModels"})
    shown = read(body, "html_table", ["css:a@title", "Score", "Votes", "Rank"], headers=["Model", "Score"])
    assert len(sent.rows) == len(shown.rows) == size == int(sent.facts["total"])
    for (name, rating, votes, rank), (title, score, counted, place) in zip(sent.rows, shown.rows, strict=True):
        assert title in (name, None)  # a model without a link has no title
        assert abs(float(rating) - int(score.split()[0])) <= 0.5  # "1452 Preliminary"
        assert (votes, rank) == (counted.replace(",", ""), place)
    assert sum(title is not None for title in column(shown, "css:a@title")) > size * 0.9


def test_cells_of_an_arena_page_are_whole(shared_data):
    (body,) = bodies(shared_data, "arena-html/text")
    table = read(body, "html_table", ["Model", "Rank Spread", "95% CI (±)", "Organization"])
    assert table.rows[0] == ("claude-opus-4-6", "1\n◄─►\n2", "±11", "Anthropic")
    assert all(re.fullmatch(r"\d+\n◄─►\n\d+", spread) for spread in column(table, "Rank Spread"))


def test_each_entries_list_of_the_overview_is_cut_there(shared_data):
    (body,) = bodies(shared_data, "arena-html/overview")
    table = read(body, "flight", ["modelDisplayName"], **ENTRIES, facts={"total": "totalModels"})
    assert len(table.rows) == 10 < int(table.facts["total"])


@pytest.mark.parametrize("form", ["flight", "html_table"])
@pytest.mark.parametrize(
    "board", ["arena-html/error-404", "arena-html/cloudflare-challenge", "yupp-html/text-skeleton", "livebench-html/before-load"]
)
def test_a_page_without_its_entries_is_refused(shared_data, board, form):
    (body,) = bodies(shared_data, board)
    options = ENTRIES if form == "flight" else {}
    with pytest.raises(ParseError, match=f"^real/board: {form}: found "):
        read(body, form, ["modelDisplayName", "Model"], **options)


def test_the_error_page_is_recognised_by_the_error_it_sends(shared_data):
    (body,) = bodies(shared_data, "arena-html/error-404")
    with pytest.raises(ParseError, match="NEXT_HTTP_ERROR_FALLBACK;404"):
        read(body, "flight", ["rating"], **ENTRIES)


def test_the_rendered_table_of_livebench_has_every_model(shared_data):
    (body,) = bodies(shared_data, "livebench-html/rendered")
    table = read(body, "html_table", ["Model", "Global Average"], select="table.main-tabl")
    assert len(table.rows) == 52
    assert table.rows[0] == ("Claude 4.6 Opus Thinking High Effort", "76.33")


def test_the_numbers_of_eq_bench_are_in_attributes(shared_data):
    (body,) = bodies(shared_data, "eqbench-html/eqbench3")
    wanted = ["@data-model-name-full", "@data-original-elo-score"]
    rows = read(body, "html_table", wanted, rows="tr[data-original-elo-score]").rows
    assert rows == read(body, "html_table", wanted, headers=["Model"]).rows
    assert (len(rows), rows[0]) == (58, ("claude-opus-4-6", "1961"))


def test_the_rankings_of_openrouter_are_in_the_stream(shared_data):
    (body,) = bodies(shared_data, "openrouter-html/rankings")
    wanted = ["model_permaslug", "variant", "total_prompt_tokens"]
    table = read(body, "flight", wanted, require=wanted)
    assert len(table.rows) == 344
    assert all(tokens.isdigit() for tokens in column(table, "total_prompt_tokens"))


def test_nan_is_refused_and_can_be_allowed(shared_data):
    (body,) = bodies(shared_data, "misc/livebench-nan")
    with pytest.raises(ParseError, match="found NaN"):
        read(body, "json_records", ["model"])
    values = column(read(body, "json_records", ["model", "livebench_overall"], allow_nan=True), "livebench_overall")
    assert None in values
    assert len(values) == 195


def test_the_last_row_of_the_wide_history_is_current(shared_data):
    tables = [
        read(body, "csv_table", ["$key", "$value"], layout="wide", absent=["0.0"])
        for body in bodies(shared_data, "lmarena-history/elo-wide")
    ]
    assert [table.facts["row"] for table in tables] == sorted(table.facts["row"] for table in tables)
    assert all(500 < float(value) < 2000 for value in column(tables[-1], "$value"))
    assert (len(tables[0].rows), len(tables[-1].rows)) == (162, 189)


def test_the_vectara_readme_is_read_since_it_has_a_table(shared_data):
    first, *rest = bodies(shared_data, "vectara/hallucination")
    with pytest.raises(ParseError, match="found 0 tables"):
        read(first, "markdown_table", ["Model"])
    tables = [read(body, "markdown_table", ["Model", "Hallucination Rate"], headers=["Model", "Answer Rate"]) for body in rest]
    assert len(tables) == 39
    assert len(tables[-1].rows) == 122
    assert all("%" in rate for table in tables for rate in column(table, "Hallucination Rate"))


def test_the_swe_bench_page_is_read_in_both_of_its_forms(shared_data):
    pages = bodies(shared_data, "swebench/index")
    assert read(pages[0], "html_table", ["Model", "Test BPB"]).rows[0] == ("GPT-3 (Zero-Shot)*\nOpenAI", "0.7177")
    last = read(pages[-1], "html_table", ["Model", "% Resolved", "css:p.model-type"], select="#leaderboard-Test table")
    assert len(last.rows) == 16
    assert last.rows[0] == ("🥇 Honeycomb", "22.06", "🥇 Honeycomb")


@pytest.mark.parametrize("board", ["swebench/lite"])
def test_a_page_that_describes_a_board_is_not_a_board(shared_data, board):
    for body in bodies(shared_data, board):
        with pytest.raises(ParseError, match="found 0 tables"):
            read(body, "html_table", ["Model"])


def test_an_endpoint_that_went_empty_is_refused(shared_data):
    *_, empty = bodies(shared_data, "artificial-analysis/text-to-video")
    with pytest.raises(ParseError, match="found no records at models, expected at least one: the list is empty"):
        read(empty, "json_records", ["id"], records="models")


SERIES = {
    "aa-api/llms-v2": ("json_records", {"records": "data"}, ["id", "pricing.price_1m_input_tokens"], 551, 551),
    "aider/edit_leaderboard": ("yaml_records", {}, ["dirname", "pass_rate_2"], 21, 98),
    "aider/polyglot_leaderboard": ("yaml_records", {}, ["dirname", "pass_rate_2"], 21, 50),
    "alpaca-eval/v1-gpt4": ("csv_table", {}, ["$1", "win_rate"], 23, 102),
    "alpaca-eval/v2-weighted": ("csv_table", {}, ["$1", "win_rate"], 10, 170),
    "arena-ai/code": ("json_records", {"records": "models"}, ["model", "score"], 55, 59),
    "arena-ai/search": ("json_records", {"records": "models"}, ["model", "score"], 22, 25),
    "arena-ai/text": ("json_records", {"records": "models"}, ["model", "score"], 67, 30),
    "arena-ai/text-to-image": ("json_records", {"records": "models"}, ["model", "score"], 50, 52),
    "arena-ai/vision": ("json_records", {"records": "models"}, ["model", "score"], 30, 20),
    "arena-catalog/leaderboard-text": ("json_records", {"records": "full"}, ["$key", "rating"], 204, 227),
    "arena-catalog/leaderboard-text-style-control": ("json_records", {"records": "full"}, ["$key", "rating"], 204, 227),
    "arena-catalog/leaderboard-vision": ("json_records", {"records": "full"}, ["$key", "rating"], 54, 69),
    "arena-catalog/mt-bench-table": ("csv_table", {}, ["Model", "MT-bench (score)"], 31, 105),
    "arena-catalog/scatterplot-data": ("json_records", {}, ["model_api_name", "output_token_price"], 30, 71),
    "arena-text-state/structured": ("json_records", {"records": "models"}, ["model_name", "score"], 306, 307),
    "artificial-analysis/image-editing": ("json_records", {"records": "models"}, ["id"], 53, 68),
    "artificial-analysis/llms": ("json_records", {"records": "models"}, ["id"], 472, 509),
    "ceps/livebench_leaderboard": ("csv_table", {}, ["Model"], 51, 56),
    "ceps/lmarena_text_leaderboard": ("csv_table", {}, ["Model", "Score"], 300, 320),
    "livebench/table_2024_06_24": ("csv_table", {}, ["model"], 61, 73),
    "livebench/table_2024_07_26": ("csv_table", {}, ["model"], 61, 73),
    "livebench/table_2024_08_31": ("csv_table", {}, ["model"], 26, 59),
    "livebench/table_2024_11_25": ("csv_table", {}, ["model"], 26, 65),
    "llm-leaderboard-csv/huggingface_v2": ("csv_table", {}, ["model"], 237, 2067),
    "llm-leaderboard-csv/lmsys": ("csv_table", {}, ["model"], 109, 184),
    "llm-prices/openai": ("json_records", {"records": "models", "explode": "price_history"}, ["^.id", "input", "output"], 19, 28),
    "llm-stats/deepinfra": ("json_records", {"records": "providermodels"}, ["model_id"], 1, 27),
    "lmarena-models/snapshot": ("json_records", {}, ["$key", "publicName", "rankByModality.chat"], 885, 932),
    "openrouter/models": ("json_records", {"records": "data"}, ["id", "pricing.completion"], 344, 349),
    "swebench/data": (
        "json_records",
        {"first_of": ["leaderboards[?name == 'Test'].results[]", "test_leaderboard"]},
        ["name", "resolved"],
        7,
        16,
    ),
}


@pytest.mark.parametrize("board", SERIES)
def test_every_version_of_a_series_is_read(shared_data, board):
    form, options, wanted, first, last = SERIES[board]
    tables = [read(body, form, wanted, **options) for body in bodies(shared_data, board)]
    assert all(table.columns == tuple(wanted) for table in tables)
    assert all(len(row) == len(wanted) and row[0] for table in tables for row in table.rows)
    assert (len(tables[0].rows), len(tables[-1].rows)) == (first, last)

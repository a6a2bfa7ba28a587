"""Users' questions have the same answer as a command, a line of SQL and a line of Python."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from tracker.cli import cli
from tracker.model import EventFilter
from tracker.query.filters import Filters
from tracker.wording import machine_time
from tracker.workspace.api import Workspace


class Question(NamedTuple):
    """A question, the keys of its answer in `--json` (and in the rows of Python), and how it is asked."""

    asked: str
    keys: str
    command: str
    sql: str
    python: str


NOW = """standings_now JOIN entries USING (board, entry, name, model, lab)
 WHERE board = 'meridian/llms' AND metric = 'intelligence'"""
EVENT = "SELECT recorded_at, headline FROM events WHERE"
QUESTIONS = (
    Question(
        "Which open model under 40B is best?",
        "rank name",
        "standings meridian/llms --open --max-size 40B --top 1",
        f"SELECT rank, name FROM {NOW} AND open_weights AND size_total_b <= 40 ORDER BY rank LIMIT 1",
        "w.rankings(Filters(open_weights=True, max_size=40, top=1), board='meridian/llms')",
    ),
    Question(
        "Which open models are best on a board that does not state which are open?",
        "rank name",
        "standings colosseum/text --open --top 3",
        """SELECT rank, name FROM standings_now JOIN entries USING (board, entry, name) JOIN metrics USING (board, metric)
        WHERE board = 'colosseum/text' AND is_primary AND open_weights ORDER BY rank LIMIT 3""",
        "w.rankings(Filters(open_weights=True, top=3), board='colosseum/text')",
    ),
    Question(
        "Which models cost at most $1?",
        "rank name",
        "standings meridian/llms --max-price 1",
        f"SELECT rank, name FROM {NOW} AND price <= 1",
        "w.rankings(Filters(max_price=1), board='meridian/llms')",
    ),
    Question(
        "Which closed models are listed?",
        "rank name",
        "standings meridian/llms --closed",
        f"SELECT rank, name FROM {NOW} AND open_weights = 0",
        "w.rankings(Filters(open_weights=False), board='meridian/llms')",
    ),
    Question(
        "What is the order?",
        "rank name value",
        "standings meridian/llms --top 10",
        f"SELECT rank, name, value FROM {NOW} ORDER BY rank, name LIMIT 10",
        "w.standings('meridian/llms')[:10]",
    ),
    Question(
        "Which are the cheapest models?",
        "rank name value",
        "standings meridian/llms --metric price_out --top 5",
        """SELECT rank, name, value FROM standings_now
        WHERE board = 'meridian/llms' AND metric = 'price_out' ORDER BY rank, name LIMIT 5""",
        "w.standings('meridian/llms', metric='price_out')[:5]",
    ),
    Question(
        "Which small models score best on GPQA?",
        "rank name value",
        "standings meridian/llms --metric gpqa --max-size 20B --top 3",
        """SELECT rank, name, value FROM standings_now JOIN entries USING (board, entry, name)
        WHERE board = 'meridian/llms' AND metric = 'gpqa' AND size_total_b <= 20 ORDER BY rank, name LIMIT 3""",
        "w.rankings(Filters(metrics=('gpqa',), max_size=20, top=3), board='meridian/llms')",
    ),
    Question(
        "Who is first on coding?",
        "board rank name",
        "standings --topic coding --top 1",
        """SELECT board, rank, name FROM standings_now JOIN metrics USING (board, metric)
        WHERE topic = 'coding' GROUP BY board, metric HAVING rank = min(rank)""",
        """[(r.board.id, row.standing.rank, row.standing.name)
        for r in w.rankings(Filters(topics=('coding',), top=1)) for row in r.rows]""",
    ),
    Question(
        "What was the order on 5 March?",
        "rank name",
        "standings meridian/llms --at 2026-03-05 --top 5",
        """SELECT rank, name FROM rank_history WHERE board = 'meridian/llms' AND metric = 'intelligence'
        AND valid_from < '2026-03-06' AND coalesce(valid_to, '9') >= '2026-03-06' ORDER BY rank, name LIMIT 5""",
        "w.standings('meridian/llms', at=datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC))[:5]",
    ),
    Question(
        "Which models of one lab are listed?",
        "rank name",
        "standings meridian/llms --lab 'Kettle & Crane'",
        f"SELECT rank, name FROM {NOW} AND lab = 'Kettle & Crane'",
        "w.rankings(Filters(labs=('Kettle & Crane',)), board='meridian/llms')",
    ),
    Question(
        "What is the best model of each lab?",
        "rank name",
        "standings meridian/llms --best-of lab",
        f"SELECT min(rank) AS best, name FROM {NOW} AND lab IS NOT NULL GROUP BY lab",
        "w.rankings(board='meridian/llms', best_of='lab')",
    ),
    Question(
        "Where does a model rank?",
        "rank name",
        "standings meridian/llms --model quillon-3",
        f"SELECT rank, name FROM {NOW} AND model = 'quillon-3'",
        "w.standings('meridian/llms', model='quillon-3')",
    ),
    Question(
        "Who led, from when to when?",
        "since until",
        "leaders meridian/llms",
        "SELECT valid_from, valid_to FROM leaders WHERE board = 'meridian/llms' AND metric = 'intelligence'",
        "[row for led in w.leaders('meridian/llms') for row in led.table()]",
    ),
    Question(
        "Who overtook whom?",
        "recorded_at headline",
        "events --kind overtake --news",
        f"{EVENT} kind = 'overtake' AND is_news",
        "w.events(EventFilter(is_news=True, kinds=('overtake',)))",
    ),
    Question(
        "What changed on a board on 5 March?",
        "recorded_at headline",
        "events --board meridian/llms --since 2026-03-05 --until 2026-03-05",
        f"{EVENT} board = 'meridian/llms' AND recorded_at LIKE '2026-03-05%'",
        "w.events(EventFilter(board='meridian/llms', since=day(5), until=day(6)))",
    ),
    Question(
        "Which models came out since 5 March?",
        "recorded_at headline",
        "events --kind debut --since 2026-03-05",
        f"{EVENT} kind = 'debut' AND recorded_at >= '2026-03-05'",
        "w.events(EventFilter(kinds=('debut',), since=day(5)))",
    ),
    Question(
        "When did prices change?",
        "recorded_at headline",
        "events --kind price_change",
        f"{EVENT} kind = 'price_change'",
        "w.events(EventFilter(kinds=('price_change',)))",
    ),
    Question(
        "Which scores were re-based?",
        "recorded_at headline",
        "events --kind methodology",
        f"{EVENT} kind = 'methodology'",
        "w.events(EventFilter(kinds=('methodology',)))",
    ),
    Question(
        "Which models left?",
        "recorded_at headline",
        "events --kind departure",
        f"{EVENT} kind = 'departure'",
        "w.events(EventFilter(kinds=('departure',)))",
    ),
    Question(
        "Which captures of a board are there, and how did they read?",
        "observed_at state",
        "capture list meridian/llms --last 1000",
        "SELECT observed_at, result FROM checks WHERE board = 'meridian/llms'",
        "w.captures('meridian/llms')",
    ),
    Question(
        "Who came to lead?",
        "recorded_at headline",
        "events --kind new_leader",
        f"{EVENT} kind = 'new_leader'",
        "w.events(EventFilter(kinds=('new_leader',)))",
    ),
    Question(
        "Which models were renamed?",
        "recorded_at headline",
        "events --kind rename",
        f"{EVENT} kind = 'rename'",
        "w.events(EventFilter(kinds=('rename',)))",
    ),
    Question(
        "What did the models of one lab do?",
        "recorded_at headline",
        "events --lab 'Kettle & Crane'",
        f"""{EVENT} event IN (SELECT event FROM parties JOIN entries USING (board, entry)
        WHERE role = 'subject' AND lab = 'Kettle & Crane')""",
        "w.events(only=Filters(labs=('Kettle & Crane',)))",
    ),
    Question(
        "How did a price develop?",
        "value valid_from valid_to",
        "history 'Sable 2 13B' --board meridian/llms --metric price_out",
        """SELECT value, valid_from, valid_to FROM measures
        WHERE board = 'meridian/llms' AND metric = 'price_out' AND name = 'Sable 2 13B'""",
        """[(span.measure.value, span.valid_from, span.valid_to)
        for course in w.history('Sable 2 13B', board='meridian/llms', metric='price_out')
        for spans in course.values.values() for span in spans]""",
    ),
    Question(
        "Which rows are of models that reason?",
        "rank name",
        "standings meridian/llms --reasoning",
        f"SELECT rank, name FROM {NOW} AND reasoning = 'on'",
        "w.rankings(Filters(reasoning=True), board='meridian/llms')",
    ),
    Question(
        "Which models have at least 100B parameters?",
        "rank name",
        "standings meridian/llms --min-size 100B",
        f"SELECT rank, name FROM {NOW} AND size_total_b >= 100",
        "w.rankings(Filters(min_size=100), board='meridian/llms')",
    ),
    Question(
        "Which models does a lab have?",
        "model",
        "models --lab 'Kettle & Crane'",
        "SELECT DISTINCT model FROM entries WHERE lab = 'Kettle & Crane' AND model IS NOT NULL",
        "w.models(only=Filters(labs=('Kettle & Crane',)))",
    ),
    Question(
        "What is the order on coding, on every board?",
        "board rank name value",
        "standings --topic coding",
        """SELECT board, rank, name, value FROM entries JOIN metrics USING (board)
        LEFT JOIN standings_now USING (board, metric, entry, name) WHERE topic = 'coding' AND last_seen IS NULL""",
        """[(r.board.id, row.standing.rank, row.standing.name, row.standing.value)
        for r in w.rankings(Filters(topics=('coding',))) for row in r.rows]""",
    ),
    Question(
        "Which open models up to 15B are listed anywhere?",
        "board name",
        "standings --open --max-size 15B",
        "SELECT board, name FROM entries WHERE open_weights AND size_total_b <= 15 AND last_seen IS NULL",
        """[(r.board.id, row.standing.name)
        for r in w.rankings(Filters(open_weights=True, max_size=15)) for row in r.rows]""",
    ),
    Question(
        "What news was there on 5 March?",
        "recorded_at headline",
        "events --news --since 2026-03-05 --until 2026-03-05",
        "SELECT recorded_at, headline FROM news WHERE recorded_at LIKE '2026-03-05%'",
        "w.events(EventFilter(is_news=True, since=day(5), until=day(6)))",
    ),
)


def printed(demo: Path, *command: str) -> str:
    ran = CliRunner().invoke(cli, ["--store", str(demo), *command], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.output


def plain(value: object) -> str:
    return machine_time(value) if isinstance(value, datetime) else str(value)


def in_order(rows: Iterable[Iterable[object]]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(plain, row)) for row in rows)


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def of_python(question: Question, w: Workspace) -> Iterator[Iterable[object]]:
    known = {"w": w, "Filters": Filters, "EventFilter": EventFilter, "datetime": datetime, "UTC": UTC, "day": day}
    for answer in eval(question.python, known):  # our own lines
        if isinstance(answer, tuple):
            yield answer
            continue
        rows = [ranked.standing for ranked in answer.rows] if hasattr(answer, "rows") else [answer]
        yield from ([getattr(row, key) for key in question.keys.split()] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS, ids=[question.asked for question in QUESTIONS])
def test_a_question_has_one_answer(demo: Path, workspace: Workspace, question: Question):
    rows = [json.loads(line) for line in printed(demo, *shlex.split(question.command), "--json").splitlines()]
    keys = question.keys.split()
    by_command = in_order([row[key] for key in keys] for row in rows if keys[0] in row)
    by_sql = in_order(json.loads(line).values() for line in printed(demo, "sql", question.sql, "--json").splitlines())
    assert by_command == by_sql == in_order(of_python(question, workspace)) != []


def test_the_page_shows_each_question_in_three_languages(request: pytest.FixtureRequest):
    page = Path(__file__).resolve().parents[2] / "docs" / "guide" / "three-languages.md"
    parts = [page.read_text(encoding="utf-8").partition("\n## ")[0].rstrip() + "\n"]
    for question in QUESTIONS:
        sql, python = (" ".join(text.split()) for text in (question.sql, question.python))
        forms = (("sh", f"tracker {question.command}"), ("sql", sql), ("python", python))
        parts += [f"\n## {question.asked}\n", *(f"\n```{language}\n{text}\n```\n" for language, text in forms)]
    if request.config.getoption("--accept"):
        page.write_text("".join(parts), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == "".join(parts)

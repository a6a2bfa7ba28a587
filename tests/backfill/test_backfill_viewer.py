"""The dated split of a dataset becomes a state per publishing date, in the form in which the board reads the viewer."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from past_world import BOARD, Past, at, board

from tracker.errors import DeclarationError
from tracker.fetch.http import httpx
from tracker.model import Board, Column, MetricId, Parse, PastSource, Payload, Request

SOURCE = PastSource(kind="hf", place="acme/boards")
ROWS = [
    ("2026-03-01", "a", "overall", 90.0),
    ("2026-03-01", "b", "overall", 80.0),
    ("2026-03-01", "a", "coding", 10.0),
    ("2026-03-04", "a", "overall", 90.0),
    ("2026-03-04", "b", "overall", 95.0),
]


def parquet(rows: list[tuple[str, str, str, float]]) -> bytes:
    names = ("leaderboard_publish_date", "model_name", "category", "score")
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def request(config: str, where: str = "\"category\"='overall'") -> Request:
    params = {"dataset": "acme/boards", "config": config, "split": "latest", "where": where, "length": "100"}
    return Request(url="https://datasets-server.huggingface.co/filter", params=params)


def viewed(**changes: object) -> Board:
    key = (Column(sources=("model_name",)),)
    parse = Parse(format="json_records", options={"records": "rows[].row"})
    return replace(board(), request=request("text"), parse=parse, key=key, name=key[0], **changes)


def hub(files: Mapping[str, list[bytes]]):
    def answer(asked: httpx.Request) -> httpx.Response:
        config, split, *name = asked.url.path.removeprefix("/api/datasets/acme/boards/parquet/").split("/")
        assert split == "full"
        if not name:
            return httpx.Response(200, content=json.dumps([f"https://hub/{number}" for number in range(len(files[config]))]))
        return httpx.Response(200, content=files[config][int(name[0].removesuffix(".parquet"))])

    return answer


def test_each_publishing_date_is_a_state(past: Past):
    servers = past.servers(hub({"text": [parquet(ROWS[:3]), parquet(ROWS[3:])]}))
    filled = past.take(SOURCE, viewed())
    assert (filled.kept, past.times) == (2, [at(0).replace(hour=0), at(3).replace(hour=0)])
    latest = past.store.latest(BOARD)
    assert {key: entry.measures[MetricId("score")].value for key, entry in latest.entries.items()} == {"a": 90, "b": 95}
    assert len(servers.asked) == 3, "the list, and each file once"
    origin = past.archive.index(BOARD)[0][0].origin
    assert origin == "hf https://huggingface.co/datasets/acme/boards:text/full leaderboard_publish_date=2026-03-01"


def test_only_rows_that_the_board_asks_for_are_taken(past: Past):
    past.servers(hub({"text": [parquet(ROWS)]}))
    past.take(SOURCE, viewed())
    line = past.archive.index(BOARD)[0][0]
    rows = json.loads(past.archive.body(BOARD, line.sha256[0]))["rows"]
    assert [(row["row"]["model_name"], row["row"]["category"]) for row in rows] == [("a", "overall"), ("b", "overall")]


def test_a_further_answer_is_taken_from_its_own_configuration(past: Past):
    past.servers(hub({"text": [parquet(ROWS)], "plain": [parquet(ROWS[:2])]}))
    declared = viewed()
    payload = Payload(name="plain", request=request("plain"), parse=declared.parse, key=declared.key)
    filled = past.take(SOURCE, replace(declared, payloads=(payload,)))
    assert (filled.kept, past.times) == (1, [at(0).replace(hour=0)])
    assert "no rows of 2026-03-04 for plain" in next(iter(filled.refused.values()))
    assert [str(part) for part in past.archive.index(BOARD)[0][0].parts] == ["", "plain"]


def test_a_second_backfill_takes_only_later_dates(past: Past):
    past.servers(hub({"text": [parquet(ROWS[:3])]}))
    past.take(SOURCE, viewed())
    past.servers(hub({"text": [parquet(ROWS)]}))
    filled = past.take(SOURCE, viewed())
    assert (filled.known, filled.kept) == (1, 1)


def test_a_condition_that_files_cannot_answer_is_refused(past: Past):
    past.servers(hub({"text": [parquet(ROWS)]}))
    with pytest.raises(DeclarationError, match="cannot be applied to files"):
        past.take(SOURCE, replace(viewed(), request=request("text", '"score" > 5')))

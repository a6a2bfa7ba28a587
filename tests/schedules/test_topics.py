"""The subjects of metrics have one spelling each, in boards and in watches."""

import re
from pathlib import Path

import pytest

from tracker import schedules
from tracker.errors import DeclarationError
from tracker.model import LED_TOPICS, TOPICS
from tracker.model.names import Lexicon
from tracker.parsers import FORMATS, options_of
from tracker.watches.declaration import load

SHIPPED = Path(__file__).resolve().parents[2] / "schedules"
FORMS = {name: options_of(name) for name in FORMATS}
BOARD = """
title = "A board"
page  = "https://acme.example/board"

[request]
url = "https://acme.example/board.csv"

[parse]
format = "csv_table"

[columns]
key  = "model"
name = "model"

[metrics.score]
from             = "score"
nature           = "tested"
topic            = "{topic}"
higher_is_better = true
primary          = true
"""


@pytest.mark.parametrize(("wrong", "nearest"), [
    ("math", "maths"),
    ("mathematics", "maths"),
    ("Maths", "maths"),
    ("agents", "agentic"),
    ("code", "coding"),
    ("reasonning", "reasoning"),
])  # fmt: skip
def test_a_wrong_spelling_of_a_topic_is_refused_with_the_nearest(tmp_path: Path, wrong: str, nearest: str):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/board.toml").write_text(BOARD.format(topic=wrong), encoding="utf-8")
    (message,) = map(str, schedules.load(tmp_path, FORMS).errors.values())
    assert f'metrics.score.topic = "{wrong}" is unknown; did you mean "{nearest}"?' in message
    assert "\n" not in message


def test_a_watch_for_a_topic_that_no_board_can_have_is_refused(tmp_path: Path):
    file = tmp_path / "watches.toml"
    file.write_text('[[watch]]\nname = "w"\nkind = "overtake"\ntopic = ["coding", "mathematics"]\n', encoding="utf-8")
    with pytest.raises(DeclarationError, match=re.escape('topic = "mathematics" is unknown; did you mean "maths"?')):
        load(file, Lexicon())


def test_every_topic_of_the_shipped_watches_is_that_of_a_shipped_board():
    declared = {metric.topic for board in schedules.load(SHIPPED, FORMS).boards.values() for metric in board.metrics}
    asked = {topic for watch in load(SHIPPED / "watches.toml", Lexicon()) for topic in watch.topics}
    assert asked <= declared
    assert set(LED_TOPICS) <= declared


def test_the_page_on_declarations_names_every_topic():
    page = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert [topic for topic in TOPICS if f"`{topic}`" not in page] == []

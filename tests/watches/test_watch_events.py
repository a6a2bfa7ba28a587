"""A watch over events fires with each event that matches everything it asks for."""

from __future__ import annotations

from pathlib import Path

import kit
import pytest
from watches_world import Watched, watch

from tracker.events.detecting import fail
from tracker.identity import resolve
from tracker.model import BoardState, Check, Failure, FailureStage, Identity, Result, Step
from tracker.watches import Held, Watch, firings, load
from tracker.watches.matching import Classes
from tracker.workspace.names import default_lexicon

FLIP = ("a:50 b:60 c:5 d:4", "a:70 b:60 c:5 d:4")


def fired(over, *texts: str, **more: object) -> int:
    """With how many events of the last day it fired."""
    watched = Watched(over, kit.metric(stated_error=1.0))
    for text in texts[:-1]:
        watched.show(text, **more)
    return len(watched.show(texts[-1], **more))


def test_it_fires_with_an_event_of_that_kind_and_names_it():
    watched = Watched(watch(kinds=("overtake",)), kit.metric(stated_error=1.0))
    watched.show(FLIP[0])
    events = watched.history.show(FLIP[1])
    (firing,) = watched.say(events, BoardState())
    (event,) = [event for event in events if event.kind == "overtake"]
    assert (firing.event, firing.headline, firing.evidence) == (event.id, event.headline, event.evidence)
    assert (firing.after, firing.until, firing.already) == (event.after, event.until, False)


@pytest.mark.parametrize(
    ("asks", "count"),
    [
        ({"kinds": ("overtake",)}, 1),
        ({"kinds": ("departure",)}, 0),
        ({"kinds": ("overtake",), "grades": ("supported",)}, 1),
        ({"kinds": ("overtake",), "grades": ("decisive",)}, 0),
        ({"kinds": ("overtake",), "subject": "a", "rival": "b"}, 1),
        ({"kinds": ("overtake",), "subject": "b"}, 0),
        ({"kinds": ("overtake",), "rival": "c"}, 0),
        ({"kinds": ("overtake",), "topics": ("overall",)}, 1),
        ({"kinds": ("overtake",), "topics": ("maths",)}, 0),
        ({"kinds": ("overtake",), "metrics": ("sc*",)}, 1),
        ({"kinds": ("overtake",), "boards": ("made/*",)}, 1),
        ({"kinds": ("overtake",), "boards": ("other/*",)}, 0),
        ({"kinds": ("overtake",), "min_weight": 60}, 1),
        ({"kinds": ("overtake",), "min_weight": 61}, 0),
    ],
)
def test_every_condition_must_hold(asks, count):
    assert fired(watch(**asks), *FLIP) == count


def test_only_news_unless_the_rest_is_asked_for():
    nominal = ("a:50.0 b:50.5 c:5", "a:50.9 b:50.5 c:5")
    assert fired(watch(kinds=("overtake",)), *nominal) == 0
    assert fired(watch(kinds=("overtake",), news_only=False), *nominal) == 1


def test_classes_apply_to_the_subject_and_unknown_never_matches():
    opened = watch(kinds=("overtake",), classes=Classes(open_weights=True))
    assert fired(opened, *FLIP, attributes={"a": {"open_weights": "true"}}) == 1
    assert fired(opened, *FLIP, attributes={"a": {"open_weights": "false"}}) == 0
    assert fired(opened, *FLIP) == 0
    small = watch(kinds=("overtake",), classes=Classes(max_size_b=15, min_size_b=2))
    assert fired(small, *FLIP, who={"a": Identity(size_total_b=14.0)}) == 1
    assert fired(small, *FLIP, who={"a": Identity(size_total_b=72.0)}) == 0
    assert fired(small, *FLIP, who={"a": Identity(size_total_b=1.0)}) == 0


@pytest.mark.parametrize(
    ("asks", "count"),
    [({"lab": "openai"}, 1), ({"lab": "Google"}, 0), ({"country": "us"}, 1), ({"reasoning": "on"}, 1), ({"reasoning": "off"}, 0)],
)
def test_lab_country_and_reasoning(asks, count):
    who = {"a": Identity(lab="OpenAI", country="US", reasoning="on")}
    assert fired(watch(kinds=("overtake",), classes=Classes(**asks)), *FLIP, who=who) == count


def test_an_entry_that_left_the_page_keeps_its_class():
    over = Watched(watch(kinds=("departure",), classes=Classes(lab="Acme")))
    ids = {"z": Identity(lab="Acme")}
    over.show("a:1 b:2 z:3", who=ids)
    over.show("a:1 b:2", who=ids)
    assert over.show("a:1 b:2", who=ids) == ()  # by its name alone it is nobody's
    named = Watched(watch(kinds=("departure",), subject="z"))
    named.show("a:1 b:2 z:3")
    named.show("a:1 b:2")
    assert [firing.subjects[0].entry for firing in named.show("a:1 b:2")] == ["z"]


def test_trouble_with_a_board_has_no_subject_and_can_be_watched():
    watched = kit.board()
    failure = Failure(
        board=watched.id,
        observed_at=kit.START,
        url=kit.PAGE,
        sha256=(),
        trouble=FailureStage.PARSE,
        error="ParseError",
        message="no table",
    )
    events = fail(watched, failure, BoardState())
    check = Check(board=watched.id, observed_at=kit.START, result=Result.UNREADABLE, url=kit.PAGE)
    step = Step(check=check, past=BoardState(), events=events)
    fired_now, held = firings(watch(kinds=("board_broken",)), watched, step, BoardState(), Held(), lexicon=default_lexicon())
    assert ([firing.event for firing in fired_now], held) == ([events[0].id], Held())
    assert (
        firings(watch(kinds=("board_broken",), subject="a"), watched, step, BoardState(), Held(), lexicon=default_lexicon())[0]
        == ()
    )


MATHS = kit.metric("maths", primary=False, topic="maths")
LINES = {"q": "Qwen4 72B", "g": "GPT-4o", "o": "GPT-4 Turbo", **{f"m{place}": f"Mistral Large {place}" for place in range(9)}}


def shipped() -> Watch:
    watches = load(Path(__file__).resolve().parents[2] / "schedules/watches.toml", default_lexicon())
    return next(watch for watch in watches if watch.name.startswith("Qwen passes GPT-4"))


def of_maths(*pages: str) -> list[list[str]]:
    """The headlines of the shipped watch, day by day, on a board whose score stands still."""
    watched = Watched(shipped(), kit.SCORE, MATHS)
    names = {"names": LINES, "who": {key: resolve(name, lexicon=default_lexicon()) for key, name in LINES.items()}}
    days = [watched.show("g:9 o:8 m0:7 m1:6", maths=page, **names) for page in pages]
    return [[firing.headline for firing in day] for day in days]


OTHERS = " ".join(f"m{place}:{60 - place}" for place in range(9))


def test_the_shipped_watch_fires_when_a_new_model_enters_above_its_rival_and_says_which():
    _, headlines = of_maths(f"g:40 {OTHERS}", f"g:40 {OTHERS} q:55.5")
    (entered,) = [headline for headline in headlines if " at rank " in headline]
    assert entered.startswith("Qwen4 72B (55.5) enters Board (maths) at rank 6, above Mistral Large 5 (55)")
    assert entered.endswith("Among those below: GPT-4o.")


def test_the_shipped_watch_fires_when_a_listed_model_passes_its_rival_far_from_the_top():
    _, (headline,) = of_maths(f"g:40 o:30 q:20 {OTHERS}", f"g:40 o:30 q:35 {OTHERS}")
    assert headline == "Qwen4 72B (35) overtakes GPT-4 Turbo (30) on Board (maths), no error margin published."


def test_the_shipped_watch_is_silent_while_that_is_so_or_cannot_be_compared():
    assert of_maths(f"g:40 q:45 {OTHERS}", f"g:40 q:46 {OTHERS}")[1] == []
    assert of_maths(f"g:40 q:35 {OTHERS}", f"g:60 q:65 {OTHERS.replace(':', ':1')}")[1] == []


def test_a_watch_that_names_grades_also_fires_on_what_is_only_recorded(tmp_path):
    path = tmp_path / "watches.toml"
    path.write_text('[[watch]]\nname = "a"\ngrade = "nominal"\n[[watch]]\nname = "b"\nkind = "overtake"\n', encoding="utf-8")
    assert [watch.news_only for watch in load(path, default_lexicon())] == [False, True]

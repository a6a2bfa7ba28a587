"""A story in a headline and a few facts, without the names of its board and metric."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_world import AA, event, health, report, top

from tracker.model import BoardReport, Event
from tracker.reports.brief import FACT, HEADLINE, MOST_FACTS, Brief, brief
from tracker.reports.words import heading

TITLE = "Artificial Analysis"


def board_of(*events: Event) -> BoardReport:
    return report(events, health(title=TITLE), tops={AA: top("A", "B")}).boards[0]


def told(*events: Event) -> Brief:
    board = board_of(*events)
    return brief(board.stories[0], board)


def headline_of(sentence: str) -> str:
    return told(event("1", "debut", "A", headline=sentence)).headline


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (f"A leads {TITLE} (Intelligence Index) with 61.44, ahead of B.", "A leads with 61.44, ahead of B."),
        (f"A enters {TITLE} at rank 1 of 300 with 61.44 (Intelligence Index).", "A enters at rank 1 of 300 with 61.44."),
        (f"A enters {TITLE} at rank 1 with 61.4 % (Intelligence Index).", "A enters at rank 1 with 61.4 %."),
        (f"A (74) enters {TITLE} (Agentic Index) at rank 2.", "A (74) enters on Agentic Index at rank 2."),
        (f"A goes from 60 to 70 on {TITLE} (Index (v4)).", "A goes from 60 to 70 on Index (v4)."),
        (f"A is level with B, 3 times its size, on {TITLE} (Intelligence Index): 41 against 40.",
         "A is level with B, 3 times its size: 41 against 40."),
        (f"A is listed, after its release, on {TITLE} at rank 3.", "A is listed, after its release, at rank 3."),
        (f"A now has open weights, says {TITLE}.", "A now has open weights."),
        (f"A is no longer listed on {TITLE}.", "A is no longer listed."),
        (f"A: output price on {TITLE} drops from $10 to $5 (−50 %).", "A: output price drops from $10 to $5 (−50 %)."),
        (f"A enters {TITLE}s at rank 3.", f"A enters {TITLE}s at rank 3."),
    ],
)  # fmt: skip
def test_a_headline_does_not_repeat_the_heading_above_it(sentence: str, shown: str):
    assert headline_of(sentence) == shown


def test_a_sentence_that_is_too_long_goes_on_in_the_first_fact():
    sentence = (
        f"A model of a very long name (reasoning, tools) leads {TITLE} (Intelligence Index) with 61.44, ahead of {'B' * 25}."
    )
    assert told(event("1", "debut", "A", headline=sentence)) == Brief(
        headline="A model of a very long name (reasoning, tools) leads with 61.44.", facts=(f"Ahead of {'B' * 25}.",)
    )


def test_a_list_of_boards_is_divided_between_boards_and_not_in_a_title():
    shown = "Arena: text (as scraped by CEPS), Arena: vision (as scraped by CEPS),"
    rest = "Benchmark: mathematics (averages of all tasks) and Arena: code."
    sentence = f"4 boards report that Claude Opus 4.6 passed GPT-5.1: {shown} {rest}"
    assert told(event("1", "debut", "A", headline=sentence)) == Brief(
        headline="4 boards report that Claude Opus 4.6 passed GPT-5.1.", facts=(f"{shown} …", f"… {rest}")
    )


def test_a_fact_on_the_subject_of_the_story_begins_with_its_verb():
    lead = event("1", "new_leader", "GPT-6", grade="debut", weight=90, headline=f"GPT-6 leads {TITLE}.")
    gain = event("2", "generation_gain", "GPT-6", weight=20, headline=f"GPT-6 scores 60 on {TITLE}, against 50 of GPT-5.")
    assert told(lead, gain).facts == ("Scores 60, against 50 of GPT-5.",)


def test_a_longer_name_that_begins_like_the_subject_keeps_its_beginning():
    lead = event("1", "new_leader", "GPT-6", grade="debut", weight=90, headline=f"GPT-6 leads {TITLE}.")
    other = event("2", "new_leader", "GPT-6", weight=20, headline=f"GPT-6mini scores 60 on {TITLE}.", rivals=["x"])
    assert "mini scores" not in told(lead, other).facts[0].removeprefix("GPT-6")


words = st.text(st.sampled_from("ab,;:() "), min_size=1, max_size=60)


@given(st.lists(words, min_size=1, max_size=12), st.lists(words, max_size=9))
def test_a_story_keeps_its_limits_and_its_headline_loses_no_letter(parts: list[str], others: list[str]):
    sentence = " ".join(parts).strip() or "a"
    events = [event("1", "new_leader", "A", grade="debut", weight=90, headline=sentence)]
    events += [event(f"e{n}", "generation_gain", "A", weight=9 - n, headline=text) for n, text in enumerate(others)]
    shown = told(*events)
    assert len(shown.headline) <= HEADLINE
    assert len(shown.facts) <= MOST_FACTS
    assert all(len(fact) <= FACT for fact in shown.facts)
    kept = re.sub("[^ab]", "", " ".join((shown.headline, *shown.facts)).casefold())
    assert kept.startswith(re.sub("[^ab]", "", sentence)[: HEADLINE // 4])


def test_what_does_not_fit_is_counted():
    lead = event("1", "new_leader", "A", grade="debut", weight=90, headline="A leads.")
    rest = [event(f"e{n}", "generation_gain", "A", weight=20 - n, headline=f"Fact {n}.") for n in range(7)]
    assert told(lead, *rest).facts == ("Fact 0.", "Fact 1.", "Fact 2.", "And 4 more events.")


def test_what_the_heading_says_of_the_error_is_not_repeated_below_it():
    leads = event("1", "new_leader", "A", grade="nominal", headline=f"A leads {TITLE} (Index) with 7, no error margin published.")
    sentence = f"A scores 60 on {TITLE} (Coding), against 50 of B, no error margin published."
    other = event("2", "generation_gain", "A", weight=20, headline=sentence)
    (board,) = report([leads, other], health(title=TITLE), tops={AA: top("A", "B", title="Index", has_error=False)}).boards
    assert heading(board) == "Artificial Analysis (Index, no error margin published)"
    assert brief(board.stories[0], board) == Brief(
        headline="A leads with 7.", facts=("Scores 60 on Coding, against 50 of B, no error margin published.",)
    )

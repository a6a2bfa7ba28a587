"""What a message says, in which order, and what gives way when it is too long."""

import json
from pathlib import Path

import pytest
from messages_world import ARENA, DEBUT, LEAD, OTHER, T0, boards, broken, declared, event, message, recovered

from tracker.errors import DeliveryError
from tracker.notify.forms import FORMS, shorten
from tracker.reports import event_json

GOLDEN = Path(__file__).parent / "golden"
EVIDENCE = "Evidence: https://aa.example/models, tracker verify 3c7213a00910"
ENDINGS = {"text": "txt", "markdown": "md", "html": "html", "json": "json"}


@pytest.mark.parametrize("form", [*FORMS, "json"])
@pytest.mark.parametrize("name", ["one", "several", "troubles"])
def test_messages_look_as_accepted(name: str, form: str, request: pytest.FixtureRequest):
    shown = {
        "one": [LEAD, DEBUT],
        "several": [DEBUT, OTHER, ARENA, LEAD],
        "troubles": [broken("text"), broken("vision"), broken("code", minutes=4)],
    }[name]
    counted = [event(f"{number:016x}", "Another.", minutes=number) for number in range(14)] if name == "several" else []
    text = message(shown, counted, form=form).body + "\n"
    path = GOLDEN / f"{name}.{ENDINGS[form]}"
    if request.config.getoption("--accept"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode(), f"{path.name} differs; pytest --accept writes it anew"


def test_the_headline_comes_first_and_the_evidence_last():
    lines = message([DEBUT, LEAD]).body.split("\n")
    assert lines[0] == LEAD.headline
    assert lines[-1] == EVIDENCE


def test_the_headline_is_the_title_if_there_is_one_and_is_not_repeated():
    sent = message([LEAD], title=200)
    assert sent.title == LEAD.headline
    assert LEAD.headline not in sent.body
    assert sent.body.endswith(EVIDENCE)


def test_a_headline_too_long_for_the_title_is_whole_in_the_body():
    sent = message([LEAD], title=30)
    assert sent.title == "Qwen 9 (57.1) takes the lead…"
    assert sent.body.startswith(LEAD.headline)


def test_the_title_of_several_stories_counts_the_others():
    assert message([LEAD, OTHER, ARENA], title=200).title == f"{LEAD.headline} (and 2 more)"


def test_a_folded_event_is_not_a_separate_story():
    assert message([LEAD, DEBUT], title=200).title == LEAD.headline
    assert DEBUT.headline not in message([LEAD, DEBUT]).body


def test_the_board_with_the_weightiest_story_comes_first():
    body = message([OTHER, ARENA, LEAD]).body
    assert body.index(LEAD.headline) < body.index(ARENA.headline) < body.index(OTHER.headline)


def test_counted_events_come_with_the_command_that_lists_them():
    counted = [event("c1", "One.", minutes=1), event("c2", "Two.", minutes=2)]
    sent = message([LEAD], counted)
    assert sent.more == 2
    assert (
        "And 2 more events: tracker events --board artificial-analysis/llms"
        " --since 2026-04-18T06:19:33Z --until 2026-04-18T06:20:34Z" in sent.body
    )


def test_the_publishers_are_named():
    assert "Data: Artificial Analysis, aa.example; Arena" in message([LEAD, ARENA]).body


def test_the_same_arguments_give_the_same_message_in_any_order():
    assert message([LEAD, DEBUT, OTHER, ARENA]).body == message([ARENA, OTHER, DEBUT, LEAD]).body


def test_an_event_of_an_undeclared_board_is_shown_with_its_evidence():
    body = message([LEAD], of={}).body
    assert body.endswith("Evidence: https://aa.example/api, tracker verify 3c7213a00910")


def test_an_event_without_evidence_points_to_the_status():
    ours = event(
        "aa", "The clock was set back by 3 hours.", kind="tracker_trouble", grade="clock", of="", subjects=(), evidence=()
    )
    assert message([ours]).body.endswith("Details: tracker status")


# ── troubles ─────────────────────────────────────────────────────────────────────────────────────


def test_boards_of_one_host_that_cannot_be_read_are_one_story():
    body = message([broken("text"), broken("vision"), broken("code")]).body
    assert body.startswith("3 boards of api.arena.example cannot be read: Arena code, Arena text and Arena vision.")
    assert body.count("no table with 3 columns") == 3


def test_boards_of_two_hosts_are_two_stories():
    body = message([broken("text"), broken("vision"), broken("code", url="https://other.example/x")]).body
    assert body.startswith("2 boards of api.arena.example cannot be read: ")
    assert "• Arena code does not have the declared structure" in body


def test_one_broken_board_keeps_its_headline_and_states_the_reason():
    lines = message([broken("text")]).body.split("\n")
    assert lines[0].startswith("Arena text does not have the declared structure")
    assert "• no table with 3 columns; correct parse.select" in lines


def test_a_trouble_and_its_end_are_one_story():
    sent = message([broken("text"), recovered("text", minutes=300)])
    assert sent.body.startswith("Arena text reads again after 5 hours.")
    assert sent.body.count("no table with 3 columns") == 1
    assert "cannot be read" not in sent.body


def test_a_board_that_broke_again_after_it_recovered_is_still_broken():
    sent = message([recovered("text"), broken("text", minutes=60)])
    assert sent.body.startswith("Arena text does not have the declared structure")


def test_many_boards_that_read_again_are_one_story():
    sent = message([recovered("text"), recovered("vision")])
    assert sent.body.startswith("2 boards of api.arena.example read again: Arena text and Arena vision.")


# ── lengths ──────────────────────────────────────────────────────────────────────────────────────


def test_the_lightest_stories_give_way_first_and_are_counted():
    sent = message([LEAD, DEBUT, OTHER, ARENA], body=430)
    assert len(sent.body) <= 430
    assert ARENA.headline in sent.body
    assert OTHER.headline not in sent.body
    assert sent.more == 1
    assert "Also on" not in sent.body
    assert "And 1 more event: tracker events" in sent.body
    assert sent.body.endswith(EVIDENCE)


def test_a_headline_too_long_is_cut_at_a_word_and_the_evidence_stays():
    sent = message([LEAD], body=110)
    assert sent.body == f"Qwen 9 (57.1) takes the lead on…\n\n{EVIDENCE}"


def test_a_limit_that_leaves_no_room_for_a_headline_is_refused_for_good():
    with pytest.raises(DeliveryError, match="30 characters are too few") as found:
        message([LEAD], body=30)
    assert found.value.final


def test_a_page_with_a_long_address_is_left_out_of_short_messages_and_the_command_stays():
    far = declared("artificial-analysis/llms", "AA", f"https://aa.example/{'x' * 200}")
    assert message([LEAD], body=200, of=boards(far)).body.endswith("Evidence: tracker verify 3c7213a00910")


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("One two.", 8, "One two."),
        ("One two. Three four.", 12, "One two."),
        ("One two. Three four five six seven.", 30, "One two. Three four five six…"),
        ("One scored 3.5 there.", 13, "One scored…"),
        ("Unbreakable", 6, "Unbre…"),
    ],
)
def test_text_is_cut_at_the_end_of_a_sentence_else_of_a_word(text: str, most: int, cut: str):
    assert shorten(text, most) == cut


# ── for programs ─────────────────────────────────────────────────────────────────────────────────


def test_json_holds_the_events_as_the_command_line_prints_them_weightiest_first():
    sent = message([OTHER, LEAD], [ARENA], form="json")
    assert json.loads(sent.body) == {
        "id": "m1",
        "route": "team",
        "title": LEAD.headline,
        "events": json.loads(json.dumps([event_json(LEAD), event_json(OTHER)])),
        "more": 1,
    }


def test_json_too_long_leaves_whole_events_out_and_counts_them():
    whole = message([LEAD, OTHER, ARENA], form="json")
    sent = message([LEAD, OTHER, ARENA], form="json", body=len(whole.body) - 1)
    found = json.loads(sent.body)
    assert [event["id"] for event in found["events"]] == [LEAD.id, ARENA.id]
    assert found["more"] == sent.more == 1


def test_json_without_room_for_one_event_is_refused_for_good():
    with pytest.raises(DeliveryError, match="too few for one event") as found:
        message([LEAD], form="json", body=100)
    assert found.value.final


def test_the_time_of_the_world_is_the_one_in_the_golden_files():
    assert T0.isoformat() == "2026-04-18T06:18:33+00:00"

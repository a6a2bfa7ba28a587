"""A change of an entry while its row was odd is reported once, when the row can be read again; an odd row itself is no news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest
from line_world import BOARD, at, board, keep, kinds

from tracker.line import apart, sync
from tracker.line.fold import steps
from tracker.model import Board, BoardState, Column, EntryId, Event, EventFilter
from tracker.ports import Store
from tracker.query.standings import standings
from tracker.query.why_not import explain
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

WORDS = ("Heron", "Kestrel", "Marl", "Ostrea", "Quillon", "Tamsin", "Umbra", "Vesper", "Wyvern", "Yarrow")
NAMES = [f"{word} {number}" for number in (1, 2, 3, 4) for word in WORDS]
BASE = {name: 1500 - 10 * place for place, name in enumerate(NAMES)}
"""The leader is Heron 1 with 1500, then Kestrel 1 with 1490; Yarrow 4 is last with 1110."""
PARTIAL, WHOLE = "board_partial/rows", "board_recovered/partial"


def by(column: str) -> Board:
    """The board with the names, or with the publisher's ids, as keys."""
    return replace(board(), key=(Column(sources=(column,)),))


def ids(name: str) -> str:
    return f"id-{NAMES.index(name)}"


def page(odd: str = "", *, of: str = "Kestrel 1", more: Sequence[str] = (), end: str = "", **scores: int) -> bytes:
    """The base with other scores (`Kestrel_1=1440`), with the row of an entry replaced, and with more rows on top."""
    values = BASE | {name.replace("_", " "): score for name, score in scores.items()}
    rows = {name: f"{ids(name)},{name},{score},1," for name, score in values.items()}
    if odd:
        rows[of] = odd.replace("ID", ids(of))
    return ("\n".join(["key,name,score,price,licence", *more, *rows.values()]) + f"\n{end}").encode()


def read(archive: FileArchive, store: Store, declared: Board, *bodies: bytes) -> list[Event]:
    """The events of the last body."""
    keep(archive, dict(enumerate(bodies)))
    sync.sync_board(declared, archive, store, lexicon=default_lexicon())
    last = at(len(bodies) - 1)
    return [event for event in store.events(EventFilter(board=BOARD)) if event.recorded_at == last]


def news(events: Sequence[Event], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind and event.is_news]


ODD = {
    "surplus cells": "ID,Kestrel 1,1490,1,,junk",
    "fifty surplus cells": "ID,Kestrel 1,1490,1,," + ",x" * 50,
    "a score with a word": "ID,Kestrel 1,1490 or so,1,",
    "a pending score": "ID,Kestrel 1,TBD,1,",
    "an empty score": "ID,Kestrel 1,,1,",
    "a row that ends after the name": "ID,Kestrel 1",
    "a score of zero": "ID,Kestrel 1,0,1,",
    "a score of one": "ID,Kestrel 1,1,1,",
    "a tenth, rounded": "ID,Kestrel 1,149,1,",
    "a percentage": "ID,Kestrel 1,99%,1,",
    "a decimal comma": 'ID,Kestrel 1,"1,49",1,',
    "twice the score": "ID,Kestrel 1,3000,1,",
    "1e308": "ID,Kestrel 1,1e308,1,",
    "a negative price": "ID,Kestrel 1,1490,-1,",
    "a name of emoji": "ID,🔥🔥🔥,1490,1,",
    "no name": "ID,,1490,1,",
    "N/A as a name": "ID,N/A,1490,1,",
    "null as a name": "ID,null,1490,1,",
    "a name of digits": "ID,12345,1490,1,",
    "a sum as a name": "ID,Average,1490,1,",
    "an error as a name": "ID,Error 500: internal,1490,1,",
    "a sentence as a name": "ID,We are sorry but nobody could load this model now,1490,1,",
    "markup as a name": "ID,<script>alert(1)</script>,1490,1,",
    "an address as a name": "ID,https://evil.example,1490,1,",
    "a name of 400 letters": f"ID,{'A' * 400},1490,1,",
    "a control character in the name": "ID,Kes\x01trel,1490,1,",
    "a name that is turned round": "ID,\u202e1 lertseK,1490,1,",
}
SPLIT = {"a name with a comma": "ID,Kestrel, 1,1490,1,MIT", "cells out of place": "1490,1,,ID,Kestrel 1"}
"""Rows that do not show whose they are where the name is the key."""
WITHDRAWN = ("a pending score", "an empty score", "a row that ends after the name")


@pytest.mark.parametrize("key", ["key", "name"])
@pytest.mark.parametrize("odd", [*ODD, *SPLIT])
def test_a_change_while_a_row_is_odd_is_reported_once_when_the_row_is_read_again(
    archive: FileArchive, store: Store, key: str, odd: str
):
    row = {**ODD, **SPLIT}[odd]
    if key == "key" and odd == "cells out of place":
        row = row.replace("1490", "ID", 1).replace("ID,Kestrel", "x,Kestrel")
    after = read(archive, store, by(key), page(), page(row), page(Kestrel_1=1440), page(Kestrel_1=1440, end="\n"))
    assert after == []
    assert [event.kind for event in store.events(EventFilter(board=BOARD)) if event.is_news and event.recorded_at == at(1)] in (
        [],
        ["board_partial"],
    )
    (revised,) = news(list(store.events(EventFilter(board=BOARD))), "score_revision")
    assert (revised.facts["before"], revised.facts["after"]) == (1490, 1440)
    assert (revised.after, revised.until) == (at(0), at(2))
    assert [evidence.raw for evidence in revised.evidence] == ["1490", "1440"]


@pytest.mark.parametrize("odd", [name for name in ODD if name not in WITHDRAWN])
def test_an_odd_row_of_the_leader_takes_no_lead_and_its_fall_is_reported_in_the_end(archive: FileArchive, store: Store, odd: str):
    row = ODD[odd].replace("Kestrel", "Heron").replace("1490", "1500")
    odd_page = page(row, of="Heron 1")
    after = read(archive, store, by("name"), page(), odd_page, page(Heron_1=1440))
    assert not {"new_leader", "rename", "departure"} & {event.kind for event in store.events(EventFilter(until=at(1)))}
    (leader,) = news(after, "new_leader")
    assert leader.headline.startswith("Kestrel 1 leads Acme Arena (Score) with 1,490")
    assert "before, Heron 1 led" in leader.headline
    assert len(news(after, "score_revision")) == 1


def test_a_score_that_is_gone_is_reported_at_the_second_reading_and_so_is_its_return(archive: FileArchive, store: Store):
    gone = page(ODD["a pending score"])
    pages = [page(), gone, gone + b"\n", gone + b"\n\n", page(Kestrel_1=1440)]
    (back,) = news(read(archive, store, by("name"), *pages), "score_revision")
    first, second = news(list(store.events(EventFilter(board=BOARD))), "score_revision")
    assert (first.grade, first.recorded_at, first.until) == ("withdrawn", at(2), at(1))
    assert (second, back.headline) == (back, "Kestrel 1 has a score on Acme Arena again: 1,440 after 1,490 (Score).")
    assert [evidence.raw for evidence in back.evidence] == ["1490", "1440"]
    assert [evidence.observed_at for evidence in back.evidence] == [at(0), at(4)]


def test_a_leader_whose_score_was_gone_is_named_when_it_is_back_below(archive: FileArchive, store: Store):
    gone = page("ID,Heron 1,N/A,1,", of="Heron 1")
    after = read(archive, store, by("name"), page(), gone, gone + b"\n", page(Heron_1=1440))
    (leader,) = news(after, "new_leader")
    assert "before, Heron 1 led" in leader.headline


def test_scores_that_many_rows_lose_at_once_are_gone_at_the_second_reading(archive: FileArchive, store: Store):
    body = page().replace(b"Marl 1,1480", b"Marl 1,").replace(b"Marl 2,1380", b"Marl 2,")
    assert news(read(archive, store, by("name"), page(), body), "score_revision") == []
    keep(archive, {2: body + b"\n"})
    after = sync.sync_board(by("name"), archive, store, default_lexicon()).events
    assert [event.grade for event in after if event.kind == "score_revision"] == ["withdrawn"] * 2


def test_a_true_jump_is_news_at_the_second_reading_and_dated_at_the_first(archive: FileArchive, store: Store):
    after = read(archive, store, by("name"), page(), page(Yarrow_4=1515), page(Yarrow_4=1515, end="\n"))
    (leader,) = news(after, "new_leader")
    assert (leader.after, leader.until, leader.recorded_at) == (at(0), at(1), at(2))
    assert {event.until for event in news(after, "score_revision")} == {at(1)}


@pytest.mark.parametrize("score", [1600, 1900])
def test_a_record_at_a_debut_is_news_at_once(archive: FileArchive, store: Store, score: int):
    assert news(read(archive, store, by("name"), page(), page(more=[f"new,Newcomer 1,{score},1,"])), "debut")


def test_a_moderate_move_is_news_at_once(archive: FileArchive, store: Store):
    assert news(read(archive, store, by("name"), page(), page(Marl_2=1520)), "new_leader")


def test_a_value_that_was_far_out_may_come_back_at_once(archive: FileArchive, store: Store):
    odd = page(ODD["a score of zero"])
    assert news(read(archive, store, by("name"), page(), odd, odd + b"\n", page(end="\n")), "score_revision")


# ── names ────────────────────────────────────────────────────────────────────────────────────────

NEVER = [name for name in ODD if "name" in name and name not in WITHDRAWN]


@pytest.mark.parametrize("key", ["key", "name"])
@pytest.mark.parametrize("odd", NEVER)
def test_what_is_not_a_name_is_never_a_rename_a_departure_or_a_debut(archive: FileArchive, store: Store, key: str, odd: str):
    body = page(ODD[odd].replace("1490", "9999"))
    read(archive, store, by(key), page(), *(body + b"\n" * number for number in range(4)))
    assert kinds(store) == [PARTIAL]


@pytest.mark.parametrize("name", ["N/A", "Error: upstream timed out", "Average", "12345"])
def test_an_additional_row_without_a_name_does_not_enter_the_board_or_shift_a_rank(archive: FileArchive, store: Store, name: str):
    body = page(more=[f"id-new,{name},9999,1,"])
    read(archive, store, by("key"), page(), body, body + b"\n")
    assert kinds(store) == [PARTIAL]
    assert [row.rank for row in standings(by("key"), store)] == list(range(1, 41))


@pytest.mark.parametrize("key", ["key", "name"])
@pytest.mark.parametrize("name", ["null", "12345", "Average"])
def test_a_board_that_has_such_names_may_have_others(archive: FileArchive, store: Store, key: str, name: str):
    known = {"null": "none", "12345": "777", "Average": "Total"}[name]
    first = page(more=[f"known,{known},1000,1,"])
    after = read(archive, store, by(key), first, page(more=[f"known,{known},1000,1,", f"new,{name},1200,1,"]))
    assert news(after, "debut")


def test_an_id_that_says_more_than_an_odd_name_vouches_for_it(archive: FileArchive, store: Store):
    assert news(read(archive, store, by("key"), page(), page(more=["acme-null-7b,null,1200,1,"])), "debut")


@pytest.mark.parametrize("again", ["KESTREL 1", "Kestrel-1", "kestrel  1.", "(Kestrel) 1"])
def test_another_spelling_of_a_listed_name_does_not_enter_the_board(archive: FileArchive, store: Store, again: str):
    body = page(more=[f"new,{again},1555,1,"])
    read(archive, store, by("name"), page(), body, body + b"\n", page())
    assert kinds(store) == [PARTIAL, WHOLE]
    assert [row.rank for row in standings(by("name"), store, at=at(2))] == list(range(1, 41))


def test_another_id_for_the_same_name_is_another_row(archive: FileArchive, store: Store):
    assert news(read(archive, store, by("key"), page(), page(more=["new,KESTREL 1,1555,1,"])), "new_leader")


# ── what the board says ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("second", "shown"), [("1490", [1, 3, 4]), ("1555", [1, 3, 4]), ("900", [1, 3, 4])])
def test_a_duplicate_takes_one_place(archive: FileArchive, store: Store, second: str, shown: list[int]):
    read(archive, store, by("name"), page(), page(more=[f"x,Kestrel 1,{second},1,"]))
    assert [row.rank for row in standings(by("name"), store)[:3]] == shown


def test_the_next_report_says_what_became_of_the_row(archive: FileArchive, store: Store):
    after = read(archive, store, by("name"), page(), page(ODD["N/A as a name"]), page(Kestrel_1=1440))
    (partial,) = news(list(store.events(EventFilter(board=BOARD))), "board_partial")
    assert partial.headline == "Acme Arena is read without 1 row (N/A, perhaps Kestrel 1) that cannot be read or believed."
    (whole,) = news(after, "board_recovered")
    assert whole.headline == "Acme Arena is read as a whole again; Kestrel 1 has 1,440 after 1,490."


def test_a_row_that_is_as_before_is_said_to_be(archive: FileArchive, store: Store):
    (whole,) = news(read(archive, store, by("name"), page(), page(ODD["surplus cells"]), page()), "board_recovered")
    assert whole.headline == "Acme Arena is read as a whole again; Kestrel 1 still has 1,490."


def test_a_doubt_that_becomes_unreadable_is_reported_then(archive: FileArchive, store: Store):
    after = read(archive, store, by("name"), page(), page(ODD["a score of zero"]), page(ODD["a score with a word"]))
    assert len(news(after, "board_partial")) == 1
    assert news(list(store.events(EventFilter(until=at(1)))), "board_partial") == []


def test_an_entry_that_a_strange_row_may_be_departs_once_that_row_is_gone(archive: FileArchive, store: Store):
    gone = page().replace(f"{ids('Kestrel 1')},Kestrel 1,1490,1,\n".encode(), b"")
    after = read(archive, store, by("name"), page(), page(ODD["no name"]), gone, gone + b"\n")
    assert [event.subjects[0].name for event in news(after, "departure")] == ["Kestrel 1"]


def test_an_entry_that_goes_later_departs_although_a_strange_row_stays(archive: FileArchive, store: Store):
    strange = page(ODD["no name"])
    later = strange.replace(b"id-30,Heron 4,1200,1,\n", b"")
    after = read(archive, store, by("name"), page(), strange, later, later + b"\n")
    assert [event.subjects[0].name for event in news(after, "departure")] == ["Heron 4"]


def test_a_value_from_an_old_scale_is_not_compared_when_its_row_is_read_again(archive: FileArchive, store: Store):
    half = page().replace(b",1,\n", b",1,\n")
    scaled = b"\n".join(_halved(line) for line in half.split(b"\n"))
    odd = scaled.replace(b"Kestrel 1,745", b"Kestrel 1,745 or so")
    after = read(archive, store, by("name"), page(), odd, scaled)
    assert news(after, "score_revision") == []


def _halved(line: bytes) -> bytes:
    cells = line.split(b",")
    return b",".join([*cells[:2], b"%d" % (int(cells[2]) // 2), *cells[3:]]) if len(cells) > 2 and cells[2].isdigit() else line


def test_why_not_says_that_the_row_is_left_out(archive: FileArchive):
    keep(archive, dict(enumerate([page(ODD["surplus cells"], of="Kestrel 1"), page(), page(ODD["no name"])])))
    lines, _ = archive.index(BOARD)
    read_line = partial(apart.read_line, read=apart.here)
    found = steps(by("name"), lines, archive, before=None, past=BoardState(), lexicon=default_lexicon(), read=read_line)
    appeared, absent = (explained.reason for explained in explain(found, [EntryId("Kestrel 1")]))
    assert appeared.startswith("its row was left out until now (surplus_cells: row 2, found ")
    assert absent == "its row is left out: nothing is known of it (a row that is left out, and that is new, may be this entry)"


def test_an_entry_that_goes_as_another_spelling_comes_departs(archive: FileArchive, store: Store):
    body = page(more=["new,KESTREL 1,1555,1,"]).replace(b"id-30,Heron 4,1200,1,\n", b"")
    after = read(archive, store, by("name"), page(), body, body + b"\n")
    assert [event.subjects[0].name for event in news(after, "departure")] == ["Heron 4"]


@pytest.mark.parametrize("odd", ["no name", "a name of emoji", "fifty surplus cells"])
def test_a_row_of_the_first_page_that_is_named_later_does_not_make_its_debut(archive: FileArchive, store: Store, odd: str):
    read(archive, store, by("name"), page(ODD[odd]), page(), page(more=["new,Newcomer 1,1200,1,"]))
    assert [event.subjects[0].name for event in news(list(store.events(EventFilter(board=BOARD))), "debut")] == ["Newcomer 1"]


@pytest.mark.parametrize("name", ["Claude 3 Opus (timeout 600s)", "GPT-4o (failed runs count as zero and are run again)"])
def test_a_remark_at_the_name_of_a_known_model_is_not_a_message(archive: FileArchive, store: Store, name: str):
    assert news(read(archive, store, by("name"), page(), page(more=[f"new,{name},1200,1,"])), "debut")


def test_a_row_that_takes_the_name_of_another_waits_and_its_change_is_reported_under_its_own(archive: FileArchive, store: Store):
    moved = page(Marl_1=1446)
    after = read(archive, store, by("key"), page(), moved.replace(b"Marl 1", b"Yarrow 4"), moved)
    (event,) = news(after, "score_revision")
    assert event.subjects[0].name == "Marl 1"
    assert not [event for event in store.events(EventFilter(board=BOARD)) if event.kind == "rename"]


def test_a_name_that_two_rows_keep_is_a_rename_at_the_second_reading(archive: FileArchive, store: Store):
    body = page().replace(b"Marl 1", b"Yarrow 4")
    after = read(archive, store, by("key"), page(), body, body + b"\n")
    assert [event.kind for event in after if "recover" not in event.kind] == ["rename"]


def test_a_measured_score_with_a_stray_mark_of_an_estimate_is_compared_once_it_is_gone(archive: FileArchive, store: Store):
    marked = page().replace(b"Marl 1,1480", b"Marl 1,~1446")
    after = read(archive, store, by("name"), page(), marked, page(Marl_1=1446))
    (event,) = news(after, "score_revision")
    assert (event.facts["before"], event.facts["after"]) == (1480.0, 1446.0)
    assert not [event for event in store.events(EventFilter(board=BOARD)) if event.kind == "estimate_measured"]


@pytest.mark.parametrize(
    "name",
    [
        *("[object Object]", "undefined undefined", "Anonymous", "(removed)", "%s", '=HYPERLINK("http://x.example")', "false"),
        *(
            "3f2b8c1e-9d44-4c53-8d5a-0a9c4b1f7e21",
            "Name",
            "Unbekannt",
            "Non disponible",
            "読み込み中",
            "HTTP 429 Too Many Requests",
        ),
        *("Oops! Something went wrong", "Sponsored: try Foo", "Advertisement", "Rate limit exceeded. Try again later."),
    ],
)
def test_a_row_whose_name_names_nobody_neither_enters_nor_renames(archive: FileArchive, store: Store, name: str):
    row = name.replace('"', "").replace(",", "")
    after = read(archive, store, by("name"), page(), page(more=[f"id-x,{row},1300,1,"]), page(end="\n"))
    kinds_of_news = {event.kind for event in store.events(EventFilter(board=BOARD)) if event.is_news}
    assert kinds_of_news <= {"board_partial", "board_recovered"}, after


def test_a_price_of_nothing_waits_for_a_second_reading(archive: FileArchive, store: Store):
    free = page().replace(b"Marl 1,1480,1,", b"Marl 1,1480,0,")
    assert news(read(archive, store, by("name"), page(), free, page(end="\n")), "price_change") == []
    keep(archive, {3: free + b"\n", 4: free + b"\n\n"})
    after = sync.sync_board(by("name"), archive, store, default_lexicon()).events
    assert [event.kind for event in after if event.kind == "price_change" and event.is_news] == ["price_change"]


@pytest.mark.parametrize("column", ["key", "name"])
def test_a_day_of_names_in_a_wrong_encoding_has_no_events(archive: FileArchive, store: Store, column: str):
    wrong = page().replace(b" ", "Â\u00a0".encode())
    assert [read(archive, store, by(column), *bodies) for bodies in ([page()], [page(), wrong], [page(), wrong, page()])][1:] == [
        [],
        [],
    ]


@pytest.mark.parametrize("column", ["key", "name"])
@pytest.mark.parametrize("badge", [" (new)", " NEW", " – updated"])
def test_a_name_with_a_badge_for_a_day_is_not_a_rename(archive: FileArchive, store: Store, column: str, badge: str):
    odd = page().replace(b"Marl 1", f"Marl 1{badge}".encode())
    after = read(archive, store, by(column), page(), odd, page(Marl_1=1446))
    (event,) = news(after, "score_revision")
    assert event.subjects[0].name == "Marl 1"
    assert not [event for event in store.events(EventFilter(board=BOARD)) if event.kind in {"rename", "debut", "departure"}]


@pytest.mark.parametrize("column", ["key", "name"])
def test_a_name_with_a_badge_that_stays_is_a_rename_at_the_second_reading(archive: FileArchive, store: Store, column: str):
    odd = page().replace(b"Marl 1", b"Marl 1 (new)")
    after = read(archive, store, by(column), page(), odd, odd + b"\n")
    assert [event.kind for event in after if event.is_news] == ["rename"]


@pytest.mark.parametrize("name", ["Marl 1", "Marl 1 (new)"])
def test_a_second_row_with_the_name_and_score_of_a_listed_one_waits(archive: FileArchive, store: Store, name: str):
    more = page(more=[f"id-new,{name},1480,1,"])
    assert not [event for event in read(archive, store, by("key"), page(), more, page()) if event.is_news]
    assert "debut" not in {event.kind for event in store.events(EventFilter(board=BOARD))}
    keep(archive, {3: more + b"\n", 4: more + b"\n\n"})
    after = sync.sync_board(by("key"), archive, store, default_lexicon()).events
    assert [event.recorded_at for event in news(after, "debut")] == [at(4)]


def test_another_version_of_a_model_with_another_score_is_news_at_once(archive: FileArchive, store: Store):
    assert news(read(archive, store, by("name"), page(), page(more=["id-new,Marl 1 (new),1555,1,"])), "debut")


@pytest.mark.parametrize("name", ["Example Model", "Your model here", "Model Name"])
def test_the_row_of_a_template_does_not_enter_the_board(archive: FileArchive, store: Store, name: str):
    read(archive, store, by("name"), page(), page(more=[f"id-x,{name},1600,1,"]), page(end="\n"))
    assert kinds(store) == [PARTIAL, WHOLE]


def test_rows_without_any_value_are_not_news_until_they_have_a_score(archive: FileArchive, store: Store):
    empty = page(more=["id-x,Newcomer 1,,,", "id-y,Newcomer 2,,,"])
    scored = page(more=["id-x,Newcomer 1,1600,,"])
    read(archive, store, by("key"), page(), empty, scored, scored + b"\n", scored + b"\n\n")
    told = [event for event in store.events(EventFilter(board=BOARD)) if event.is_news and event.kind in {"debut", "departure"}]
    assert [(event.kind, event.grade, event.subjects[0].name) for event in told] == [("debut", "first_score", "Newcomer 1")]

"""What only the past speaks against is held back: a person decides, or three readings in a row over a day agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from line_world import BOARD, SIX, START, at, board, csv, dump, fresh, keep, kinds, note

from tracker.errors import DeclarationError
from tracker.line import fold, proof, sync
from tracker.model import BoardId, EntryId, EventFilter, HeldReading, Result, Sha256, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

TWO = "a:90:2:MIT b:80:3"
OTHERS = "u:90 v:80 w:70 x:60 y:50 z:40"


def results(store: Store) -> list[str]:
    return [str(check.result) for check in store.checks(BOARD)]


def history(store: Store) -> Mapping[str, object]:
    """What happened on a board, as people and programs see it."""
    checks = list(store.checks(BOARD))
    return {
        "results": [(check.observed_at, check.result, check.entries) for check in checks],
        "events": list(store.events(EventFilter(board=BOARD))),
        "at": [store.at(BOARD, check.observed_at) for check in checks],
        "segments": list(store.segments(BOARD)),
        "known": store.past(BOARD).known,
        "spans": [list(store.spans(BOARD, EntryId(key), metric.id)) for key in "abcdefg" for metric in board().metrics],
        "ranks": [list(store.rank_spans(BOARD, EntryId(key))) for key in "abcdefg"],
    }


# ── held back ────────────────────────────────────────────────────────────────────────────────────


def test_a_collapse_is_held_back_and_changes_nothing(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO), 2: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "quarantined", "accepted"]
    assert [check.entries for check in store.checks(BOARD)] == [6, 2, 6]
    assert kinds(store) == ["board_broken/quarantine", "board_recovered/broken"]
    assert store.past(BOARD).suspects == ()


class CountingArchive(FileArchive):
    """Counts how often a body is asked for."""

    asked = 0

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        self.asked += 1
        return super().body(board, sha256)


@pytest.mark.parametrize("suspect", [TWO, OTHERS])
def test_a_reading_that_is_held_back_is_read_once(tmp_path: Path, store: Store, suspect: str):
    archive = CountingArchive(tmp_path / "captures")
    keep(archive, {0: csv(SIX), 1: csv(suspect)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert (results(store), archive.asked) == (["accepted", "quarantined"], 2)


def test_another_table_is_held_back(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(OTHERS)})
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert outcome.failed
    assert results(store) == ["accepted", "quarantined"]
    assert store.last_check(BOARD).message == (
        "acme/text: 0 of 6 entries in common with the last accepted snapshot, expected at least 50%;"
        " kept in quarantine (tracker quarantine show acme/text)"
    )


def test_an_incredible_reading_is_not_quarantined_and_cannot_be_accepted(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv("a:90")})
    sync.sync_board(board(min_entries=2), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "unreadable"]
    with pytest.raises(
        DeclarationError, match=r"a reading that is unreadable at .* expected one that is quarantined or rejected"
    ):
        decide(archive, store, 1, Verdict.ACCEPT)


# ── decided ──────────────────────────────────────────────────────────────────────────────────────


def decide(archive: FileArchive, store: Store, number: float, verdict: Verdict) -> sync.Outcome:
    return proof.decide(
        board(), at(number), verdict, by="ann", reason="seen", archive=archive, store=store, lexicon=default_lexicon()
    )


COLLAPSE = {
    0: csv(SIX),
    1: csv(SIX),
    2: csv(TWO),
    3: csv(TWO + " c:70:1"),
    4: csv("a:90:2:MIT b:95:3"),
    5: csv(TWO, end="\n"),
    6: csv(SIX, end="\n"),
}


def test_an_accepted_collapse_gives_the_history_that_a_larger_max_drop_had_given(archive: FileArchive, store: Store):
    keep(archive, COLLAPSE)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store)[2] == "quarantined"
    decide(archive, store, 2, Verdict.ACCEPT)
    allowed = fresh("memory")
    plain_archive = FileArchive(archive._root.with_name("allowed"))
    keep(plain_archive, COLLAPSE)
    sync.sync_board(board(max_drop=1.0), plain_archive, allowed, lexicon=default_lexicon())
    assert history(store) == history(allowed)
    assert results(store) == ["accepted", "unchanged", *["accepted"] * 5]
    assert "departure/confirmed" in kinds(store)
    assert "board_broken/quarantine" not in kinds(store)


def test_the_alarm_of_a_reading_that_is_accepted_later_is_withdrawn(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    (broken,) = store.events(EventFilter())
    decide(archive, store, 1, Verdict.ACCEPT)
    assert list(store.withdrawn(BOARD)) == [broken.id]
    assert results(store) == ["accepted", "accepted"]


def test_the_size_of_an_accepted_collapse_is_the_new_baseline(archive: FileArchive, store: Store):
    keep(archive, {number: csv(SIX, end=f"{'':>{number}}\n") for number in range(7)} | {7: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    decide(archive, store, 7, Verdict.ACCEPT)
    keep(archive, {8: csv("a:91:2:MIT b:80:3"), 9: csv("a:92:2:MIT")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store)[7:] == ["accepted", "accepted", "quarantined"]


def test_an_accepted_new_table_starts_again_without_arrivals_or_departures(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(OTHERS), 2: csv(OTHERS + " t:30")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    decide(archive, store, 1, Verdict.ACCEPT)
    assert results(store) == ["accepted", "accepted", "accepted"]
    assert kinds(store, until=at(2)) == ["methodology/another_table", "new_leader/rebased", *["debut/revealed"] * 6]
    assert kinds(store, since=at(2), is_news=True) == ["debut/listing"]
    assert [segment.reason.split(":")[0] for segment in store.segments(BOARD)][2:] == ["accepted by ann"] * 2


def test_a_rejected_reading_leaves_no_trace(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv("a:90:2:MIT b:80:3 c:70:1 d:60:1 e:95:1 f:40:1"), 2: csv(SIX, end="\n")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert kinds(store)[0] == "new_leader/supported"
    decide(archive, store, 1, Verdict.REJECT)
    assert results(store) == ["accepted", "rejected", "accepted"]
    assert kinds(store) == []
    assert next(check.message for check in store.checks(BOARD) if check.message) == "rejected by ann: seen"
    assert [span.measure.value for span in store.spans(BOARD, EntryId("e"), board().metrics[0].id)] == [50.0]


def test_a_rejected_quarantine_leaves_no_trouble_and_a_rejection_can_be_taken_back(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    decide(archive, store, 1, Verdict.REJECT)
    assert (kinds(store), results(store)) == ([], ["accepted", "rejected"])
    assert store.past(BOARD).broken_since is None
    decide(archive, store, 1, Verdict.ACCEPT)
    assert results(store) == ["accepted", "accepted"]
    decide(archive, store, 1, Verdict.REJECT)
    assert results(store) == ["accepted", "rejected"]


def test_decisions_are_repeated_by_a_replay(archive: FileArchive, store: Store):
    keep(archive, COLLAPSE)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    decide(archive, store, 2, Verdict.ACCEPT)
    decide(archive, store, 4, Verdict.REJECT)
    before = dump(store)
    sync.replay(board(), archive, store, lexicon=default_lexicon())
    assert dump(store) == before
    other = fresh("memory")
    sync.sync_board(board(), archive, other, lexicon=default_lexicon())
    assert history(other) == history(store)


@pytest.mark.parametrize(
    ("number", "verdict", "wrong"),
    [
        (9, Verdict.ACCEPT, "no reading at 2026-03-10T06:00:00"),
        (0, Verdict.ACCEPT, "a reading that is accepted .* expected one that is quarantined or rejected"),
        (1, Verdict.REJECT, "a reading that is unchanged .* expected one that is quarantined or accepted"),
    ],
)
def test_a_decision_that_does_not_apply_is_refused_and_not_written_down(
    archive: FileArchive, store: Store, number: float, verdict: Verdict, wrong: str
):
    keep(archive, {0: csv(SIX), 1: csv(SIX), 2: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    before, index = dump(store), archive.index(BOARD)
    with pytest.raises(DeclarationError, match=f"acme/text: {wrong}"):
        decide(archive, store, number, verdict)
    assert (dump(store), archive.index(BOARD)) == (before, index)


# ── repaired ───────────────────────────────────────────────────────────────────────────────────────


def test_three_agreeing_readings_in_a_row_over_a_day_are_accepted(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO), 1.5: csv(TWO), 2: csv(TWO), 3: csv(TWO, end="\n")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", "unchanged", "unchanged", "accepted"]
    assert kinds(store) == ["departure/confirmed"] * 4


def test_readings_that_are_no_longer_consecutive_are_no_longer_accepted(archive: FileArchive, store: Store):
    season = {0: csv(SIX), 1: csv(TWO), 1.5: csv(TWO), 3: csv(TWO)}
    for number, body in season.items():
        keep(archive, {number: body})
        sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", "unchanged", "unchanged"]
    keep(archive, {2: csv(SIX)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "quarantined", "quarantined", "accepted", "quarantined"]


def test_what_earlier_versions_noted_of_readings_that_agree_decides_nothing(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO)})
    suspect = archive.last(BOARD)
    assert suspect is not None
    noted = replace(suspect, verdict=Verdict.ACCEPT, by="tracker", reason="3 readings in a row, over at least a day, agree")
    archive.note(BOARD, noted)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "quarantined"]
    archive.note(BOARD, replace(noted, reason="looked right"))  # by a user of that name
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted"]


def test_a_new_table_that_stays_is_accepted_as_a_new_start(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(OTHERS), 2: csv(OTHERS), 3: csv(OTHERS)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", "unchanged", "unchanged"]
    assert store.segments(BOARD)[-1].reason.startswith("accepted by tracker: 0 of 6 entries in common")


def test_a_value_ten_times_as_high_that_the_next_reading_repeats_is_an_ordinary_change(archive: FileArchive, store: Store):
    tenfold = csv(SIX.replace("d:60", "d:600"))
    keep(archive, {0: csv(SIX), 1: tenfold, 2: tenfold, 3: tenfold})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", "accepted", "unchanged"]
    assert {kind.partition("/")[0] for kind in kinds(store)} >= {"score_revision", "new_leader"}
    assert not any(kind.startswith("methodology") for kind in kinds(store))


def test_a_new_table_that_grows_while_it_is_held_back_is_accepted(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(OTHERS), 2: csv(f"{OTHERS} t:30 s:20 r:10"), 3: csv(f"{OTHERS} t:30 s:20 r:10 q:5")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted"] * 4


def test_three_readings_within_a_day_are_not_enough(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO), 1.3: csv(TWO), 1.6: csv(TWO), 1.9: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", *["quarantined"] * 4]


def test_two_readings_over_a_day_are_not_enough(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO), 9: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "quarantined", "quarantined"]


def test_readings_that_disagree_with_each_other_are_not_accepted(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv("a:1 b:2"), 2: csv("c:1 d:2"), 3: csv("a:1 b:2"), 4: csv("c:1 d:2"), 5: csv("e:1")})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", *["quarantined"] * 5]


def test_an_old_suspect_of_another_kind_does_not_get_later_ones_accepted(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv("c:1 d:2"), 3: csv(TWO), 3.1: csv(TWO), 3.2: csv(TWO)})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", *["quarantined"] * 4]


@pytest.mark.slow
@pytest.mark.parametrize("hours", [0.25, 1, 3, 6, 12, 24])
def test_no_cadence_is_frozen_for_longer_than_a_day_and_three_readings(archive: FileArchive, store: Store, hours: float):
    days = hours / 24
    count = max(3, int(24 / hours) + 1)
    keep(archive, {0: csv(SIX)})
    keep(archive, {1: csv(TWO)})
    for number in range(1, count):
        note(archive, 1 + number * days, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", *["unchanged"] * (count - 1)]


def test_a_suspect_that_comes_again_as_a_304_counts_as_another_reading(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO)})
    for number in (2, 3):
        note(archive, number, Verdict.NOT_MODIFIED, status=304, sha256=archive.last(BOARD).sha256)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "accepted", "unchanged", "unchanged"]


_SETS = st.sampled_from([frozenset(map(EntryId, keys)) for keys in ("ab", "abc", "cd", "abcdefghij", "abcdefghik")])


@examples(200)
@given(drawn=st.lists(st.tuples(st.integers(1, 30), _SETS), min_size=1, max_size=12))
def test_a_shortened_run_of_suspects_decides_like_the_whole_run(drawn: list[tuple[int, frozenset[EntryId]]]):
    hour, row, kept = 0, [], ()
    for hours, entries in drawn:
        hour += hours
        suspect = HeldReading(observed_at=at(hour / 24), entries=entries)
        kept = fold._agreeing(kept, suspect)
        agreed = len(kept) >= 2 and suspect.observed_at - kept[0].observed_at >= at(1) - START
        assert agreed == _agree(row, suspect)
        row.append(suspect)
        kept = (*kept, suspect)
        assert len(kept) <= 3


def _agree(row: list[HeldReading], suspect: HeldReading) -> bool:
    """By looking at the whole row: the last ones, each of which agrees with the next."""
    run = [suspect]
    for held in reversed(row):
        if len(held.entries & run[0].entries) < 0.8 * len(held.entries):
            break
        run.insert(0, held)
    return len(run) >= 3 and (suspect.observed_at - run[0].observed_at).total_seconds() >= 86_400


def test_the_result_of_a_quarantined_board_is_a_failure_until_it_recovers(archive: FileArchive, store: Store):
    keep(archive, {0: csv(SIX), 1: csv(TWO)})
    assert sync.sync_board(board(), archive, store, lexicon=default_lexicon()).failed
    keep(archive, {2: csv(SIX)})
    outcome = sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert (outcome.failed, outcome.checks[-1].result) == (False, Result.ACCEPTED)


def test_rejected_bytes_stay_rejected_while_the_board_shows_nothing_new(archive: FileArchive, store: Store):
    wrong = csv("a:90:2:MIT b:80:3 c:70:1 d:60:1 e:95:1 f:40:1")
    keep(archive, {0: csv(SIX), 1: wrong})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    decide(archive, store, 1, Verdict.REJECT)
    keep(archive, {2: wrong})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "rejected", "rejected"]
    keep(archive, {3: csv(SIX, end="\n"), 4: wrong})
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    assert results(store) == ["accepted", "rejected", "rejected", "accepted", "accepted"]

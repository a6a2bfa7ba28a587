"""A board that should be whole and seems to be cut off."""

from kit import History, brief, line, of


def rows(first: int, count: int) -> str:
    return line({f"m{place:04}": 5000 - place for place in range(first, first + count)})


def partial(history: History, *texts: str, **more: object) -> list[list[str]]:
    return [
        [event for event in brief(history.show(text, **more)) if event.startswith(("board_partial", "board_recovered"))]
        for text in texts
    ]


def test_a_cap_is_reported_once_while_it_lasts_and_its_end_once():
    shown = [rows(0, 98), rows(1, 100), rows(2, 100), rows(2, 100), rows(3, 100), rows(1, 103), rows(1, 104)]
    assert partial(History(), *shown) == [[], [], ["board_partial/cap"], [], [], ["board_recovered/partial"], []]


def test_a_cap_names_its_rows_and_whom_it_hides():
    history = History()
    history.show(rows(0, 98))
    assert of("board_partial", history.show(rows(0, 100))) == []
    (event,) = of("board_partial", history.show(rows(1, 100)))
    assert event.headline == (
        "Board seems to be cut off at 100 rows; 1 entry is not shown (m0000), and departures are not reported until it is"
        " complete again."
    )
    assert event.facts == {"rows": 100, "missing": ["m0000"]}


def test_a_board_that_lost_many_rows_at_once_is_called_cut_off_at_once_with_all_of_them():
    history = History()
    history.show(rows(0, 64))
    (event,) = of("board_partial", history.show(rows(0, 50)))
    assert " 14 entries are not shown (m0050, m0051, m0052 and 11 more), and " in event.headline
    assert event.facts == {"rows": 50, "missing": [f"m{place:04}" for place in range(50, 64)]}
    assert brief(history.show(rows(0, 50))) == []


def test_the_withheld_entries_are_those_since_the_first_doubt_without_those_that_are_back():
    history = History()
    for text in (rows(0, 98), rows(2, 100)):
        history.show(text)
    (event,) = of("board_partial", history.show(rows(1, 100)))
    assert event.facts["missing"] == ["m0000", "m0101"]


def test_a_steady_board_that_exchanges_an_entry_is_whole():
    history = History()
    assert partial(history, rows(0, 50), rows(1, 50)) == [[], []]
    assert brief(of("departure", history.show(rows(1, 50)))) == ["departure/confirmed m0000"]


def test_a_count_that_passes_through_a_round_number_is_not_called_cut_off_but_withholds_departures():
    history = History()
    assert partial(history, rows(0, 98), rows(1, 100), rows(1, 101)) == [[], [], []]
    assert brief(of("departure", history.show(rows(1, 102)))) == ["departure/confirmed m0000"]


def test_a_board_declared_whole_that_says_there_is_more_is_cut_off():
    history = History()
    assert partial(history, rows(0, 12), depth=12) == [["board_partial/depth"]]
    assert partial(history, rows(0, 12), rows(0, 12), depth=12) == [[], []]
    assert partial(history, rows(0, 13)) == [["board_recovered/partial"]]


def test_a_board_that_now_says_its_rows_are_all_is_whole_again():
    history = History()
    assert partial(history, rows(0, 12), rows(0, 12), depth=12) == [["board_partial/depth"], []]
    assert partial(history, rows(0, 12), rows(1, 11)) == [["board_recovered/partial"], []]
    assert brief(of("departure", history.show(rows(1, 11)))) == ["departure/confirmed m0000"]


def test_a_board_of_declared_depth_is_not_cut_off():
    assert partial(History(depth=12), rows(0, 12), rows(0, 12), depth=12) == [[], []]


def test_a_growing_board_that_passes_a_round_number_is_not_cut_off():
    assert partial(History(), rows(0, 99), rows(0, 100), rows(0, 101)) == [[], [], []]

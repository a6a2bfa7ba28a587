import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from parsing import as_dicts, literal, page, pushed, read, stream

from tracker.errors import ParseError

NEED = ["slug", "score"]
MODELS = [
    {"slug": "kimi-k3", "score": 43.440, "creator": {"name": "Kimi"}},
    {"slug": "astra", "score": 50.77, "creator": {"name": "OpenAI"}},
    {"slug": "muse", "score": None, "creator": {"name": "Meta"}},
]


def element(**props):
    return ["$", "$L3", None, props]


def board(models=MODELS, **beside):
    return ["$", "div", None, {"children": [element(models=models, **beside), "text"]}]


def wrapped(rows):
    return pushed(stream(rows).decode())


def test_records_are_found_anywhere_in_the_stream():
    table = read(
        "flight",
        wrapped({"1": '!"$Sreact.fragment"', "3": '!I[1,["a.js"],"Table"]', "": '!HL["/x.woff2","font"]', "20": board()}),
        ["slug", "creator.name"],
        require=NEED,
    )
    assert table.rows == [("kimi-k3", "Kimi"), ("astra", "OpenAI"), ("muse", "Meta")]


def test_the_bare_stream_is_read_like_the_page():
    rows = {"20": board()}
    wanted = ["slug", "score"]
    assert read("flight", stream(rows), wanted, require=NEED) == read("flight", wrapped(rows), wanted, require=NEED)


def test_numbers_stay_as_published():
    body = b'1:{"models":[{"slug":"a","score":60.20},{"slug":"b","score":1e5},{"slug":"c","score":9007199254740993}]}\n'
    assert read("flight", body, ["score"], require=NEED).rows == [("60.20",), ("1e5",), ("9007199254740993",)]


def test_a_longer_list_with_fewer_of_the_required_fields_is_skipped():
    decoy = [{"slug": f"m{number}", "score": 1} for number in range(50)]
    chosen = [{**model, "price": 1} for model in MODELS]
    for order in ([decoy, chosen], [chosen, decoy]):
        rows = {f"{number:x}": board(models) for number, models in enumerate(order)}
        assert len(read("flight", wrapped(rows), ["slug", "price"], require=["slug", "score", "price"]).rows) == 3


def test_of_equal_lists_the_longest_is_taken():
    rows = {"1": board(MODELS), "2": board([*MODELS, {"slug": "d", "score": 1}])}
    assert len(read("flight", wrapped(rows), ["slug"], require=NEED).rows) == 4


def test_a_list_whose_records_mostly_lack_the_fields_does_not_count():
    lacking = [{"slug": "a", "score": 1}, *[{"slug": f"m{number}"} for number in range(9)]]
    with pytest.raises(ParseError, match="none with a list of at least 3 records with slug, score"):
        read("flight", wrapped({"1": board(lacking)}), ["slug"], require=NEED)


def test_short_lists_are_skipped_unless_allowed():
    rows = {"1": board(MODELS[:2])}
    with pytest.raises(ParseError, match="none with a list"):
        read("flight", wrapped(rows), ["slug"], require=NEED)
    assert len(read("flight", wrapped(rows), ["slug"], require=NEED, min_records=2).rows) == 2


def test_fields_beside_the_records_choose_among_lists_and_give_facts():
    rows = {
        "1": board([*MODELS, {"slug": "picker", "score": 0}], other=1),
        "2": board(MODELS, cutoff="$D2026-10-03T06:00:00.000Z", totals={"models": 3}),
    }
    facts = {"stated_on": "cutoff", "total": "totals.models", "version": "absent"}
    table = read("flight", wrapped(rows), ["slug"], require=NEED, beside=["cutoff"], facts=facts)
    assert len(table.rows) == 3
    assert table.facts == {"stated_on": "2026-10-03T06:00:00.000Z", "total": "3"}


def test_a_fact_may_be_in_the_stream_or_in_the_page():
    body = pushed(stream({"1": board(label="Index v4.3")}).decode(), inside="<p>Total <b>1</b><!-- -->2</p>")
    facts = {"version": r"re:Index v([\d.]+)", "total": r"re:Total (\d+)", "stated_on": "re:on (.+)"}
    assert read("flight", body, ["slug"], require=NEED, facts=facts).facts == {"version": "4.3", "total": "12"}


VALUES = {
    "$undefined": None,
    "$NaN": None,
    "$Infinity": None,
    "$-Infinity": None,
    "$-0": "-0",
    "$n12345678901234567890": "12345678901234567890",
    "$D2026-10-03T06:00:00.000Z": "2026-10-03T06:00:00.000Z",
    "$$5.00": "$5.00",
    "$$": "$",
    "$Sreact.fragment": None,
    "$h7": None,
    "$F7": None,
    "$": None,
    "$2b": "月 $2c \n: next 2:x",
    "$L30": "lazy",
    "$@31": "$5",
    "$32:props:models:0:name": "deep",
    "$32:3:models:0:name": "deep",
    "$Q33": '{"overall":{"title":"Overall"}}',
    "$W34": '["a","b"]',
    "$33:0:1:title": "Overall",
    "$35": None,
}


@pytest.mark.parametrize("written", VALUES)
def test_an_encoded_value_has_its_meaning(written):
    rows = {
        "2b": "月 $2c \n: next 2:x".encode(),
        "30": "$36",
        "31": "$$5",
        "32": element(models=[{"name": "deep"}]),
        "33": [["overall", {"title": "Overall"}]],
        "34": ["a", "b"],
        "35": '!I[1,[],"x"]',
        "36": "lazy",
        "1": board([{"slug": "x", "score": written}, {"slug": "y", "score": "1"}, {"slug": "z", "score": "2"}]),
    }
    assert read("flight", wrapped(rows), ["score"], require=NEED).rows[0] == (VALUES[written],)


def test_references_inside_a_nested_cell_are_followed():
    rows = {
        "5": {"label": "$6"},
        "6": b"long text",
        "1": board([{"slug": "x", "score": {"a": "$5", "b": ["$undefined", "$$1"]}}] * 3),
    }
    assert read("flight", wrapped(rows), ["score"], require=NEED).rows[0] == ('{"a":{"label":"long text"},"b":[null,"$1"]}',)


def test_a_path_goes_through_references():
    rows = {"5": {"name": "$6"}, "6": b"Kimi", "1": board([{"slug": "x", "score": 1, "creator": "$5"}] * 3)}
    wanted = ["creator.name", "[creator][0].name"]
    assert read("flight", wrapped(rows), wanted, require=NEED).rows[0] == ("Kimi", "Kimi")


def test_records_that_are_rows_of_their_own_are_found():
    rows = {f"{number:x}": model for number, model in enumerate(MODELS, 16)} | {"1": board(["$10", "$L11", "$12"], version="7")}
    table = read("flight", wrapped(rows), ["slug"], require=NEED, facts={"version": "version"})
    assert table.rows == [("kimi-k3",), ("astra",), ("muse",)]
    assert table.facts == {"version": "7"}


def test_the_object_that_refers_to_a_row_holds_the_list_in_it():
    rows = {"1": element(board={"entries": "$2c", "version": "7"}), "2c": MODELS}
    table = read("flight", wrapped(rows), ["slug"], require=NEED, beside=["version"], facts={"version": "version"})
    assert (len(table.rows), table.facts) == (3, {"version": "7"})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"5": "$5"}, "'\\$5', which leads back to itself"),
        ({"5": "$6", "6": "$5"}, "which leads back to itself"),
        ({"5": "$6:a", "6": {"a": "$5:b"}}, "which leads back to itself"),
        ({"5": "$7"}, "a reference to flight row 7, which is missing: the stream is cut off"),
        ({"5": "$6:a:b", "6": {"a": {}}}, "'\\$6:a:b', which leads nowhere at 'b'"),
        ({"5": "$6", "6": '!E{"digest":"123"}'}, "a reference to flight row 6, a server error"),
        ({"5": "$Q6", "6": {"no": "map"}}, "a map that is not a list of pairs"),
        ({"5": {"again": "$5"}}, "more than 200000 by its references|nested too deeply"),
        ({**{f"{n:x}": [f"${n + 1:x}"] * 9 for n in range(5, 25)}, "19": [1]}, "more than 200000 by its references"),
    ],
)
def test_a_wanted_value_that_cannot_be_resolved_is_refused(rows, message):
    models = [{"slug": "x", "score": "$5"}] * 3
    with pytest.raises(ParseError, match=message):
        read("flight", wrapped({**rows, "1": board(models)}), ["score"], require=NEED)
    assert read("flight", wrapped({**rows, "1": board(models)}), ["slug"], require=NEED).rows == [("x",)] * 3


def test_a_server_error_is_reported_if_the_records_are_missing():
    rows = {"b": '!E{"digest":"NEXT_HTTP_ERROR_FALLBACK;404"}', "1": element(children="Not found")}
    with pytest.raises(ParseError, match=r"the server reports an error: .*NEXT_HTTP_ERROR_FALLBACK;404"):
        read("flight", wrapped(rows), ["slug"], require=NEED)


def test_binary_pushes_and_typed_arrays_keep_their_place():
    first = stream({"2": b"ends without newline"})
    arrays = b"4:o3,\n:x" + b"5:A2,\x00\xff"
    rest = stream({"1": board()}).decode()
    scripts = [
        f"self.__next_f.push({literal([1, first.decode()])})",
        f"self.__next_f.push({literal([3, base64.b64encode(arrays).decode()])})",
        "self.__next_f.push([2,null])",
        f"self.__next_f.push({literal([1, rest])})",
    ]
    assert len(read("flight", page(scripts), ["slug"], require=NEED).rows) == 3


def test_several_pushes_in_one_script_are_read():
    text = stream({"1": board()}).decode()
    script = f"(self.__next_f=self.__next_f||[]).push({literal([1, text[:40]])});self.__next_f.push({literal([1, text[40:]])})"
    assert len(read("flight", page([script]), ["slug"], require=NEED).rows) == 3


def test_a_character_split_between_pushes_is_joined():
    text = stream({"1": board([{"slug": "🏆", "score": 1}] * 3)}).decode()
    half = json.dumps(text)[1:-1].index("\\ud83c") + len("\\ud83c")
    written = json.dumps(text)[1:-1]
    body = page([f'self.__next_f.push([1,"{written[:half]}"])', f'self.__next_f.push([1,"{written[half:]}"])'])
    assert read("flight", body, ["slug"], require=NEED).rows[0] == ("🏆",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<html><title>Just a moment...</title></html>", "found a page without self.__next_f.push chunks"),
        ('{"error": "User key is required"}', "expected a flight row"),
        ("", "found 0 flight rows"),
        ("1:[1,2\n2:{}\n", "broken JSON in flight row 1"),
        ("1:T5000,short", "of less than its 20480 bytes"),
        ('1:{"a":NaN}\n', "broken JSON in flight row 1"),
        ("1:" + "[" * 100_000, "nested too deeply"),
        (b'1:["\xff"]\n', "expected UTF-8"),
        (page(["self.__next_f.push([1,oops])"]), "found a push that is not JSON"),
        (page(['self.__next_f.push([3,"%%"])']), "found a binary push that is not base64"),
        (page(['self.__next_f.push([1,"1:[']), "found a push that is not JSON"),
        (page(['self.__next_f.push([1,"1:[]'])[:-30], "cut off inside|no JSON"),
        ("".join(f"{number:x}:1\n" for number in range(100_002)), "found 100,001 flight rows"),
    ],
)
def test_other_data_than_a_flight_stream_is_refused(body, message):
    with pytest.raises(ParseError, match=message):
        read("flight", body, ["slug"], require=NEED)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12))
RECORDS = st.lists(
    st.fixed_dictionaries({"slug": st.text(max_size=12), "score": SCALARS, "note": SCALARS}), min_size=3, max_size=8
)


def escaped(value):
    return "$" + value if isinstance(value, str) and value.startswith("$") else value


def shown(value):
    return value if value is None or isinstance(value, str) else json.dumps(value)


@examples(60)
@given(RECORDS, st.lists(st.integers(0, 5000), max_size=12), st.text(max_size=40))
def test_any_records_in_any_pieces_are_read(records, cuts, long):
    written = [{key: escaped(value) for key, value in record.items()} | {"long": "$2b"} for record in records]
    text = stream({"2b": long.encode(), "20": board(written)}).decode()
    table = read("flight", pushed(text, cuts), ["slug", "score", "note", "long"], require=NEED)
    expected = [{key: shown(value) for key, value in record.items()} | {"long": long} for record in records]
    assert as_dicts(table) == expected

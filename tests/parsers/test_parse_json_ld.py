import json

import pytest
from parsing import read

from tracker.errors import ParseError

INTELLIGENCE = {
    "@type": "Dataset",
    "name": "Intelligence",
    "version": 4.3,
    "data": [{"label": "a", "index": 50.70}, {"label": "b", "index": 43}],
}
SPEED = {"@type": ["Dataset", "Thing"], "name": "Output Speed", "data": [{"label": "a", "medianOutputSpeed": 75}]}
ITEMS = {"@type": "ItemList", "itemListElement": [{"position": 1, "item": {"name": "x"}}]}


def page(*things):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)
    return f"<html><head>{scripts}</head><body><script>var x = 1;</script><p>as of May 2026</p></body></html>"


@pytest.mark.parametrize(
    "body", [page(SPEED, INTELLIGENCE), page([SPEED, INTELLIGENCE]), page({"@graph": [INTELLIGENCE, SPEED, ITEMS]})]
)
def test_a_dataset_is_chosen_by_its_name(body):
    table = read(
        "json_ld", body, ["label", "index"], name="Intelligence", facts={"version": "version", "stated_on": "re:as of (.+)"}
    )
    assert table.rows == [("a", "50.7"), ("b", "43")]
    assert table.facts == {"version": "4.3", "stated_on": "May 2026"}
    assert read("json_ld", body, ["medianOutputSpeed"], name="re:^Output").rows == [("75",)]


def test_a_list_of_items_is_read_too():
    assert read("json_ld", page(ITEMS, SPEED), ["position", "item.name"], type="ItemList", records="itemListElement").rows == [
        ("1", "x")
    ]


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        (
            page(SPEED, INTELLIGENCE),
            {},
            "found 2 JSON-LD objects of type Dataset named '', expected one; there are 'Output Speed', 'Intelligence'",
        ),
        (page(SPEED), {"name": "Intelligence"}, "found 0 JSON-LD objects"),
        (page({**SPEED, "name": None}), {"name": "Intelligence"}, "found 0 JSON-LD objects"),
        (page({**SPEED, "data": []}), {}, "no records at data"),
        (page(SPEED), {}, "none of the wanted columns"),
        ("<html>Just a moment...</html>", {}, "found 0 JSON-LD objects"),
        ('<script type="application/ld+json">{"@type": </script>', {}, "broken JSON"),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', {}, "nested too deeply"),
    ],
)
def test_a_page_without_the_one_dataset_is_refused(body, options, message):
    with pytest.raises(ParseError, match=message):
        read("json_ld", body, ["price"], **options)

"""A price as a word, in every format."""

import pytest
from every_format import TEXTS, figure, read, written

from tracker.errors import ContractBroken

PRICE = figure(name="price", nature="listed", better="lower", unit="USD per 1M tokens", topic="price", primary=True)
ZERO = ["free", "Free", "FREE", "Free*", "(free)", "Free!", "Free¹", "Gratis", "free of charge", "$0", "$0.00", "0", "0.00"]
UNKNOWN = [
    *("", "-", "–", "—", "— *", "N/A", "n/a", "NA", "n.a.", "N/A¹", "(n/a)", "TBD", "tbd.", "TBA", "?", "??", "unknown"),
    *("contact sales", "Contact us", "Contact sales…", "On request", "Custom", "coming soon", "Coming soon!", "(coming soon)"),
    *("pending", "soon", "Not available", "not disclosed", "Undisclosed", "null"),
]
DOUBTFUL = ["Free tier", "free for 7 days", "from $5", "$5 (free tier)", "cheap", "$", "varies by region"]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("cell", ZERO)
def test_free_is_a_price_of_0(form, cell):
    assert read(form, written(form, [("a", cell), ("b", "$2.50")]), PRICE) == [("a", 0), ("b", 2.5)]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("cell", UNKNOWN)
def test_a_price_that_is_not_stated_is_unknown(form, cell):
    assert read(form, written(form, [("a", cell), ("b", "$2.50")]), PRICE) == [("a", None), ("b", 2.5)]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("cell", DOUBTFUL)
def test_any_other_word_is_refused_as_a_price(form, cell):
    with pytest.raises(ContractBroken, match="unreadable_cell"):
        read(form, written(form, [("a", cell), ("b", "$2.50")]), PRICE)


@pytest.mark.parametrize(("unit", "topic"), [("%", "overall"), ("Elo", ""), ("tokens/s", "speed")])
def test_a_free_score_is_none(unit, topic):
    with pytest.raises(ContractBroken, match="unreadable_cell"):
        read("csv_table", written("csv_table", [("a", "free"), ("b", "2.5")]), figure(unit=unit, topic=topic))


@pytest.mark.parametrize(("unit", "topic"), [("USD", "cost"), ("EUR per month", ""), ("per 1M tokens", "price"), ("¥", "")])
def test_a_metric_is_a_price_by_its_currency_or_topic(unit, topic):
    assert read("csv_table", written("csv_table", [("a", "free"), ("b", "2")]), figure(unit=unit, topic=topic))[0] == ("a", 0)

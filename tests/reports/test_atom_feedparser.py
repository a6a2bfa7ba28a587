"""A feed reader's own library (feedparser) reads our feed."""

from collections.abc import Callable

import feedparser
import pytest
from report_world import AA, ARENA, checks, event, health, report

from tracker.model import Report
from tracker.reports import render

TITLE = "Qwen & <b>9</b> takes the lead."


def week() -> Report:
    lead = event("e1", "new_leader", "Qwen 9", headline=TITLE, weight=90)
    other = event("e2", "overtake", "o9", headline="o9 overtakes.", board=ARENA, weight=40)
    return report([lead, other], health(), health(ARENA, "Arena"), seen=checks(0))


def nothing() -> Report:
    return report([], health(), seen=checks(0))


def parsed(which: Report) -> feedparser.FeedParserDict:
    return feedparser.parse(render(which, "atom").encode())


@pytest.mark.parametrize("which", [week, nothing])
def test_the_feed_is_well_formed(which: Callable[[], Report]):
    feed = parsed(which())
    assert (feed.bozo, feed.version) == (0, "atom10")
    assert feed.feed.title
    assert feed.feed.updated_parsed


def test_each_story_is_one_entry_with_its_headline_its_page_and_its_time():
    entries = parsed(week()).entries
    by_title = {entry.title: entry for entry in entries}
    assert set(by_title) == {"Qwen &amp; &lt;b>9&lt;/b> takes the lead.", "o9 overtakes."} or TITLE in by_title
    assert {entry.link for entry in entries} == {"https://artificial-analysis.example/models", "https://lmarena.example/models"}
    assert all(entry.updated_parsed[:3] == (2026, 4, 18) for entry in entries)
    assert {tuple(tag.term for tag in entry.tags) for entry in entries} == {("new_leader", AA), ("overtake", ARENA)}


def test_the_ids_are_the_events_and_stay_the_same():
    first, again = parsed(week()), parsed(week())
    assert {entry.id for entry in first.entries} == {"urn:leaderboard-tracker:event:e1", "urn:leaderboard-tracker:event:e2"}
    assert [entry.id for entry in first.entries] == [entry.id for entry in again.entries]


def test_a_feed_without_news_has_no_entries():
    assert parsed(nothing()).entries == []

"""The charts of a report: which boards and stories have one, and what it shows."""

from __future__ import annotations

from query_world import BOARD, SCORE, START, at, board, save
from test_series import listed, published

from tracker.model import BoardReport, EventFilter, Report
from tracker.model.names import EMPTY_LEXICON
from tracker.ports import Store
from tracker.query.health import health
from tracker.query.illustrations import illustrated
from tracker.query.top import top
from tracker.reports import build, render


def report(store: Store, since: float, until: float) -> Report:
    events = list(store.events(EventFilter(since=at(since), until=at(until))))
    shown = [health(board(), store, now=at(until))]
    tops = {BOARD: top(board(), store, since=at(since), until=at(until))}
    return build(shown, events, {BOARD: list(store.checks(BOARD))}, since=at(since), until=at(until), news_only=False, tops=tops)


def pictured(store: Store, since: float = 0, until: float = 9) -> BoardReport:
    (found,) = illustrated(report(store, since, until), store, EMPTY_LEXICON).boards
    return found


def test_a_board_with_stories_has_its_order_and_the_course_of_each_entry_whose_value_changed(store: Store):
    save(store, 0, listed({"a": 80, "b": 70, "d": 60}))
    save(store, 1, listed({"a": 80, "b": 95, "d": 60}))
    found = pictured(store)
    assert found.charts is not None
    assert found.charts.order is not None
    assert [line.label for line in found.charts.order.lines] == ["Row b", "Row a", "Row d"]
    shown = {story.lead.id: story.lead.subjects[0].name for story in found.stories}
    assert {shown[event] for event in found.charts.courses} == {"Row b"}
    (course, *_) = found.charts.courses.values()
    assert [point.measure.value for point in course.lines[0].points if point.measure] == [70, 95]
    assert course.head.metric.id == SCORE


def test_a_chart_reaches_back_before_the_report_and_never_beyond_it(store: Store):
    for day in range(4):
        save(store, day, listed({"a": 80, "b": 70.0 + 9 * day, "d": 60}))
    found = pictured(store, since=2, until=2.5)
    assert found.charts is not None
    assert found.charts.order is not None
    assert (found.charts.order.head.since, found.charts.order.head.read_until) == (START, at(2))


def test_other_decimals_of_the_same_number_are_not_a_course(store: Store):
    save(store, 0, [published(row, 1) for row in listed({"a": 57.2, "b": 50.1, "d": 40.0})])
    save(store, 1, [published(row, 2) for row in listed({"a": 57.18, "b": 50.12, "d": 40.03})])
    save(store, 2, [published(row, 2) for row in listed({"a": 57.18, "b": 61.12, "d": 40.03})])
    found = pictured(store)
    assert found.charts is not None
    assert {chart.lines[0].label for chart in found.charts.courses.values()} == {"Row b"}


def test_a_board_without_stories_or_with_one_reading_has_no_charts(store: Store):
    save(store, 0, listed({"a": 80, "b": 70, "d": 60}))
    assert pictured(store).charts is None
    save(store, 1, listed({"a": 80, "b": 70, "d": 60}))
    assert pictured(store, since=0.5).charts is None


def test_the_html_page_shows_them_for_a_screen_and_for_a_phone(store: Store):
    save(store, 0, listed({"a": 80, "b": 70, "d": 60}))
    save(store, 1, listed({"a": 80, "b": 95, "d": 60}, of={"b": "<script>b</script>"}))
    page = render(illustrated(report(store, 0, 9), store, EMPTY_LEXICON), "html")
    assert page.count('viewBox="0 0 720 ') == page.count('viewBox="0 0 390 ') == 1
    assert page.count('<figure class="course">') >= 1
    assert page.count("prefers-color-scheme:dark") == 1
    assert "<script" not in page
    assert "<figure" not in render(report(store, 0, 9), "html")

"""The documented views of the database: for SQL by hand, `tracker sql` and Datasette.

They are stable, with their columns; the tables behind them are not. Times are text in UTC, such as `2026-04-18T06:18:33Z`;
`valid_from` is included in a period, `valid_to` is not, and is null while the period lasts.

Source: docs/reference/sql.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

RENAMED = ("boards", "checks", "entries", "events", "measures", "parties")
"""Tables that lost their name to a view; theirs begins with `_`."""


_STATED = {"size_total_b": "size_total", "open_weights": "open_weights", "price": "price"}
"""A trait that another board may state → its column of `identities`."""
_ELSEWHERE = """(
  SELECT iif(AGREE, SHOWN, NULL)
  FROM (SELECT board, iif(count(own), iif(count(DISTINCT own) = 1, max(own), NULL), iif(count(DISTINCT v) = 1, max(v), NULL)) AS v
    FROM (SELECT o.board, o.COLUMN AS v, iif(o.variant IS i.variant, o.COLUMN, NULL) AS own
      FROM identities o JOIN _entries l ON l.board = o.board AND l.entry = o.entry AND l.last_seen IS NULL
      WHERE o.model = i.model AND o.board <> i.board AND o.COLUMN IS NOT NULL STATING)
    GROUP BY board) t
  WHERE v IS NOT NULL ORDER BY (SELECT max(observed_at) FROM snapshots s WHERE s.board = t.board) DESC, t.board LIMIT 1)"""
_AGREE = {"size_total": "max(v) OVER () < 1.1 * min(v) OVER ()", "open_weights": "max(v) OVER () = min(v) OVER ()", "price": "1"}
_SIZED = "AND o.board IN (SELECT board FROM _boards WHERE json_type(declaration, '$.attributes.total_parameters') = 'object')"


def _elsewhere(column: str, shown: str) -> str:
    """What other boards state of a trait of the entry `i` (or which `t.board` does), by the rule of `query.facts`."""
    words = {"AGREE": _AGREE[column], "SHOWN": shown, "COLUMN": column, "STATING": _SIZED if column == "size_total" else ""}
    return re.sub("|".join(words), lambda word: words[word[0]], _ELSEWHERE)


_TRAITS = [f"coalesce(i.{column}, {_elsewhere(column, 'v')})" for column in _STATED.values()]
_SOURCES = [f"iif(i.{column} IS NULL, {_elsewhere(column, 't.board')}, NULL)" for column in _STATED.values()]
_WORDS: Mapping[str, str] = {
    r"time\(((?:[\w.]|\([^()]*\)|(?: OVER ))+)\)": r"strftime('%Y-%m-%dT%H:%M:%SZ', \1, 'unixepoch')",
    r"declared\((\w+)\)": r"json_extract(b.declaration, '$.\1')",
    "BY_ENTRY": "JOIN _entries e ON e.board = s.board AND e.entry = m.entry",
    "BEST_FIRST": "iif(higher_is_better, -value, value)",
    "ENDLESS": str(1 << 60),
    "SOURCES": ", ".join(_SOURCES),
    **dict(zip(("SIZE", "OPEN", "PRICE"), _TRAITS, strict=True)),
}
"""What the queries below abbreviate."""


def _in_full(query: str) -> str:
    for word, meaning in _WORDS.items():
        query = re.sub(rf"\b{word}", meaning, query)
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: what a row is, the meaning and unit of each column, and its query, with the words of `_WORDS`."""

    about: str
    columns: Mapping[str, str]
    query: str

    def create(self, name: str) -> str:
        """The statement that creates it."""
        return f"CREATE VIEW {name} ({', '.join(self.columns)}) AS {_in_full(self.query)}"


_KEYS = {"board": "id of the board", "metric": "id of the metric"}
_ENTRY = {"entry": "the publisher's key of the entry on that board", "name": "its latest name as published"}
_PERIOD = {"valid_from": "begin of the period", "valid_to": "end of the period, null while it lasts"}
_VALUE = {
    "value": "the value, in the unit of the metric",
    "low": "lower end of its 95 % interval, null if none is published",
    "high": "upper end of its 95 % interval",
    "estimated": "1 if the publisher estimated it, 0 if it was measured",
}
_WHO = {
    "model": "id of the model, null if the name is ambiguous",
    "lab": "the lab that made the model, null if unknown",
}
_EVENT = {
    "recorded_at": "time of the observation that recorded it",
    "board": _KEYS["board"],
    "kind": "kind of event",
    "grade": "how certain it is, or what it is about",
    "weight": "importance in a report, 0 to 100",
    "headline": "one sentence",
    "event": "its id",
    "metric": "id of the metric, null if it concerns none",
    "subject": "name of its first subject",
    "rival": "name of its first rival, such as the one overtaken",
    "subject_model": "model of the first subject, null if ambiguous",
    "rival_model": "model of the first rival",
    "subject_entry": "key of the first subject",
    "rival_entry": "key of the first rival",
    "subjects": "number of its subjects",
    "rivals": "number of its rivals",
    "after": "it happened later than that, null if nothing was before",
    "until": "it happened not later than that",
    "is_news": "1 if it is news, 0 if it is only recorded",
    "rule": "the rule that found it, and its version",
}
_EVENT_QUERY = """
SELECT time(recorded_at), board, kind, grade, weight, headline, event, metric,
  json_extract(body, '$.subjects[0][1]'), json_extract(body, '$.rivals[0][1]'),
  nullif(json_extract(body, '$.subjects[0][2]'), ''), nullif(json_extract(body, '$.rivals[0][2]'), ''),
  json_extract(body, '$.subjects[0][0]'), json_extract(body, '$.rivals[0][0]'),
  json_array_length(body, '$.subjects'), json_array_length(body, '$.rivals'),
  time(after), time(until), is_news, rule
FROM _events
"""

_OTHER_RANKS = """
SELECT board, metric, entry, rank, observed_at AS valid_from,
  coalesce(lead(min(observed_at, ended)) OVER entry, nullif(last, ENDLESS)) AS valid_to
FROM (
  SELECT *, lag(rank) OVER entry AS rank_before, lag(until) OVER entry AS ended,
    max(until) OVER (PARTITION BY board, metric, entry) AS last
  FROM (
    SELECT s.board, s.name AS metric, v.entry, t.observed_at, coalesce(v.valid_to, ENDLESS) AS until,
      iif(t.ambiguous = '[]', rank() OVER (PARTITION BY s.board, s.name, t.observed_at ORDER BY BEST_FIRST), NULL) AS rank
    FROM series s JOIN _metrics d ON d.board = s.board AND d.metric = s.name
      CROSS JOIN _measures v ON v.series = s.series
      CROSS JOIN snapshots t
        ON t.board = s.board AND t.observed_at >= v.valid_from AND t.observed_at < coalesce(v.valid_to, ENDLESS)
    WHERE s.kind = 'metric' AND NOT d.is_primary AND d.higher_is_better IS NOT NULL)
  WINDOW entry AS (PARTITION BY board, metric, entry ORDER BY observed_at))
WHERE ended IS NULL OR rank IS NOT rank_before OR ended < observed_at
WINDOW entry AS (PARTITION BY board, metric, entry ORDER BY observed_at)
"""
"""The ranks on metrics that do not rank their board, from the values at each reading."""
_RANKS = """
SELECT s.board, s.name AS metric, e.key AS entry, e.name, {columns}time(m.valid_from) AS valid_from, time(m.valid_to) AS valid_to
FROM series s JOIN ranks m USING (series) BY_ENTRY WHERE s.kind = 'rank' {where}
UNION ALL
SELECT m.board, m.metric, e.key, e.name, {columns}time(m.valid_from), time(m.valid_to)
FROM (OTHER_RANKS) m JOIN _entries e ON e.board = m.board AND e.entry = m.entry WHERE m.rank IS NOT NULL {where}
""".replace("OTHER_RANKS", _OTHER_RANKS)
_LEADERS = """
WITH RECURSIVE rekeyed AS MATERIALIZED (
  SELECT board, json_extract(body, '$.facts.key_before') AS old, json_extract(body, '$.subjects[0][0]') AS new,
    row_number() OVER (PARTITION BY board ORDER BY recorded_at, place) AS number
  FROM _events WHERE instr(body, '"key_before":')),
newer (board, key, newest, number) AS (
  SELECT board, old, new, max(number) FROM rekeyed r
  WHERE old <> new AND NOT EXISTS (SELECT 1 FROM rekeyed l WHERE l.board = r.board AND l.new = r.old AND l.number > r.number)
  GROUP BY board, old
  UNION ALL
  SELECT n.board, n.key, r.new, r.number FROM newer n JOIN rekeyed r ON r.board = n.board AND r.number = (
    SELECT min(x.number) FROM rekeyed x
    WHERE x.board = n.board AND x.old = n.newest AND x.new <> x.old AND x.number > n.number)),
newest AS MATERIALIZED (SELECT board, key AS entry, newest, max(number) FROM newer GROUP BY board, key),
first AS (
  SELECT board, metric, coalesce(newest, entry) AS entry, max(since, started) AS since, min(coalesce(until, '9'), ended) AS until,
    started
  FROM (SELECT board, metric, entry, valid_from AS since, valid_to AS until FROM (FIRST_RANKS)) JOIN (
    SELECT s.board, s.name AS metric, time(started_at) AS started,
      coalesce(time(lead(started_at) OVER (PARTITION BY s.board, s.name ORDER BY started_at)), '9') AS ended
    FROM segments JOIN series s USING (series)) USING (board, metric) LEFT JOIN newest USING (board, entry)
  WHERE since < ended AND coalesce(until, '9') > started)
SELECT board, metric, entry, (SELECT name FROM _entries e WHERE e.board = p.board AND e.key = p.entry), since, nullif(ends, '9'),
  started
FROM (SELECT *, max(until) OVER (PARTITION BY board, metric, entry, started, period) AS ends
  FROM (SELECT *, sum(begins) OVER (PARTITION BY board, metric, entry, started ORDER BY since) AS period
    FROM (SELECT *, since > coalesce(max(until) OVER (
        PARTITION BY board, metric, entry, started ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ), '') AS begins FROM first))) p
WHERE begins
""".replace("FIRST_RANKS", _RANKS.format(where="AND m.rank = 1", columns=""))
"""The periods of rank 1 within each segment, under the newest key of their entry; those that follow each other are one."""

VIEWS: Mapping[str, View] = {
    "boards": View(
        about="A board, its declaration and its state.",
        columns={
            "board": "its id",
            "title": "its title",
            "page": "its page for people",
            "attribution": "whom to credit",
            "terms": "the publisher's terms in short",
            "metric": "id of the metric that ranks it, null if none does",
            "as_of": "time of the last accepted reading",
            "entries": "number of entries then",
            "checked_at": "time of the last check",
            "result": "result of that check",
        },
        query="""
SELECT b.board, declared(title), declared(page), declared(attribution), declared(terms),
  (SELECT metric FROM _metrics m WHERE m.board = b.board AND is_primary),
  time(s.observed_at), s.entries, time(c.observed_at), c.result
FROM _boards b
  LEFT JOIN snapshots s ON s.board = b.board AND s.observed_at = (SELECT max(observed_at) FROM snapshots WHERE board = b.board)
  LEFT JOIN _checks c ON c.board = b.board AND c.observed_at = (SELECT max(observed_at) FROM _checks WHERE board = b.board)
WHERE b.declaration IS NOT NULL
""",
    ),
    "metrics": View(
        about="A metric of a board, as it is declared.",
        columns={
            **_KEYS,
            "title": "its title",
            "unit": "its unit",
            "topic": "what it measures",
            "nature": "`tested`, `fitted`, `live`, `listed`, `count` or `points`",
            "higher_is_better": "1 if more is better, 0 if less is, null if it has no direction",
            "is_primary": "1 if it ranks the board",
            "stated_error": "the publisher's error between two entries, at 95 %, in the unit",
        },
        query="SELECT board, metric, title, unit, topic, nature, higher_is_better, is_primary, stated_error FROM _metrics",
    ),
    "checks": View(
        about="One look at a board, whether it could be read or not.",
        columns={
            "board": _KEYS["board"],
            "observed_at": "time of the look",
            "result": "`accepted`, `unchanged`, `quarantined`, `rejected`, `unreadable`, `failed` or `still_broken`",
            "status": "HTTP status",
            "entries": "number of entries read, null if none were",
            "url": "the address",
            "sha256": "hashes of the bodies, joined by a blank",
            "message": "why it was not accepted",
        },
        query="SELECT board, time(observed_at), result, status, entries, url, sha256, message FROM _checks",
    ),
    "entries": View(
        about="An entry that a board lists or once listed, with its model as the names of the last run resolve it.",
        columns={
            "board": _KEYS["board"],
            **_ENTRY,
            "model": _WHO["model"],
            "variant": "the model with its flags (effort, thinking, context …), null if ambiguous",
            "lab": _WHO["lab"],
            "country": "country of the lab, two letters",
            "family": "brand line, such as `Qwen`",
            "generation": "its number, such as `3.5`",
            "size_total_b": "number of parameters, in 10⁹: as the board or the name states it, otherwise as other boards do",
            "size_active_b": "active parameters, in 10⁹",
            "open_weights": "1 if the weights can be downloaded, 0 if not, null if no board states it or boards differ",
            "reasoning": "`on`, `off` or `unspecified`",
            "price": "listed price, in USD per 1M tokens (output, otherwise blended, otherwise input), here or on another board",
            "price_class": "`<=0.5`, `<=2`, `<=10` or `>10` USD per 1M tokens",
            "first_seen": "time of the first reading with it",
            "last_seen": "time of the last reading with it, null while it is listed",
            "departed": "1 if its departure is confirmed",
            "names_version": "version of the names that resolved it",
            "size_source": "the board that states the size, null if it is this one or the name",
            "open_source": "the board that states whether the weights are open, null if it is this one",
            "price_source": "the board that states the price, null if it is this one",
        },
        query="""
SELECT e.board, e.key, e.name, i.model, i.variant, nullif(i.lab, ''), nullif(i.country, ''),
  nullif(i.family, ''), nullif(i.generation, ''), SIZE, i.size_active, OPEN, coalesce(i.reasons, 'unspecified'), PRICE,
  (SELECT CASE WHEN p <= 0.5 THEN '<=0.5' WHEN p <= 2 THEN '<=2' WHEN p <= 10 THEN '<=10' WHEN p > 10 THEN '>10' END
   FROM (SELECT PRICE AS p)),
  time(e.first_seen), time(e.last_seen), e.departed, i.version, SOURCES
FROM _entries e LEFT JOIN identities i USING (board, entry)
""",
    ),
    "listed": View(
        about="A period in which an entry had a name on a board.",
        columns={"board": _KEYS["board"], "entry": _ENTRY["entry"], "name": "the name in that period", **_PERIOD},
        query="""
SELECT s.board, e.key, m.value, time(m.valid_from), time(m.valid_to)
FROM series s JOIN texts m USING (series) BY_ENTRY WHERE s.kind = 'text' AND s.name = 'name'
""",
    ),
    "measures": View(
        about="A period with one published value of an entry's metric.",
        columns={
            **_KEYS,
            **_ENTRY,
            **_VALUE,
            **_PERIOD,
            "unit": "the metric's unit",
            "segment": "begin of the segment: values are comparable only within it",
        },
        query="""
SELECT s.board, s.name, e.key, e.name, m.value, m.low, m.high, coalesce(m.estimated, 0),
  time(m.valid_from), time(m.valid_to), d.unit, time(g.started_at)
FROM series s JOIN _measures m USING (series) BY_ENTRY
  LEFT JOIN _metrics d ON d.board = s.board AND d.metric = s.name
  LEFT JOIN segments g ON g.series = s.series
    AND g.started_at = (SELECT max(started_at) FROM segments WHERE series = s.series AND started_at <= m.valid_from)
WHERE s.kind = 'metric'
""",
    ),
    "standings_now": View(
        about="A value that a board shows now. Metrics with a direction are ranked.",
        columns={
            **_KEYS,
            "rank": "competition rank (ties share one), null if the metric has no direction or rows share a name",
            **_ENTRY,
            **_VALUE,
            "unit": "the metric's unit",
            "as_of": "time of the last accepted reading",
            "since": "since when the entry has this value",
            "segment": "begin of the present segment of the metric",
            **_WHO,
        },
        query="""
SELECT board, metric, CASE WHEN is_primary AND higher_is_better IS NOT NULL THEN
    (SELECT rank FROM series r JOIN ranks USING (series)
     WHERE r.board = n.board AND r.kind = 'rank' AND r.name = n.metric AND ranks.entry = n.entry ORDER BY valid_from DESC LIMIT 1)
  WHEN higher_is_better IS NOT NULL AND ambiguous = '[]' THEN rank() OVER (PARTITION BY board, metric ORDER BY BEST_FIRST) END,
  key, name, value, low, high, estimated, unit, time(observed_at), time(valid_from),
  time(segment), model, lab
FROM (SELECT s.board, s.name AS metric, m.entry, e.key, e.name, m.value, m.low, m.high, coalesce(m.estimated, 0) AS estimated,
    m.valid_from, d.unit, d.is_primary, d.higher_is_better, i.model, nullif(i.lab, '') AS lab, t.observed_at, t.ambiguous,
    (SELECT max(started_at) FROM segments g WHERE g.series = s.series) AS segment
  FROM series s JOIN _metrics d ON d.board = s.board AND d.metric = s.name
    JOIN snapshots t ON t.board = s.board AND t.observed_at = (SELECT max(observed_at) FROM snapshots WHERE board = s.board)
    JOIN _measures m INDEXED BY measures_open ON m.series = s.series AND m.valid_to IS NULL
    BY_ENTRY LEFT JOIN identities i ON i.board = s.board AND i.entry = m.entry
  WHERE s.kind = 'metric') n
""",
    ),
    "rank_history": View(
        about="A period with one rank of an entry, on each metric with a direction.",
        columns={**_KEYS, **_ENTRY, "rank": "competition rank; ties share one", **_PERIOD},
        query=_RANKS.format(where="", columns="m.rank, "),
    ),
    "leaders": View(
        about="A period of rank 1 on a metric by the values; ties share it. A re-base ends it, another key does not.",
        columns={
            **_KEYS,
            "entry": "the newest key of the entry that led",
            "name": _ENTRY["name"],
            **_PERIOD,
            "segment": "begin of the segment that the period is in",
        },
        query=_LEADERS,
    ),
    "events": View(about="A change that matters.", columns=_EVENT, query=_EVENT_QUERY),
    "news": View(
        about="An event that is news; the newest first.",
        columns=_EVENT,
        query=f"{_EVENT_QUERY} WHERE is_news ORDER BY _events.recorded_at DESC, weight DESC",
    ),
    "parties": View(
        about="A subject or a rival of an event.",
        columns={
            "event": "id of the event",
            "board": _KEYS["board"],
            "role": "`subject` or `rival`",
            "entry": _ENTRY["entry"],
            "name": "its name in the event",
            "model": "its model in the event, null if ambiguous",
        },
        query="""
SELECT event, board, role, json_extract(party, '$[0]'), json_extract(party, '$[1]'), nullif(json_extract(party, '$[2]'), '')
FROM (SELECT event, board, 'subject' AS role, p.value AS party FROM _events, json_each(body, '$.subjects') p
  UNION ALL SELECT event, board, 'rival', p.value FROM _events, json_each(body, '$.rivals') p)
""",
    ),
}

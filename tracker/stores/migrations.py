"""The database's schema, as steps that sqlite-utils applies once each.

The DDL is ours: WITHOUT ROWID tables with the primary key (series, entry, valid_from) are what
makes the history small and quick, and sqlite-utils cannot create them. Times are whole seconds
since 1970 UTC; the views show them as text, for SQL by hand and for Datasette.

Source: docs/decisions/0006-history.md
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from sqlite_utils import Database, Migrations

from tracker.model import EventId
from tracker.stores.change_log import TABLE, ChangeLog
from tracker.stores.views import RENAMED, VIEWS

migrations = Migrations("tracker")

_TABLES = """
CREATE TABLE boards (
  board TEXT PRIMARY KEY,
  position INTEGER NOT NULL DEFAULT 0,
  past TEXT NOT NULL DEFAULT '{}',
  declaration TEXT
) WITHOUT ROWID;

CREATE TABLE checks (
  board TEXT NOT NULL,
  observed_at INTEGER NOT NULL,
  result TEXT NOT NULL,
  status INTEGER NOT NULL,
  entries INTEGER,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (board, observed_at)
) WITHOUT ROWID;

CREATE TABLE snapshots (
  board TEXT NOT NULL,
  observed_at INTEGER NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  entries INTEGER NOT NULL,
  depth INTEGER,
  version TEXT NOT NULL,
  stated_on TEXT NOT NULL,
  metrics TEXT NOT NULL,
  ambiguous TEXT NOT NULL,
  unnamed TEXT NOT NULL,
  PRIMARY KEY (board, observed_at)
) WITHOUT ROWID;

CREATE TABLE series (
  series INTEGER PRIMARY KEY,
  board TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('metric', 'text', 'rank')),
  name TEXT NOT NULL,
  UNIQUE (board, kind, name)
);

CREATE TABLE entries (
  board TEXT NOT NULL,
  entry INTEGER NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  names TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER,
  last_in TEXT NOT NULL,
  last_url TEXT NOT NULL,
  last_value REAL,
  missing_since INTEGER,
  departed INTEGER NOT NULL,
  scored TEXT NOT NULL,
  PRIMARY KEY (board, entry),
  UNIQUE (board, key)
) WITHOUT ROWID;

CREATE TABLE measures (
  series INTEGER NOT NULL REFERENCES series,
  entry INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  value REAL NOT NULL,
  low REAL,
  high REAL,
  estimated INTEGER,
  decimals INTEGER NOT NULL,
  raw TEXT,
  PRIMARY KEY (series, entry, valid_from)
) WITHOUT ROWID;
CREATE INDEX measures_by_time ON measures (series, valid_from);
CREATE INDEX measures_open ON measures (series) WHERE valid_to IS NULL;

CREATE TABLE texts (
  series INTEGER NOT NULL REFERENCES series,
  entry INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  value TEXT NOT NULL,
  PRIMARY KEY (series, entry, valid_from)
) WITHOUT ROWID;
CREATE INDEX texts_open ON texts (series) WHERE valid_to IS NULL;

CREATE TABLE ranks (
  series INTEGER NOT NULL REFERENCES series,
  entry INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  rank INTEGER NOT NULL,
  PRIMARY KEY (series, entry, valid_from)
) WITHOUT ROWID;

CREATE TABLE segments (
  series INTEGER NOT NULL REFERENCES series,
  started_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (series, started_at)
) WITHOUT ROWID;

CREATE TABLE events (
  event TEXT PRIMARY KEY,
  board TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kind TEXT NOT NULL,
  grade TEXT NOT NULL,
  weight INTEGER NOT NULL,
  told INTEGER NOT NULL, -- phrase allowed: version 0.1 named the column so
  metric TEXT,
  after INTEGER,
  until INTEGER NOT NULL,
  headline TEXT NOT NULL,
  rule TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX events_by_time ON events (recorded_at, board, place);
CREATE INDEX events_by_board ON events (board, recorded_at);

CREATE TABLE parties (
  board TEXT NOT NULL,
  entry INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (board, entry, event)
) WITHOUT ROWID;

CREATE TABLE withdrawn (
  event TEXT PRIMARY KEY,
  board TEXT NOT NULL,
  headline TEXT NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
"""

_VIEWS = """
CREATE VIEW listed AS
  SELECT series.board, entries.key AS entry, texts.value AS name,
         datetime(texts.valid_from, 'unixepoch') AS valid_from, datetime(texts.valid_to, 'unixepoch') AS valid_to
  FROM texts JOIN series USING (series) JOIN entries ON entries.board = series.board AND entries.entry = texts.entry
  WHERE series.kind = 'text' AND series.name = 'name';

CREATE VIEW measure_history AS
  SELECT series.board, series.name AS metric, entries.key AS entry, entries.name, measures.value, measures.low, measures.high,
         coalesce(measures.estimated, 0) AS estimated,
         datetime(measures.valid_from, 'unixepoch') AS valid_from, datetime(measures.valid_to, 'unixepoch') AS valid_to
  FROM measures JOIN series USING (series) JOIN entries ON entries.board = series.board AND entries.entry = measures.entry;

CREATE VIEW rank_history AS
  SELECT series.board, series.name AS metric, entries.key AS entry, entries.name, ranks.rank,
         datetime(ranks.valid_from, 'unixepoch') AS valid_from, datetime(ranks.valid_to, 'unixepoch') AS valid_to
  FROM ranks JOIN series USING (series) JOIN entries ON entries.board = series.board AND entries.entry = ranks.entry;

CREATE VIEW news AS
  SELECT datetime(recorded_at, 'unixepoch') AS recorded_at, board, kind, grade, weight, headline, event
  FROM events WHERE told -- phrase allowed: version 0.1 named the column so
  ORDER BY events.recorded_at DESC, weight DESC;
"""

_SERVICE_STATE = """
DROP TABLE IF EXISTS receipts;

CREATE TABLE outbox (
  event TEXT NOT NULL,
  route TEXT NOT NULL,
  queued_at INTEGER NOT NULL,
  message TEXT NOT NULL,
  tries INTEGER NOT NULL,
  not_before INTEGER,
  error TEXT NOT NULL,
  dead INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (event, route)
) WITHOUT ROWID;

CREATE TABLE receipts (
  event TEXT NOT NULL,
  route TEXT NOT NULL,
  delivered_at INTEGER NOT NULL,
  how TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (event, route)
) WITHOUT ROWID;
CREATE INDEX receipts_by_time ON receipts (route, delivered_at);

CREATE TABLE routes (route TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE holds (board TEXT NOT NULL, watch TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (board, watch)) WITHOUT ROWID;

CREATE TABLE pauses (board TEXT PRIMARY KEY, since INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE notices (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  since INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (kind, subject, since)
);

CREATE TABLE counts (what TEXT NOT NULL, label TEXT NOT NULL, amount REAL NOT NULL, PRIMARY KEY (what, label)) WITHOUT ROWID;
"""

_VINTAGES = """
ALTER TABLE entries ADD COLUMN valid_from INTEGER NOT NULL DEFAULT 0;

CREATE TABLE entry_versions AS SELECT *, 0 AS valid_to FROM entries WHERE 0;
CREATE INDEX entry_versions_by_entry ON entry_versions (board, entry, valid_from);

CREATE TABLE states (
  board TEXT NOT NULL, valid_from INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (board, valid_from)
) WITHOUT ROWID;

CREATE TABLE known (
  board TEXT NOT NULL, vintage INTEGER NOT NULL, known_from INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (board, vintage, known_from)
) WITHOUT ROWID;
INSERT INTO known SELECT board, 0, observed_at, observed_at FROM checks;

CREATE TABLE vintages (
  board TEXT NOT NULL, vintage INTEGER NOT NULL, known_from INTEGER NOT NULL, seen INTEGER NOT NULL, why TEXT NOT NULL,
  declaration TEXT NOT NULL, names TEXT NOT NULL, rules TEXT NOT NULL,
  PRIMARY KEY (board, vintage)
) WITHOUT ROWID;

CREATE TABLE declaration_versions (
  board TEXT NOT NULL, known_from INTEGER NOT NULL, declaration TEXT NOT NULL, PRIMARY KEY (board, known_from)
) WITHOUT ROWID;
INSERT INTO declaration_versions SELECT board, 0, declaration FROM boards WHERE declaration IS NOT NULL;

CREATE TABLE names (known_from INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, body BLOB NOT NULL);

CREATE TABLE ended_pauses (
  board TEXT NOT NULL, since INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, until INTEGER NOT NULL
);
"""
_VERSIONED = {
    "checks": "board, observed_at",
    "snapshots": "board, observed_at",
    "entry_versions": "board, entry, valid_from",
    "states": "board, valid_from",
    "measures": "series, entry, valid_from",
    "texts": "series, entry, valid_from",
    "ranks": "series, entry, valid_from",
    "segments": "series, started_at",
    "events": "event",
}


def _run(db: Database, script: str) -> None:
    for statement in filter(str.strip, script.split(";\n")):
        db.execute(statement)


@migrations()
def history(db: Database) -> None:
    """The history as of version 0.1."""
    _run(db, _TABLES + _VIEWS)


@migrations()
def ledger(db: Database) -> None:
    """Outbox, receipts, pauses, notices and counts, as of version 0.2; nothing was ever written into the first receipts."""
    _run(db, _SERVICE_STATE)


@migrations()
def news(db: Database) -> None:
    """The column of news is `is_news`, also in the events of the outbox; before, it had another name."""
    old = "told"  # phrase allowed: its name in version 0.1
    db.execute(f"ALTER TABLE events RENAME COLUMN {old} TO is_news")
    db.execute(
        f"UPDATE outbox SET body = json_set(json_remove(body, '$.{old}'), '$.is_news', "  # noqa: S608  # our own name
        f"json(iif(json_extract(body, '$.{old}'), 'true', 'false')))"
    )


@migrations()
def still_broken(db: Database) -> None:
    """A check that finds a broken board unchanged has its own result; before, its message began with "still: "."""
    db.execute(
        "UPDATE checks SET result = 'still_broken', message = substr(message, 8) WHERE result = 'unchanged' AND message <> ''"
    )


@migrations()
def counted(db: Database) -> None:
    """A delivery that its message only counts has its own column; before, the message's name ended with `+`."""
    db.execute("ALTER TABLE outbox ADD COLUMN counted INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE outbox SET counted = 1, message = substr(message, 1, length(message) - 1) WHERE message LIKE '%+'")


@migrations()
def counters(db: Database) -> None:
    """The verdict by which fetches are counted has its own column; before, it followed the board (`board verdict`)."""
    db.execute(
        "CREATE TABLE counters (what TEXT NOT NULL, subject TEXT NOT NULL, verdict TEXT NOT NULL, amount REAL NOT NULL,"
        " PRIMARY KEY (what, subject, verdict)) WITHOUT ROWID"
    )
    db.execute(
        "INSERT INTO counters SELECT what, iif(what = 'fetches', substr(label, 1, instr(label, ' ') - 1), label),"
        " iif(what = 'fetches', substr(label, instr(label, ' ') + 1), ''), amount FROM counts"
    )
    db.execute("DROP TABLE counts")
    db.execute("ALTER TABLE counters RENAME TO counts")


@migrations()
def indices(db: Database) -> None:
    """A copy of what was read of each board's index, piece by piece, each with its hash: a damaged index is restored from it."""
    db.execute(
        "CREATE TABLE indices (board TEXT NOT NULL, start INTEGER NOT NULL, lines BLOB NOT NULL, sha256 BLOB NOT NULL,"
        " PRIMARY KEY (board, start)) WITHOUT ROWID"
    )


@migrations()
def vintages(db: Database) -> None:
    """When the record had each check, and the rows that a rewriting replaced (docs/decisions/0071-vintages.md)."""
    _run(db, _VINTAGES)
    for table, key in _VERSIONED.items():
        db.execute(f"CREATE TABLE vintage_{table} AS SELECT 0 AS from_vintage, 0 AS to_vintage, * FROM {table} WHERE 0")  # noqa: S608  # our own names
        db.execute(f"CREATE INDEX vintage_{table}_by_key ON vintage_{table} ({key}, to_vintage)")
    parties = "SELECT 0 AS from_vintage, 0 AS to_vintage, *, 0 AS recorded_at FROM parties WHERE 0"
    db.execute(f"CREATE TABLE vintage_parties AS {parties}")
    db.execute("CREATE INDEX vintage_parties_by_key ON vintage_parties (board, entry, event, to_vintage)")


_DECLARED = """
CREATE TABLE _metrics (
  board TEXT NOT NULL,
  metric TEXT NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  topic TEXT NOT NULL,
  nature TEXT NOT NULL,
  higher_is_better INTEGER,
  is_primary INTEGER NOT NULL,
  stated_error REAL,
  PRIMARY KEY (board, metric)
) WITHOUT ROWID;
CREATE TRIGGER declared AFTER INSERT ON _boards WHEN json_valid(new.declaration) BEGIN {note} END;
CREATE TRIGGER declared_again AFTER UPDATE OF declaration ON _boards WHEN json_valid(new.declaration) BEGIN {note} END;
UPDATE _boards SET declaration = declaration;

CREATE TABLE identities (
  board TEXT NOT NULL,
  entry INTEGER NOT NULL,
  version TEXT NOT NULL,
  org TEXT NOT NULL,
  {identity},
  size_total REAL,
  size_active REAL,
  open_weights INTEGER,
  reasons TEXT NOT NULL,
  price REAL,
  PRIMARY KEY (board, entry)
) WITHOUT ROWID;
ALTER TABLE _boards ADD COLUMN names TEXT;
CREATE INDEX ranks_first ON ranks (series, valid_from) WHERE rank = 1;
"""
_OF_A_METRIC = ("id", "title", "unit", "topic", "nature", "higher_is_better", "primary", "stated_error")
_NOTE_METRICS = (
    "DELETE FROM _metrics WHERE board = new.board; INSERT INTO _metrics SELECT new.board, "  # noqa: S608  # our own keys
    + ", ".join(f"json_extract(value, '$.{key}')" for key in _OF_A_METRIC)
    + " FROM json_each(new.declaration, '$.metrics');"
)
_IDENTITY = (
    "name lab country family generation line_title tier size_total_b size_active_b tune kind reasoning effort thinking_budget"
    " quant context serving harness preview date model variant confidence reason guessed_lab guessed_family"
).replace(" ", ", ")


@migrations()
def documented(db: Database) -> None:
    """Views for people, under the names of tables that get a prefix; the declared metrics and the entries' identities as rows."""
    for (view,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        db.execute(f"DROP VIEW {view}")
    for table in RENAMED:
        db.execute(f"ALTER TABLE {table} RENAME TO _{table}")
    _run(db, _DECLARED.format(note=_NOTE_METRICS, identity=_IDENTITY))
    for name, view in VIEWS.items():
        db.execute(view.create(name))


@migrations()
def changes(db: Database) -> None:
    """The order in which events came; those that are there already came as they are dated."""
    db.execute(TABLE)
    ids = db.execute("SELECT event FROM _events ORDER BY recorded_at, board, place").fetchall()
    ChangeLog(db.conn).add(EventId(event) for (event,) in ids)


@migrations()
def key_before(db: Database) -> None:
    """Events that state a former key are found without a look at the body of each event."""
    former = "instr(body, '\"key_before\":')"
    db.execute(f"CREATE INDEX events_with_key_before ON _events (board, recorded_at, place) WHERE {former}")


@migrations()
def joined_traits(db: Database) -> None:
    """The views state what other boards know of a model, and leaders under their newest key."""
    db.execute("CREATE INDEX identities_by_model ON identities (model) WHERE model IS NOT NULL")
    for name, view in VIEWS.items():
        db.execute(f"DROP VIEW {name}")
        db.execute(view.create(name))


@migrations()
def changes_by_event(db: Database) -> None:
    """What came and went of an event is found without a look at the whole log."""
    db.execute("CREATE INDEX changes_by_event ON changes (event, position)")


def converted(table: str, rows: Sequence[tuple[Any, ...]], version: str) -> Sequence[tuple[Any, ...]]:
    """The rows of a table in this version's form; `version` is the newest migration of the file they were read from.

    Raises:
        ValueError: no migration has that name; a later version wrote the file.
        sqlite3.Error: that version had no such table, or other columns in it.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        file = Database(connection)
        names = [migration.name for migration in migrations.pending(file)]
        following = names[names.index(version) + 1 :]
        if not following or not rows:
            return rows
        migrations.apply(file, stop_before=following[0])
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608  # our own table names
        migrations.apply(file)
        migrated: list[tuple[Any, ...]] = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # our own table names
        return migrated

"""The commands by group, each with its module and its short help."""

from __future__ import annotations

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Watch": {
        "run": ("run", "Fetch all boards, or those named, and report what changed."),
        "daemon": ("daemon", "Fetch each enabled board on schedule and report changes, until SIGTERM."),
        "status": ("status", "Show problems first, then the state of boards and deliveries."),
        "quarantine": ("quarantine", "List, show, accept or reject readings held back."),
        "capture": ("capture", "List, show or compare a board's captures, or strike one that does not count."),
        "outbox": ("outbox", "List pending deliveries, retry them, or drop them."),
        "notify": ("notify", "List the routes, or send a test message on one."),
        "watch": ("watch", "List your watches, or show when they would have fired."),
    },
    "Read": {
        "report": ("report", "Write a change report."),
        "events": ("events", "List events: what really changed."),
        "corrections": ("corrections", "List what was corrected after it was recorded, and why."),
        "chart": ("chart", "Draw a board over time, its ranking or its frontier."),
        "serve": ("serve", "Show what changed, boards and models in a web browser, until interrupted."),
        "site": ("site", "Write the pages of `tracker serve` as static files."),
    },
    "Ask": {
        "standings": ("standings", "Show a board's ranking by a metric, now or at an earlier time."),
        "leaders": ("leaders", "Show who led a board, from when to when."),
        "history": ("history", "Show a model's values, ranks and events over time."),
        "compare": ("compare", "Compare two models on every board that lists both."),
        "since": ("since", "Show since when A is above B, on every board that lists both."),
        "price": ("price", "Show what a model cost at a time, and how exactly that is known."),
        "retirements": ("retirements", "List the models that are deprecated or expire, where boards state it."),
        "models": ("models", "List models across boards: their names, and where each one ranks."),
        "sql": ("sql", "Answer an SQL query from the documented views."),
        "datasette": ("datasette", "Browse the documented views with Datasette."),
        "check": ("check", "Check a sentence or an article about models against the record."),
        "why-not": ("why_not", "Explain each change to a model: the event that reported it, or why none did."),
    },
    "Prove": {
        "verify": ("verify", "Derive events again from the stored bytes and compare."),
        "audit": ("audit", "Find whatever was changed in the archive after it was written."),
        "checkpoint": ("checkpoint", "Sign the root of the archive, and append it to a log."),
        "settle": ("settle", "Show who was first on a board at a time, by a published rule."),
        "scorecard": ("scorecard", "Show how news turned out, by kind and grade."),
        "evidence": ("evidence", "Write a bundle with which anyone can check an event offline."),
    },
    "Set up": {
        "init": ("init", "Create a workspace in a folder, by default the current one."),
        "boards": ("boards", "List the boards with their state."),
        "board": ("board", "Show, test, repair, pause or resume a board, or declare a new one."),
        "import": ("import_", "Import saved pages, named by timestamp, through the normal pipeline."),
        "backfill": ("backfill", "Take a board's past from git, Wayback, the Hugging Face Hub or a folder."),
        "export": ("export", "Export boards with their history to a format that other tools read."),
        "backup": ("backup", "Copy the store into a folder, also while a daemon runs."),
        "restore": ("restore", "Copy a backup to where the store is expected, and verify it."),
        "prune": ("prune", "Delete bodies of captures that nothing needs any more."),
        "replay": ("replay", "Rebuild the history from the archive and the declarations."),
        "resolve": ("resolve", "Show which model a name stands for, and why."),
        "install": ("install", "Show how to run the tracker as a service here, or install it."),
        "demo": ("demo", "Run a season of invented boards through the normal pipeline."),
    },
}
"""Group → command → (module in this package, short help). The command's own help begins with the same text."""
COMMANDS: Mapping[str, tuple[str, str]] = {name: command for group in GROUPS.values() for name, command in group.items()}

"""A daemon with little memory refuses the pages that would take it all, and reads the others on time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit import ON_LINUX

PROGRAM = """
import json, re, resource, sys
from pathlib import Path

for name in ("numpy", "pandas"):  # sqlite-utils loads them wherever they are installed; the daemon needs neither
    sys.modules[name] = None

import time_machine
from daemon_world import DAY, START, Daemon
from tracker.daemon.opening import spare_memory
from tracker.model import BoardId, Capture

MEGABYTES = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
spare_memory()
PAGES = {
    "cells": ("html_table", lambda: "<table><tr>" + "<th>x" * 1_000_000 + "</table>"),
    "objects": ("json_records", lambda: "[" + "{}," * 10_000_000 + "{}]"),
    "rows": ("html_table", lambda: "<table><tr><th>key<th>score" + "<tr><td>a<td>1" * 400_000 + "</table>"),
    "brackets": ("markdown_table", lambda: "|key|score|\\n|---|---|\\n|" + "[" * 5_000_000 + "|1|\\n"),
    "assignments": ("json_records", lambda: ("data = [" + "1," * 1000 + "1];\\n") * 10_000),
    "bold": ("html_table", lambda: "<table><tr><th>key<th>score<tr><td>" + "<b>x</b>" * 300_000 + "<td>1</table>"),
}
with time_machine.travel(START, tick=False) as traveller:
    daemon = Daemon(folder=Path(sys.argv[1]), traveller=traveller)

    def showing(text):
        def answer(board):
            return Capture(board=board.id, observed_at=daemon.now, url=board.request.url, bodies=(text().encode(),))

        return answer

    for name, (form, text) in PAGES.items():
        daemon.declare(name)
        path = daemon.folder / "schedules" / "acme" / f"{name}.toml"
        path.write_text(path.read_text().replace("csv_table", form))
        daemon.answers[f"acme/{name}"] = showing(text)
    for number in range(5):
        daemon.declare(f"good-{number}")
    daemon.run(2 * DAY)
    results = {name: daemon.results(f"acme/{name}") for name in [*PAGES, *(f"good-{number}" for number in range(5))]}
    asked = {name: [str(at) for at in daemon.times(f"acme/{name}")] for name in results}
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    json.dump([results, asked, int(peak[1]), list(map(list, daemon.open()))], sys.stdout)
"""


@pytest.mark.slow
@ON_LINUX
@pytest.mark.parametrize("megabytes", [512, 256])
def test_a_daemon_with_little_memory_survives_pages_that_would_take_more(tmp_path: Path, megabytes: int):
    environment = {**os.environ, "PYTHONPATH": ":".join(filter(None, sys.path))}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(megabytes)]
    ended = subprocess.run(command, check=False, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode()[-4000:]
    results, asked, peak_kb, notices = json.loads(ended.stdout)
    for name, found in results.items():
        if name.startswith("good"):
            assert (found, asked[name]) == (["accepted", "unchanged", "unchanged"], asked["good-0"])
        else:
            assert found
            assert set(found) <= {"unreadable", "failed"}
    assert not [subject for _, subject in notices if subject.startswith("acme/good")]
    assert peak_kb < 400_000

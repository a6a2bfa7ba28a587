"""`tracker serve` and `tracker site build`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cli_world import World


def test_the_site_is_written_with_every_board_and_format(world: World):
    world.imported()
    folder = world.folder / "site"
    ran = world.run("site", "build", folder, "--url", "https://site.example")
    assert (ran.code, ran.out) == (0, "")
    assert ran.error == f"tracker: wrote {folder}"
    assert "Model G" in (folder / "boards/acme/text/index.html").read_text(encoding="utf-8")
    assert "https://site.example/changes.atom" in (folder / "changes.atom").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_made_is_named_and_the_others_are_written(world: World):
    world.imported()
    folder = world.folder / "site"
    (world.folder / "blocked").write_text("a file", encoding="utf-8")
    ran = world.run("site", "build", world.folder / "blocked" / "site")
    assert (ran.code, "cannot be written" in ran.error) == (3, True)
    assert not folder.exists()


def test_an_address_beyond_this_machine_needs_a_token_or_public(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TRACKER_HTTP_TOKEN", raising=False)
    world.imported()
    ran = world.run("serve", "--host", "0.0.0.0", "--port", "0")
    assert ran.code == 2
    assert "others can reach this address and no token is set" in ran.error


@pytest.mark.slow
def test_the_pages_are_served_until_the_command_is_ended(world: World):
    world.imported()
    where = ("--store", str(world.store), "--schedules", str(world.folder / "schedules"))
    command = (sys.executable, "-m", "tracker", *where, "serve", "--port", "0")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as running:
        assert running.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", running.stderr.readline())
        assert address
        assert "What changed" in httpx.get(address[0]).text
        assert "Model G" in httpx.get(f"{address[0]}boards/acme/text/").text
        running.terminate()
        assert running.wait(20) == 0

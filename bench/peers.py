"""The tools that the tracker is compared with, each installed from its registry into an environment of its own."""

from __future__ import annotations

import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENTS = Path(__file__).resolve().parents[1] / "build" / "peers"
PEERS: Mapping[str, tuple[str, ...]] = {
    "git-history": ("git-history",),
    "csv-diff": ("csv-diff",),
    "deepdiff": ("deepdiff",),
    "urlwatch": ("urlwatch",),
    "webchanges": ("webchanges",),
    "pandas": ("pandas", "lxml"),
    "bs4": ("beautifulsoup4", "lxml"),
    "lxml": ("lxml",),
    "selectolax": ("selectolax",),
    "msgspec": ("msgspec",),
}
"""What to install for each."""


def program(peer: str, name: str = "python") -> Path:
    """A program of the peer's environment."""
    return ENVIRONMENTS / peer / "bin" / name


def install(peer: str) -> None:
    """Create the peer's environment if it is missing."""
    folder = ENVIRONMENTS / peer
    if not (folder / ".installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([program(peer), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PEERS[peer]], check=True)
        (folder / ".installed").touch()


def versions() -> dict[str, str]:
    """The installed version of each peer, for the record of the results."""
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    found = {}
    for peer, packages in PEERS.items():
        if (ENVIRONMENTS / peer / ".installed").exists():
            said = subprocess.run([program(peer), "-c", code, packages[0]], check=True, capture_output=True, text=True)
            found[peer] = said.stdout.strip()
    return found

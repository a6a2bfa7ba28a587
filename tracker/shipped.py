"""The files that come with the package: boards, model names, watches and routes, and the demo's season.

A wheel carries them inside the package (`force-include` in pyproject.toml). A checkout has them in its top-level
folders and uses those directly, so that an edit there takes effect at once.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_data"
_IS_CHECKOUT = not _INSTALLED.is_dir()

SCHEDULES = _PACKAGE.parent / "schedules" if _IS_CHECKOUT else _INSTALLED / "schedules"
"""Boards, `models/`, `watches.toml`, `routes.toml`."""
SEED = _PACKAGE.parent / "snapshots" / "seed" if _IS_CHECKOUT else _INSTALLED / "seed"
"""The season of invented boards that `tracker demo` replays."""

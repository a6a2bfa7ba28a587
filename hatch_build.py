"""Builds the package: the README that an index shows has absolute links, because the index has no other file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE_LINK = re.compile(r"(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)]+)\)")


class Readme(MetadataHookInterface):
    """Provides `readme`, which pyproject.toml declares as dynamic.

    https://hatch.pypa.io/latest/plugins/metadata-hook/custom/
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme` to README.md with its relative links under the project's homepage."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        home = metadata["urls"]["Homepage"]

        def absolute(link: re.Match[str]) -> str:
            return f"{link[1]}{link[2]}({home}/{'raw' if link[1] else 'blob'}/main/{link[3]})"

        linked = _RELATIVE_LINK.sub(absolute, text)
        metadata["readme"] = {"content-type": "text/markdown", "text": linked}

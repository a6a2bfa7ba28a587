"""A chart as PNG, with fonts of our own, so that every machine makes the same picture."""

from __future__ import annotations

import re
from importlib.resources import files

from tracker.errors import DeclarationError

_FONTS = ("Roboto-Regular.ttf", "Roboto-Bold.ttf")
_COVERED = re.compile(
    "[\t\n -~\u00a0-\u024f\u02c6-\u02dd\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u205e\u2190-\u2193\u2200-\u22ff]*"
)
"""Text of which they have every sign."""


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """The picture with that many pixels for each of the SVG, whose theme must be light or dark.

    What our fonts lack is drawn with the machine's.

    Raises:
        DeclarationError: the extra `png` is missing.
    """
    try:
        import resvg_py  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise DeclarationError("PNG: resvg_py is not installed; install the extra: leaderboard-tracker[png]") from error
    fonts = [str(files("tracker.workspace").joinpath("fonts", name)) for name in _FONTS]
    covered = _COVERED.fullmatch(svg) is not None
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            font_files=fonts,
            skip_system_fonts=covered,
            font_family="Roboto",
            sans_serif_family="Roboto",
        )
    )

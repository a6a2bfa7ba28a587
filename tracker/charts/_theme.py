"""The colours and fonts of every chart, in light and dark: text has a contrast of 4.5 : 1 at least, shapes 3 : 1 (WCAG AA)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

COLOURS = 12
"""Lines that can have a colour of their own."""
_NAMES = ("ground", "ink", "soft", "line", "grey", "tint", *(f"c{number}" for number in range(COLOURS)))


def _colours(words: str) -> Mapping[str, str]:
    return dict(zip(_NAMES, words.split(), strict=True))


LIGHT = _colours(
    "#ffffff #1b1b1a #5d5a54 #dedbd4 #8f8b83 #f3f0ea"
    " #1d5bb8 #b5410b #14724a #7a3fa6 #b01f63 #0b6e80 #8a5a00 #4a45bd #b3261e #55660a #56616d #7b4b2a"
)
DARK = _colours(
    "#161615 #efede8 #aba79e #3a3834 #7d7971 #23221f"
    " #8ab6ff #ffa56b #76d3a2 #cda9f8 #ff9dc4 #6ad0de #e5c06f #b0aeff #ff9a90 #c0d06a #b6c1cc #dba98c"
)
_RULES = """
.tc text{font:12px Roboto,"Segoe UI","Helvetica Neue",Arial,system-ui,sans-serif;fill:$ink}
.tc .h{font-size:20px;font-weight:700}
.tc .s{fill:$soft}.tc .n{font-size:11px}.tc .b{font-weight:700}.tc .e{text-anchor:end}.tc .m{text-anchor:middle}
.tc .g{fill:$ground}.tc .i{fill:$ink}.tc .v{fill:$tint}.tc .w{fill:$line}
.tc .a{stroke:$line;fill:none}.tc .z{stroke:$soft;fill:none}.tc .p{stroke:$soft;fill:none;stroke-dasharray:3 3}
.tc .l{fill:none;stroke:currentColor;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}
.tc .x{color:$grey}.tc .x .t{fill:$soft}.tc .x .l{stroke-width:1.1}
.tc .u{stroke-dasharray:2 4}.tc .f{fill:currentColor}.tc .o{fill:$ground;stroke:currentColor;stroke-width:1.8}
.tc .r{fill:currentColor;fill-opacity:.13}.tc .y{stroke:currentColor;fill:none}.tc .t{fill:currentColor}
.tc .q{stroke:$ground;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
""" + "".join(f".tc .k{number}{{color:$c{number}}}" for number in range(COLOURS))  # fmt: skip


class Theme(StrEnum):
    """Light, dark, or whichever the reader's system prefers."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def stylesheet(theme: Theme) -> str:
    """The rules of every chart, for its `<style>`, or for the page that several are in."""
    rules = _RULES.replace("\n", "")
    if theme is Theme.AUTO:
        return f"{_variables(LIGHT)}@media(prefers-color-scheme:dark){{{_variables(DARK)}}}" + re.sub(
            r"\$(\w+)", r"var(--\1)", rules
        )
    colours = DARK if theme is Theme.DARK else LIGHT
    return re.sub(r"\$(\w+)", lambda match: colours[match[1]], rules)


def _variables(colours: Mapping[str, str]) -> str:
    return f".tc{{{';'.join(f'--{name}:{colour}' for name, colour in colours.items())}}}"

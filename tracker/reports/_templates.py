"""Fills the packaged templates; every value is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from tracker import wording
from tracker.reports import words
from tracker.reports.brief import brief
from tracker.reports.cleaning import link


def fill(name: str, **values: object) -> str:
    """The filled template of that name under `templates/`. It can use the words of this package."""
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: files("tracker.reports").joinpath("templates", name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(words=words, wording=wording, link=link, brief=brief)
    return environment

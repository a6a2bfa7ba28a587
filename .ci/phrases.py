"""Check that the project is written in plain English: `python .ci/phrases.py [PATH...]`; without a path, everything in COVERED.

Reads prose only: Markdown outside code, comments and strings of Python, comments of other files, and of tests the names of the
test functions. Prints `file:line: "phrase": write ...` for each phrase to replace, and exits with 1 if there is one. A line that
needs a phrase says why on the same line: `phrase allowed: REASON`.
"""

from __future__ import annotations

import re
import sys
import token
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COVERED = (
    ".ci",
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "bench",
    "contrib",
    "docs",
    "schedules",
    "snapshots/README.md",
    "snapshots/seed/README.md",
    "snapshots/seed/make.py",
    "snapshots/seed/schedules",
    "tests",
    "tracker",
)
"""Files and folders that are free of these phrases, and stay so."""
READ = {".md", ".py", ".toml", ".yaml", ".yml", ".service", ".timer", ".dockerignore", ""}
"""Suffixes of the files that are read; files without one are such as Makefile, Dockerfile and crontab."""
ALLOWED = re.compile(r"phrase allowed: *\S")
MASK = "\N{MIDDLE DOT}"
"""Takes the place of every character that is not prose: offsets stay the same, and no phrase runs across code."""
FENCE = re.compile(r"^ *```.*?^ *```|`[^`]+`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
TEST_NAME = re.compile(r"^ *(?:async )?def test_(\w+)", re.MULTILINE)
F_STRING = getattr(token, "FSTRING_MIDDLE", token.STRING)  # from Python 3.12 on
F_STRING_ENDS = {getattr(token, name, None) for name in ("FSTRING_START", "FSTRING_END")}
STRING_BODY = re.compile(r"""[A-Za-z]*(?P<quote>\"{3}|'{3}|"|')(?P<body>.*)(?P=quote)""", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A phrase that readers stumble over, as a regular expression, and what to write."""

    pattern: re.Pattern[str]
    write: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A phrase in a file. `line` counts from 1."""

    path: Path
    line: int
    phrase: str
    write: str

    def __str__(self) -> str:
        """One line, as compilers write it."""
        return f'{self.path.as_posix()}:{self.line}: "{self.phrase}": write {self.write}'


def _phrase(pattern: str, write: str) -> Phrase:
    return Phrase(pattern=re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE), write=write)


_PARTICIPLE = r"(?:\w+ed|\w+n|come|become|had|made|met|read|run|sent|set|kept|built|found|got|lost|put|yet|only)\b"
_NOT_NEGATING = r"(?:longer|more|less|one|such|later|other|different|better|worse|larger|smaller|older|newer|fewer)\b"
PHRASES = (
    # Words that engineers of the field do not use for these things.
    _phrase(r"\b(?:un)?told\b(?! to\b)", '"reported", "stated" or "is news"'),  # phrase allowed: this is its pattern
    _phrase(r"\btells? (?:\S+ ){0,3}apart\b", '"distinguish"'),
    _phrase(r"\btells? (?:what|of|nothing)\b", '"report" or "state"'),
    _phrase(r"\bsettl(?:e|es|ed|ing)\b", '"sync" of a store, "decide" of a question'),
    _phrase(r"\bbur(?:y|ies|ied|ying)\b", '"dead-letter"'),
    _phrase(r"\b(?:the|each|every|dead|waiting|queued|posted) letters?\b", '"delivery"'),
    _phrase(r"\bledgers?\b", '"service state"'),
    _phrase(r"\bcouriers?\b", '"delivery worker"'),
    _phrase(r"\b(?:mend|heal)(?:s|ed|ing)?\b", '"fix" or "repair"'),
    _phrase(r"\b(?:lay|lays|laid|laying) (?:\S+ ){0,5}side by side\b", '"compare"'),
    _phrase(r"\b(?:hold|holds|held) (?:\S+ ){0,5}against\b", '"check against" or "compare with"'),
    _phrase(r"\bdearer\b|\bdearest\b", '"more expensive"'),
    _phrase(r"\banew\b", '"again", or the verb with "re-"'),
    # German idioms and word order.
    _phrase(r"\b(?:stand|stands|stood|standing) (?:in|there|here|beside|behind|nowhere|so)\b", '"is in", "is", "comes after"'),
    _phrase(r"\b(?:where|wherever|as|what) (?:it|they) (?:stand|stands|stood)\b", '"is", "are"'),
    _phrase(r"\b(?:bear|bears|bearing|bore) (?:a|an|the|that|this|no|one|its|another|such)\b", '"has"'),
    _phrase(r"\bso (?:many|much)\b(?! (?:as|that|for)\b)", '"at most N", "by N", or the number'),
    _phrase(rf"\b(?:has|have|had) not\b(?! (?:been )?{_PARTICIPLE})", '"does not have"'),
    _phrase(
        r"\b(?:say|says|know|knows|tells|needs|states|asks|goes|gives|sees|stands|begins|comes|keeps|wants) not\b",
        '"does not ..."',
    ),
    _phrase(rf"(?<!\bthere\s)\b(?:is|are|was|were) no (?!{_NOT_NEGATING})\w+", '"is not a", "does not"'),
    _phrase(r"[,;:.(] else\b(?!:)|\b(?:would|could|must) else\b", '"otherwise"; for an option, "by default"'),
    _phrase(r"\bin the place of\b", '"instead of" or "for"'),
    _phrase(r"\b(?:come|comes|came) to (?:stand|fulfil)\b", '"moves", "meets"'),
    _phrase(r"\b(?:stand|stands|stood) until\b", '"remains in use until", "stays"'),
    _phrase(r"\b(?:is|are|was|were) as (?:like|likely one)\b", '"looks equally like"'),
    _phrase(r"\b(?:say|says|said) no\b(?! (?:more|longer)\b)", '"does not state"'),
    _phrase(r"\bto in any case\b", '"always"'),
    _phrase(r"\bby (?:values|figures) that\b", '"with values that", or the noun: "no error margin published"'),
    _phrase(r"\b(?:is|are) not plain\b", '"is unclear"'),
    _phrase(r"\b(?:it|they|that) (?:is|was|were) so (?:when|since|until|before|then)\b", '"already ahead when"; name the state'),
    _phrase(r"\bas it came\b", '"as fetched", "as received"'),
)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Check the paths given, or all of COVERED. 0: nothing found; 1: a line for each phrase on stdout."""
    found = [finding for path in arguments or COVERED for finding in check(ROOT / path)]
    for finding in found:
        print(finding)
    return 1 if found else 0


def check(path: Path) -> Iterator[Finding]:
    """The findings in a file, or in every file below a folder, by path and line.

    Raises:
        FileNotFoundError: nothing is at the path.
    """
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    for file in files:
        name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
        in_tests = "tests" in name.parts
        if file.suffix in READ and "__pycache__" not in name.parts and (not in_tests or file.name.startswith("test_")):
            yield from findings(name, file.read_text(encoding="utf-8"))


def findings(path: Path, text: str) -> Iterator[Finding]:
    """The findings in the text of one file, in its order."""
    masked = prose(path, text)
    lines = text.splitlines()
    hits = sorted((match.start(), match[0], phrase.write) for phrase in PHRASES for match in phrase.pattern.finditer(masked))
    for start, found, write in hits:
        line = text.count("\n", 0, start) + 1
        if not ALLOWED.search(lines[line - 1]):
            yield Finding(path=path, line=line, phrase=" ".join(found.split()), write=write)


def prose(path: Path, text: str) -> str:
    """The text with everything masked that nobody reads as English."""
    if "tests" in path.parts:
        return _only(text, ((*match.span(1), match[1].replace("_", " ")) for match in TEST_NAME.finditer(text)))
    if path.suffix == ".py":
        return _only(text, _spoken(text))
    if path.suffix == ".md":
        begin, end = _unreleased(text) if path.name == "CHANGELOG.md" else (0, len(text))
        return _only(text, [(begin, end, FENCE.sub(lambda match: _masked(match[0]), text[begin:end]))])
    comments = re.finditer(r"(?:^|(?<=\s))#(.*)$", text, re.MULTILINE)
    return _only(text, ((*match.span(), match[0].replace("#", " ")) for match in comments))


def _masked(text: str) -> str:
    return re.sub(r"\S", MASK, text)


def _only(text: str, kept: Iterable[tuple[int, int, str]]) -> str:
    """Mask the text outside the spans kept: where each begins and ends, and what is there, equally long."""
    masked = list(_masked(text))
    for begin, end, shown in kept:
        masked[begin:end] = shown
    return "".join(masked)


def _unreleased(changelog: str) -> tuple[int, int]:
    begin = changelog.index("## [Unreleased]")
    following = changelog.find("\n## [", begin)
    return begin, following if following >= 0 else len(changelog)


def _spoken(code: str) -> Iterator[tuple[int, int, str]]:
    """Comments and strings of Python; a string without a blank is an identifier, not prose."""
    starts = [0, *(match.end() for match in re.finditer("\n", code))]
    for part in tokenize.generate_tokens(StringIO(code).readline):
        begin, end = (starts[row - 1] + column for row, column in (part.start, part.end))
        shown = code[begin:end]
        if part.type == token.COMMENT:
            yield begin, end, shown.replace("#", " ")
        elif part.type in F_STRING_ENDS:
            yield begin, end, " " * len(shown)
        elif part.type in {token.STRING, F_STRING} and " " in shown:
            if string := STRING_BODY.fullmatch(shown):
                shown = string["body"].rjust(string.end("body")).ljust(len(shown))
            inner = re.sub(r"`[^`]+`|\{[^{}]*\}", lambda match: _masked(match[0]), shown)
            yield begin, end, re.sub(r"\\[nt\"'\\]", "  ", inner)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

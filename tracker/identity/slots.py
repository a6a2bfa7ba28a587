"""Fills slots from tokens: the meaning of each piece of a name, whatever their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from string import ascii_lowercase

from tracker.identity import dates, sizes, vocabulary
from tracker.identity.known import canonical
from tracker.identity.makers import ProductLine
from tracker.identity.parsed import Slots
from tracker.identity.sizes import Size
from tracker.identity.tokens import Token

_FIRST = ("v1", "v1.0", "v0.1")
"""A name without a version means the first one."""
_NO_TOKEN = Token("", "", -9, -9)


# ── runs of numbers ──────────────────────────────────────────────────────────────────────────────


def joined(tokens: Sequence[Token], generations: Mapping[str, str]) -> list[Token]:
    """The tokens with version numbers and sizes joined that dashes split: `3-5` → 3.5, `3-5-0-8b` → 3.5 and 0.8b."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind != "number":
            out.append(token)
            index += 1
            continue
        run = _run(tokens, index)
        out += _put_together(run, generations) if len(run) > 1 else (_spelled_out(token, generations),)
        index += len(run)
    return out


def _run(tokens: Sequence[Token], start: int) -> Sequence[Token]:
    """The whole numbers from a number on, one dash or blank apart, and the size at their end; or the number alone."""
    if not tokens[start].text.removeprefix("v").isdigit():
        return tokens[start : start + 1]
    end = start + 1
    while end < len(tokens) and end - start < 4 and _follows(tokens[end - 1], tokens[end]):
        end += 1
        if tokens[end - 1].kind == "size" or not tokens[end - 1].text.isdigit():
            break
    return tokens[start:end]


def _follows(before: Token, after: Token) -> bool:
    if after.start - before.end != 1 or after.bracket != before.bracket:
        return False
    if after.kind == "size":
        return after.text[-1] == "b" and after.text[:-1].isdigit()
    return after.kind == "number" and after.text.rstrip(ascii_lowercase).isdigit()


def _put_together(run: Sequence[Token], generations: Mapping[str, str]) -> list[Token]:
    *numbers, last = run
    if last.kind != "size":
        return _version(run, generations)
    if len(last.text) > len("8b"):  # no size has two digits after its dot
        return [*_version(numbers, generations), last]
    first, *others = numbers
    if not others:
        return [_merged("size", first, last)] if first.text in ("0", "1") else [first, last]
    if len(others) == 1 and (int(others[0].text) >= 10 or not _is_version(first, others[0], generations)):
        return [first, _merged("size", others[0], last)]
    if len(others) == 1:
        return [*_version(numbers, generations), last]
    return [*_version(numbers[:2], generations), _merged("size", others[1], last)]


def _is_version(whole: Token, decimal: Token, generations: Mapping[str, str]) -> bool:
    """Whether both numbers before a size are its version, by the known generations; of a new one, by the decimals they had."""
    major = canonical(whole.text)
    if canonical(f"{major}.{decimal.text}") in generations or major in generations:
        return canonical(f"{major}.{decimal.text}") in generations
    return not generations or any(listed.endswith(f".{decimal.text}") for listed in generations)


def _version(run: Sequence[Token], generations: Mapping[str, str]) -> list[Token]:
    if len(run) < 2:
        return list(run)
    whole, decimal, *rest = run
    major = whole.text.removeprefix("v")
    small = len(major) <= 2 and (major[0] != "0" or major == "0")
    single = len(decimal.text.rstrip(ascii_lowercase)) == 1
    if small and (single or f"{major}.{decimal.text}" in generations):
        return [_merged("number", whole, decimal), *rest]
    return list(run)


def _merged(kind: str, whole: Token, decimal: Token) -> Token:
    return Token(kind, f"{whole.text}.{decimal.text}", whole.start, decimal.end, whole.bracket)


def _spelled_out(token: Token, generations: Mapping[str, str]) -> Token:
    """`2p5` is 2.5; `35` is 3.5 if that was released and 35 was not."""
    text = token.text
    if "p" in text[1:-1]:
        return Token("number", text.replace("p", "."), token.start, token.end, token.bracket)
    plain = text.removeprefix("v")
    if len(plain) == 2 and plain.isdigit() and plain not in generations and canonical(f"{plain[0]}.{plain[1]}") in generations:
        return Token("number", f"{plain[0]}.{plain[1]}", token.start, token.end, token.bracket)
    return token


# ── filling ──────────────────────────────────────────────────────────────────────────────────────


def fill(tokens: Sequence[Token], line: ProductLine | None, *, skip: Collection[int] = (), at: int = 0) -> Slots:
    """The slots of a name's tokens. `skip` are the places of words already understood, `at` is the brand's place."""
    slots = Slots()
    reader = _Reader(tokens, line, slots, skip)
    for index, token in enumerate(tokens):
        if index in reader.skip:
            continue
        if token.kind == "word":
            reader.word(index, token)
        elif token.kind != "sign":
            getattr(reader, token.kind)(index, token)
    reader.finish(at)
    return slots


class _Reader:
    """Reads one name; each method takes one kind of token."""

    def __init__(self, tokens: Sequence[Token], line: ProductLine | None, slots: Slots, skip: Collection[int]) -> None:
        self.found, self.line, self.slots, self.skip = tokens, line, slots, set(skip)
        self.numbers: list[tuple[int, Token]] = []
        self.thoughts: list[tuple[Token, bool]] = []
        for _, text, _, _, bracket in tokens:
            if bracket and text in ("fallback", "harness"):
                self._aside(bracket, text)

    def _aside(self, bracket: int, what: str) -> None:
        """`(…, Opus 4.8 Fallback)` names the model that answers if this one does not; `(codex-harness)` names a tool."""
        self.skip.update(index for index, token in enumerate(self.found) if token.bracket == bracket)
        (self.slots.serving if what == "fallback" else self.slots.harness).append(what)

    def _near(self, index: int) -> Token:
        return self.found[index] if 0 <= index < len(self.found) else _NO_TOKEN

    # ── numbers ──

    def quant(self, _: int, token: Token) -> None:
        self.slots.quant = token.text.replace("-", "_")

    def date(self, index: int, token: Token) -> None:
        if token.text.isalpha() and index == 0:
            self.slots.words.add(token.text)
        else:
            self.slots.dates.append(dates.read(token.text))

    month = date

    def size(self, index: int, token: Token) -> None:
        experts = self._near(index + 1).kind == "experts"
        size = sizes.read(token.kind, token.text, experts=experts)
        if self._is_total_after_active(index, token, size):
            self.slots.size = Size(total=size.total, active=self.slots.size.total)
            return
        if size.total is not None and self.slots.size.total not in (None, size.total):
            self.slots.words.add(token.text)  # the model's own size comes first
        self.slots.size = self.slots.size.joined(size)

    mixture = active = size

    def _is_total_after_active(self, index: int, token: Token, size: Size) -> bool:
        """`OLMoE-1B-7B`: of two adjacent sizes, a smaller first one is the active part of the other."""
        before, known = self._near(index - 1), self.slots.size
        if before.kind != "size" or token.start - before.end != 1 or known.active is not None:
            return False
        return size.total is not None and known.total is not None and known.total < size.total

    def experts(self, index: int, token: Token) -> None:
        """The number of experts is not a size."""

    def context(self, index: int, token: Token) -> None:
        beside = (self._near(index - 1).text, self._near(index + 1).text, self._near(index + 2).text)
        text = token.text.replace(" ", "")
        if any(word in vocabulary.THINKING or word in vocabulary.REASONING or word == "budget" for word in beside):
            self.slots.budget = text
            self.slots.reasoning = "on"
        else:
            self.slots.context = text

    def pixels(self, _: int, token: Token) -> None:
        self.slots.serving.append(token.text)

    def host(self, _: int, token: Token) -> None:
        """`(via OpenRouter)`."""
        self.slots.serving.append(token.text.replace(" ", "-"))

    def number(self, index: int, token: Token) -> None:
        if self._near(index - 1).text == "=":
            return
        plain = token.text.removeprefix("v")
        if len(plain) == 3 and plain.isdigit() and plain[0] == "0":
            self.slots.revision = plain
        else:
            self.numbers.append((index, token))

    # ── words ──

    def word(self, index: int, token: Token) -> None:
        text, line = token.text, self.line
        if line is not None and self._by_line(text, line):
            return
        following = self._near(index + 1)
        if text in vocabulary.NOT and (following.text in vocabulary.THINKING or following.text in vocabulary.REASONING):
            self.slots.reasoning = "off"
            self.skip.add(index + 1)
        elif text in (*vocabulary.NOT, "with") and following.text == "tools":
            self.slots.harness.append("tools" if text == "with" else "no-tools")
            self.skip.add(index + 1)
        elif text in vocabulary.NOT and following.text in ("audio", "system"):
            self._without(index)
        elif text == "system" and following.text == "prompt":
            self.slots.harness.append("system-prompt")
            self.slots.words.discard("new")
            self.skip.add(index + 1)
        elif text in vocabulary.NOT_THINKING:
            self.slots.reasoning = "off"
        elif text in vocabulary.THINKING or text in vocabulary.REASONING:
            self._thinking(index, token)
        elif text in vocabulary.GLUED_EFFORTS:
            self.slots.effort, self.slots.reasoning = vocabulary.GLUED_EFFORTS[text], "on"
        elif text in vocabulary.EFFORTS and self._is_effort(index, token):
            self._effort(index, text)
        else:
            self._plain_word(index, token)

    def _by_line(self, text: str, line: ProductLine) -> bool:
        """The family's meaning of a word goes before its usual one."""
        if text in line.ignore:
            return True
        if text in line.off:
            self.slots.reasoning = "off"
            return True
        if text in line.serving:
            self.slots.serving.append(text)
            return True
        if text in line.keep:
            self.slots.words.add(text)
            self.slots.chat |= text in vocabulary.CHAT
            return True
        return False

    def _harness(self, index: int, text: str) -> str:
        """How the model was run: an edit format, `temp = 0`, or `best of 16` and `maj@64`, a choice among several answers."""
        following = self._near(index + 1)
        if text in vocabulary.HARNESS:
            return text
        if text in vocabulary.SETTINGS and following.text == "=":
            return f"{text}={self._near(index + 2).text}"
        tries = index + 2 if (text, following.text) == ("best", "of") else index + 1
        if (tries > index + 1 or text in vocabulary.CHOICES) and self._near(tries).kind == "number":
            self.skip.update((index + 1, tries))
            return f"{text}-{self._near(tries).text}"
        return ""

    def _without(self, index: int) -> None:
        """`no audio`, `no system prompt`."""
        self.slots.harness.append(f"no-{self._near(index + 1).text}")
        self.skip.update((index + 1, index + 2) if self._near(index + 2).text == "prompt" else (index + 1,))

    def _thinking(self, index: int, token: Token) -> None:
        if self._near(index + 1).text == "=":
            return
        before = self._near(index - 1).text
        if (before in vocabulary.EFFORTS and self.slots.effort) or self.slots.budget:
            if token.text in vocabulary.THINKING:
                self.slots.reasoning = "on"
        else:
            self.thoughts.append((token, token.bracket > 0 or self._near(index + 1).kind == "context"))

    def _is_effort(self, index: int, token: Token) -> bool:
        """Whether a word is a reasoning effort, and not a tier (`medium`, `max`) or a picture's quality."""
        text, before, following = token.text, self._near(index - 1).text, self._near(index + 1).text
        tiers, efforts = (self.line.tiers, self.line.efforts) if self.line is not None else (frozenset(), frozenset())
        if (text == "high" and following in vocabulary.PICTURE) or text in tiers or f"{before} {text}" in tiers:
            return False
        if text in efforts or following == "effort" or before == "=":
            return True
        if text == "max":
            return token.bracket > 0
        if (
            following in vocabulary.THINKING
            or following in vocabulary.REASONING
            or token.bracket
            or text in vocabulary.CERTAIN_EFFORTS
        ):
            return index > 0
        return text == "medium" and bool(self.numbers) and index > self.numbers[0][0]

    def _effort(self, index: int, text: str) -> None:
        self.slots.effort = "xhigh" if self._near(index - 1).text in ("extra", "x") else vocabulary.EFFORTS[text]
        self.slots.words.discard("extra")

    def _plain_word(self, index: int, token: Token) -> None:
        text, slots = token.text, self.slots
        if text in vocabulary.CHAT:
            self._chat(token)
        elif text in vocabulary.BASE:
            slots.base, slots.tune = True, "base"
        elif text in vocabulary.PREVIEW:
            slots.preview = True
        elif text in vocabulary.LATEST:
            slots.latest = True
        elif text in vocabulary.SERVING:
            slots.serving.append(text)
        elif harness := self._harness(index, text):
            slots.harness.append(harness)
        elif text == "high":
            slots.serving.append(f"high-{self._near(index + 1).text}")
            self.skip.add(index + 1)
        elif text not in vocabulary.SILENT:
            self._distinguishing(text)

    def _chat(self, token: Token) -> None:
        """`chat` names another model after the version of an undeclared brand without sizes: `gpt-5-chat`, not `Yi-V2-Chat`."""
        slots = self.slots
        slots.chat = True
        slots.tune = "chat" if token.text == "chat" else "instruct"
        if slots.tune == "chat" and self.line is None and not token.bracket and self.numbers:
            sized = any(found.kind in ("size", "mixture", "active") for found in self.found)
            slots.words.update(() if sized or self.numbers[0][1].text[0] == "v" else ("chat",))

    def _distinguishing(self, text: str) -> None:
        slots = self.slots
        slots.words.add(text)
        slots.unfinished |= text in vocabulary.UNFINISHED
        if text in vocabulary.TIERS and text not in slots.tier:
            slots.tier.append(text)
        slots.tune = vocabulary.TUNES.get(text, slots.tune)
        slots.kind = vocabulary.KINDS.get(text, slots.kind)

    # ── what only the whole name decides ──

    def finish(self, at: int) -> None:
        """Decide what depends on pieces read later."""
        self._decide_numbers(at)
        self._decide_thinking()
        slots = self.slots
        kind = slots.kind or (self.line.family.kind if self.line is not None else "")
        if kind in ("image", "video") and slots.context:
            slots.serving.append(slots.context)  # 2k and 4k are resolutions
            slots.context = ""
        if "turbo" in slots.words and slots.size.total is not None and slots.tune in ("instruct", "chat"):
            slots.words.discard("turbo")  # an open model, by its size and tune, that a host serves faster
            slots.tier.remove("turbo")
            slots.serving.append("turbo")

    def _decide_numbers(self, at: int) -> None:
        after = next((pair for pair in self.numbers if pair[0] > at), None)
        chosen = after or next(iter(self.numbers), None)
        for index, token in self.numbers:
            text = self._marked(index, token)
            if chosen is not None and index == chosen[0]:
                self._generation(text)
            elif text not in _FIRST:
                self.slots.numbers.append(canonical(text))
        line = self.line
        if line is not None and not self.slots.generation:
            self.slots.generation = canonical(line.family.first) if line.family.first else ""
            if not (self.slots.unfinished or self.slots.preview):  # an experiment may be of any generation
                self.slots.shown_generation = self.slots.shown_generation or line.family.first

    def _marked(self, index: int, token: Token) -> str:
        """The number with the character before it (`K2`, `M2.1`), or without the V after it that means vision (`4.5V`)."""
        text = token.text
        if text[-1] == "v" and text[:1].isdigit():
            self.slots.words.add("v")
            self.slots.tune = "vl"
            text = text[:-1]
        before = self._near(index - 1)
        if before.text == "v" and token.start - before.end == 1:  # `MiniCPM-V 4.6` is `minicpm-v4-6`
            self.slots.words.discard("v")
        letter = before.kind == "word" and len(before.text) == 1 and before.end == token.start and index - 1 not in self.skip
        if letter:
            self.slots.words.discard(before.text)
            return before.text + text
        return text

    def _generation(self, text: str) -> None:
        plain = canonical(text)
        listed = self.line.generations if self.line is not None else {}
        self.slots.generation = "" if text in _FIRST and plain not in listed else plain
        self.slots.shown_generation = listed.get(plain, plain[:1].upper() + plain[1:] if plain[:1].isalpha() else plain)

    def _decide_thinking(self) -> None:
        slots = self.slots
        if not self.thoughts:
            return
        if slots.reasoning == "unspecified":
            slots.reasoning = "on"
        if any(self._names_a_model(token, flag=flag) for token, flag in self.thoughts):
            slots.words.add("thinking")
            slots.tune = slots.tune or "thinking"

    def _names_a_model(self, token: Token, *, flag: bool) -> bool:
        """Whether "thinking" is part of the name, as with open weights of one size, or a switch.

        It is a switch where the family's file says so: by its conditions, or else by listing the generation. Otherwise only
        brackets or a budget make it one: splitting one model is better than merging two. Of a family with both kinds under one
        title, brackets leave it open too.
        """
        line, slots = self.line, self.slots
        if line is None:
            return not flag or bool(slots.dates and slots.size.mark)  # open weights that are dated: both kinds may exist
        stated = atoms(slots)
        if any(condition <= stated for condition in line.thinking):
            return True
        if any(condition <= stated for condition in line.hybrid):
            return False
        if slots.generation not in line.generations:
            return not slots.budget and not (flag and not line.both)
        return not line.thinking and not flag and token.text in vocabulary.THINKING and slots.size.mark != ""


def atoms(slots: Slots) -> frozenset[str]:
    """The terms of a family's conditions on `thinking`: words, generation, size, dates; and `*`."""
    return frozenset((*slots.words, "*", slots.generation, *slots.numbers, slots.size.mark, *(date.mark for date in slots.dates)))

"""A ZIP file that proves the sentence of one event: the bytes, their place in the archive, and a program that derives it again.

The program is `verify.py` beside this module: it shares no code with the rest, and nothing imports it.
Format: RO-Crate 1.1 (https://www.researchobject.org/ro-crate/specification/1.1/) with the captures as WARC.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import msgspec

from tracker.errors import StoreError
from tracker.events.making import event_id
from tracker.exports.extras import load
from tracker.exports.places import as_text, new_file
from tracker.identity import resolve_models
from tracker.model import Board, Event, IndexLine, Sha256, Verdict, kept_and_pruned
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.stores.archive import FileArchive, chain
from tracker.wording import clean, machine_time, period

FORMAT = 1
VERIFIER = Path(__file__).with_name("verify.py")
_README = Template(
    """# Evidence for one sentence

> $headline

This folder proves the sentence from what $title published at $page: the bytes as they were received, and a program that
derives the sentence from them. You need Python 3.11 or later, and no internet:

    python -I verify.py

It answers in one of three ways (the exit code is the number):

- 0: the sentence follows from the bytes; it is printed with what the program did not check.
- 1: something here contradicts the sentence, or was changed; it says what.
- 2: something is missing, or of a kind that the program does not derive; it says what.

$bodies
## What is in the folder

- `captures.warc`: the bytes as received (WARC 1.1). `index.jsonl`: the archive's list of everything received from this board;
  each line depends on all lines before it, so none can be changed later.
- `bundle.json`: the event, the declaration by which the page is read, the models that the names mean (names of version
  $names, rule $rule), and the way from `index.jsonl` to the root of the whole archive, $root.
- `rows.json`: the cells concerned, as published. `ro-crate-metadata.json`: this list for machines, with a hash of each file.

What happened, happened $window. Data: $attribution. Terms of the publisher: $terms.
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """Where a bundle takes its evidence from. `without_bodies`: the terms of the board bar passing its bytes on."""

    board: Board
    store: Store
    archive: FileArchive
    lexicon: Lexicon
    without_bodies: bool = False


def write(event: Event, source: EvidenceSource, path: Path) -> None:
    """Write the bundle of an event. The same record gives the same bytes.

    Raises:
        DeclarationError: something else is at that place, or warcio is not installed.
        StoreError: the bytes of the event are no longer in the archive.
    """
    before, after = _digests(event, source)
    captures = _captures(event, source, before)
    files = dict(_files(event, source, captures, ("+".join(before), "+".join(after))))
    files["README.md"] = _readme(event, source, msgspec.json.decode(files["bundle.json"])["root"])
    files["verify.py"] = VERIFIER.read_bytes()
    files["ro-crate-metadata.json"] = as_text(_crate(event, source, files)).encode()
    with new_file(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _digests(event: Event, source: EvidenceSource) -> tuple[tuple[Sha256, ...], tuple[Sha256, ...]]:
    """The bodies before and after from which the event was derived: those that give its id."""
    accepted = [
        check.sha256
        for check in source.store.checks(event.board)
        if check.observed_at <= event.recorded_at and check.was_read and check.sha256
    ]
    for after in dict.fromkeys(reversed(accepted)):
        for before in dict.fromkeys(reversed(accepted)):
            if event_id(event, ("+".join(before), "+".join(after))) == event.id:
                return before, after
    raise StoreError(f"{event.board}: found no two readings that give the event {event.id} (tracker verify {event.id[:12]})")


def _captures(event: Event, source: EvidenceSource, before: tuple[Sha256, ...]) -> list[IndexLine]:
    """The fetches that the event rests on, oldest first."""
    kept, _ = kept_and_pruned(source.archive.index(event.board)[0])
    fetched = {line.observed_at: line for line in kept if line.sha256 and line.verdict in (Verdict.NEW, Verdict.REVISIT)}
    earlier = [at for at, line in fetched.items() if line.sha256 == before and at < event.recorded_at]
    times = {event.recorded_at, event.until, *(evidence.observed_at for evidence in event.evidence)}
    times |= {max(earlier)} if earlier else set()
    times |= {at for at in fetched if at == event.after}
    if absent := sorted(at for at in times if at not in fetched):
        remedy = "the bundle cannot be made without its bytes"
        raise StoreError(f"{event.board}: the archive has no capture of {machine_time(absent[0])}; {remedy}")
    return [fetched[at] for at in sorted(times)]


def _files(
    event: Event, source: EvidenceSource, captures: Sequence[IndexLine], digests: tuple[str, str]
) -> Iterator[tuple[str, bytes]]:
    board, indices = source.board, source.archive.indices()
    heads = {str(name): chain.walk(text).head for name, text in indices.items()}  # of the same lines, whatever is added meanwhile
    stored = source.store.at(board.id, event.recorded_at, ())
    entries = resolve_models(stored, source.lexicon).entries if stored else {}
    content = {
        "format": FORMAT,
        "event": event,
        "board": board,
        "digests": dict(zip(("before", "after"), digests, strict=True)),
        "captures": [{key: getattr(line, key) for key in ("observed_at", "url", "sha256", "parts")} for line in captures],
        "names": source.lexicon.version,
        "models": {entry: row.who.model for entry, row in sorted(entries.items())},
        "root": chain.root(heads),
        "path": chain.path_to_root(board.id, heads),
        "publishable": not source.without_bodies,
    }
    values = msgspec.to_builtins(content, enc_hook=_plain)
    yield "bundle.json", as_text(values).encode()
    yield "rows.json", as_text(values["event"]["evidence"]).encode()
    yield "index.jsonl", indices[board.id][: indices[board.id].rfind(b"\n") + 1]
    yield "captures.warc", _warc(source, captures)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _warc(source: EvidenceSource, captures: Sequence[IndexLine]) -> bytes:
    file = io.BytesIO()
    records = load("warc").WarcRecords(file, gzipped=False)
    records.add(
        "warcinfo", "", b"software: leaderboard-tracker\r\n", machine_time(captures[0].observed_at), "application/warc-fields"
    )
    written: set[Sha256] = set()
    for line in () if source.without_bodies else captures:
        for sha256 in line.sha256:
            if sha256 not in written:
                body = source.archive.body(source.board.id, sha256)
                kind = line.content_type or "application/octet-stream"
                records.add("resource", line.url or f"urn:tracker:{source.board.id}", body, machine_time(line.observed_at), kind)
                written.add(sha256)
    return file.getvalue()


def _readme(event: Event, source: EvidenceSource, root: str) -> bytes:
    board = source.board
    barred = (
        "The publisher's terms bar passing the bytes on, so `captures.warc` has none. Fetch or ask for the bytes whose SHA-256\n"
        "`bundle.json` names under `captures`, and supply each: `python -I verify.py --body FILE`.\n"
    )
    return _README.substitute(
        headline=clean(event.headline),
        title=clean(board.title),
        page=clean(board.page),
        bodies=barred if source.without_bodies else "",
        names=source.lexicon.version,
        rule=event.rule,
        root=root,
        window=f"between {period(event.after, event.until, joined='and')}" if event.after else f"by {machine_time(event.until)}",
        attribution=clean(board.attribution) or "not stated",
        terms=clean(board.terms) or "not stated",
    ).encode()


def _crate(event: Event, source: EvidenceSource, files: Mapping[str, bytes]) -> dict[str, object]:
    board = source.board
    described = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": clean(event.headline),
        "description": "The evidence for this sentence, with a program that derives it from the publisher's bytes.",
        "datePublished": machine_time(event.recorded_at),
        "license": clean(board.terms) or "not stated",
        "creditText": clean(board.attribution),
        "isBasedOn": board.page,
        "hasPart": [{"@id": name} for name in sorted(files)],
    }
    parts = [
        {"@id": name, "@type": "File", "contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    ]
    described["conformsTo"] = {"@id": "https://w3id.org/ro/crate/1.1"}
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [described, root, *parts]}

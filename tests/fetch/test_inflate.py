"""Bodies are inflated in small steps: any split gives the same bytes, bombs stay small, damage raises."""

import gzip
import tracemalloc
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetch.inflate import OUT_STEP, OVERHEAD, Garbled, Inflater

MANY = 10_000_000


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes, "": bytes}


def inflate(coding: str, chunks: list[bytes], max_bytes: int = MANY) -> bytes:
    inflater = Inflater(coding, max_bytes)
    assert all(inflater.feed(chunk) for chunk in chunks)
    inflater.finish()
    return inflater.body


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    return [body[a:b] for a, b in pairwise(places)]


bodies = st.binary(max_size=3000) | st.builds(lambda piece, times: piece * times, st.binary(max_size=9), st.integers(0, 40_000))
cuts = st.lists(st.integers(0, 2**20), max_size=12)


@given(body=bodies, cuts=cuts, coding=st.sampled_from(sorted(PACKERS)))
def test_any_split_of_the_bytes_gives_the_same_body(body, cuts, coding):
    assert inflate(coding, split(PACKERS[coding](body), cuts)) == body


@given(body=bodies, cuts=cuts)
def test_deflate_without_a_zlib_header_is_read_too(body, cuts):
    assert inflate("deflate", split(raw_deflate(body), cuts)) == body


@given(members=st.lists(st.binary(max_size=200), min_size=1, max_size=5), padding=st.integers(0, 40), cuts=cuts)
def test_several_gzip_members_with_padding_are_one_body(members, padding, cuts):
    sent = (b"\0" * padding).join(gzip.compress(member, mtime=0) for member in members) + b"\0" * padding
    assert inflate("gzip", split(sent, cuts)) == gzip.decompress(sent) == b"".join(members)


@given(body=st.binary(min_size=1, max_size=500), coding=st.sampled_from(["gzip", "deflate"]), cut=st.integers(1, 10_000))
def test_a_stream_that_ends_early_raises(body, coding, cut):
    sent = PACKERS[coding](body)
    with pytest.raises(Garbled, match="ends in the middle"):
        inflate(coding, [sent[: 1 + cut % (len(sent) - 1)]])


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_an_empty_body_needs_no_stream(coding):
    assert inflate(coding, []) == b""


@pytest.mark.parametrize(
    "sent", [b"<html>not packed</html>", gzip.compress(b"x", mtime=0)[:-8] + b"\1" * 8, gzip.compress(b"x", mtime=0) + b"more"]
)
def test_bytes_that_are_not_gzip_raise(sent):
    with pytest.raises(Garbled, match="not a gzip stream"):
        inflate("gzip", [sent])


def test_bytes_after_a_deflate_stream_raise():
    with pytest.raises(Garbled, match="follow the end"):
        inflate("deflate", [zlib.compress(b"x") + b"more"])


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip, br"])
def test_a_coding_we_did_not_ask_for_raises(coding):
    with pytest.raises(Garbled, match="expected gzip, deflate or none"):
        Inflater(coding, MANY)


@given(size=st.integers(0, 300), allowed=st.integers(0, 300), coding=st.sampled_from(sorted(PACKERS)))
def test_the_cap_counts_inflated_bytes_and_keeps_the_first(size, allowed, coding):
    body = bytes(number % 251 for number in range(size))
    inflater = Inflater(coding, allowed)
    assert inflater.feed(PACKERS[coding](body)) == (size <= allowed)
    assert inflater.body == body[:allowed]


def test_a_bomb_never_reaches_memory():
    bomb = gzip.compress(bytes(30_000_000), compresslevel=9)
    allowed = 1_000_000
    tracemalloc.start()
    inflater = Inflater("gzip", allowed)
    assert not inflater.feed(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(inflater.body) == allowed
    assert peak < allowed * 3 + 4 * OUT_STEP


def test_endless_empty_members_hit_the_cap():
    inflater = Inflater("gzip", 1000)
    member = gzip.compress(b"", mtime=0)
    fed = 0
    while inflater.feed(member * 1000):
        fed += len(member) * 1000
    assert fed <= 1000 + OVERHEAD

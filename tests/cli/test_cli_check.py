"""`tracker check`: a sentence or an article, for people and for programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import World

KEYS = ("quote", "verdict", "reason", "claim", "grounds", "suggestions", "instead")


@pytest.fixture
def record(world: World) -> World:
    world.imported()
    return world


def test_a_claim_gets_a_verdict_with_evidence(record: World):
    ran = record.run("check", "Model G beats Model C")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "1 claim: 1 supported\nSUPPORTED: Model G beats Model C\n  read as: Model G above Model C overall\n"
    )
    assert "Model G 97 against Model C 70: 27 above, beyond the error of 2" in ran.out
    assert "since 2026-03-03 (later than 2026-03-02); by entry, not by overtaking" in ran.out
    assert "capture" not in ran.out


def test_several_claims_are_a_list_below_the_tally_and_each_can_be_explained(record: World):
    said = "Model G beats Model C; Model C leads; Model G might lead"
    tally, first, second, third, hint = record.run("check", said).out.splitlines()
    assert tally == "3 claims: 1 supported, 1 contradicted, 1 not understood"
    assert first.startswith(" 1. SUPPORTED: Model G above Model C overall: Model G 97 against")
    assert (second[:18], third[:19], hint) == (" 2. CONTRADICTED: ", " 3. NOT UNDERSTOOD:", "evidence: --explain N")
    explained = record.run("check", said, "--explain", "2").out.splitlines()
    assert explained[:2] == [tally, "CONTRADICTED: Model C leads"]
    assert len(explained) > 3
    beyond = record.run("check", said, "--explain", "4")
    assert (beyond.code, "3 claims found" in beyond.error) == (2, True)


def test_the_claims_of_an_article_that_are_not_understood_share_a_line(record: World, tmp_path: Path):
    path = tmp_path / "news.md"
    may = "Model G may beat Model C."
    path.write_text(f"{may} {may} Model C leads. {may} Model G beats Model C. {may} {may} {may}", encoding="utf-8")
    _, first, second, unread, hint = record.run("check", "--file", str(path)).out.splitlines()
    assert (first[:16], second[:13]) == (" 3. CONTRADICTED", " 5. SUPPORTED")
    assert (unread, hint) == ("not understood: 1-2, 4, 6-8", "evidence: --explain N")


def test_programs_get_one_object_per_claim(record: World):
    rows = record.run("check", "Model G beats Model C and Mystery; Model C leads", "--json").rows
    assert [row["verdict"] for row in rows] == ["supported", "not on record", "contradicted"]
    assert {tuple(row) for row in rows} == {KEYS}
    (ground,) = rows[0]["grounds"]
    assert [figure["value"] for figure in ground["figures"]] == [97, 70]


@pytest.mark.parametrize("claim", ["Model C leads", "Zorg-9 beats Model C", "The weather is fine; Model C leads"])
def test_the_exit_code_is_zero_whatever_the_verdict(record: World, claim: str):
    assert record.run("check", claim).code == 0


@pytest.mark.parametrize("claim", ["The weather is fine", "Model C might lead"])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_exit_code_is_one_if_nothing_was_understood(record: World, claim: str, more: tuple[str, ...]):
    assert record.run("check", claim, *more).code == 1


def test_a_claim_can_be_checked_as_of_a_time(record: World):
    assert record.run("check", "Model G beats Model C", "--at", "2026-03-02", "--json").rows[0]["verdict"] == "not on record"
    assert record.run("check", "Model B leads", "--at", "2026-03-02T12:00", "--json").rows[0]["verdict"] == "supported"


def test_only_the_named_boards_are_used(record: World):
    assert record.run("check", "Model G leads", "--board", "acme/text", "--json").rows[0]["verdict"] == "supported"
    ran = record.run("check", "Model G leads", "--board", "acme/none")
    assert (ran.code, 'board "acme/none"' in ran.error) == (2, True)


def test_an_article_is_checked_sentence_by_sentence(record: World, tmp_path: Path):
    path = tmp_path / "news.md"
    path.write_text(
        "# News\n\nAcme is a firm. **Model G** beats [Model C](https://acme.example/c).\n\n- Model C leads\n", encoding="utf-8"
    )
    rows = record.run("check", "--file", path, "--json").rows
    assert [(row["quote"], row["verdict"]) for row in rows] == [
        ("Model G beats Model C", "supported"),
        ("Model C leads", "contradicted"),
    ]


@pytest.mark.parametrize("args", [(), ("Model G leads", "--file", "x.md")])
def test_a_claim_or_a_file_is_required(record: World, args: tuple[str, ...]):
    ran = record.run("check", *args)
    assert (ran.code, "expected one of CLAIM and --file" in ran.error) == (2, True)


def test_a_file_that_cannot_be_read_is_one_line(record: World, tmp_path: Path):
    binary = tmp_path / "page.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in record.run("check", "--file", binary).error
    missing = record.run("check", "--file", tmp_path / "none.md")
    assert (missing.code, "no such file" in missing.error) == (2, True)


def test_no_text_controls_the_terminal(record: World):
    ran = record.run("check", "\x1b[31mModel G\x1b[0m beats Model C\u202e")
    assert not {"\x1b", "\u202e"} & set(ran.out)


def test_a_store_is_required(world: World):
    ran = world.run("check", "Model G leads")
    assert (ran.code, "expected a store" in ran.error) == (2, True)

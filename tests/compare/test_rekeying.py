"""Entries whose key changed although they stayed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, History, board, brief, examples, metric, of, pages, snapshot

from tracker.compare import compare
from tracker.compare.rekeying import _Values, exchanged
from tracker.model import Confidence, Diff, EntryId, Identity, MetricId, ModelId, Snapshot

THREE = (SCORE, metric("coding", primary=False), metric("maths", primary=False))
PRICED = (SCORE, metric("coding", primary=False), metric("maths", "listed", primary=False, topic="price"))


def two(before: str, after: str, **more: object) -> Diff:
    return compare(board(*THREE), snapshot(before, **more), snapshot(after, day=1, **more))


def scored(key: str, *cells: str) -> Snapshot:
    """Two entries that stay, and one under that key with these cells of score, coding, maths."""
    score, coding, maths = (f"{key}:{cell}" if cell else "" for cell in cells)
    return snapshot(f"stays:90 too:80 {score or key}", coding=coding, maths=maths, day=key == "new")


def paired(was: tuple[str, ...], now: tuple[str, ...], *, on=THREE) -> bool:
    diff = compare(board(*on), scored("old", *was), scored("new", *now))
    assert diff.rekeyed in ({}, {"new": "old"})
    assert (diff.arrived, diff.missing) == ((), ()) if diff.rekeyed else (("new",), ("old",))
    return bool(diff.rekeyed)


@pytest.mark.parametrize(("old", "new"), [("GPT-5", "gpt-5"), ("gpt-5", "GPT_5"), ("qwen3.5", "Qwen3.5"), ("ｇｐｔ-5", "gpt5")])
def test_another_case_or_punctuation_of_a_key_neither_left_nor_entered(old: str, new: str):
    diff = two(f"{old}:50 b:40", f"{new}:51 b:40")
    assert (diff.rekeyed, diff.arrived, diff.missing) == ({new: old}, (), ())


@pytest.mark.parametrize(("old", "new"), [("gpt-4.1", "gpt-41"), ("gpt-4", "gpt-4+"), ("gpt-4", "gpt-5"), ("☆", "★")])
def test_another_name_is_another_entry(old: str, new: str):
    diff = two(f"{old}:50 b:40", f"{new}:50 b:40")
    assert (diff.rekeyed, diff.arrived, diff.missing) == ({}, (new,), (old,))


@pytest.mark.parametrize(("before", "after"), [("gpt-5:50 GPT-5:49", "gpt5:50"), ("gpt5:50", "gpt-5:50 GPT-5:49")])
def test_a_spelling_that_fits_several_entries_names_none(before: str, after: str):
    assert two(f"{before} b:40", f"{after} b:40").rekeyed == {}


def test_an_entry_that_is_still_listed_was_not_respelled():
    assert two("gpt-5:50 b:40", "gpt-5:50 GPT5:50 b:40").rekeyed == {}


def test_three_equal_scores_and_no_other_identify_the_entry():
    assert paired(("50", "7", "3"), ("50", "7", "3"))


@pytest.mark.parametrize(("was", "now"), [
    (("50", "7", "3"), ("50", "7", "4")),
    (("50", "7", ""), ("50", "7", "")),
    (("50", "7", "3"), ("50", "7", "")),
    (("50", "7", "0"), ("50", "7", "0")),
    (("50", "7", "~3"), ("50", "7", "~3")),
])  # fmt: skip
def test_fewer_or_other_scores_identify_nobody(was: tuple[str, ...], now: tuple[str, ...]):
    assert not paired(was, now)


def test_prices_and_means_do_not_count_as_scores():
    assert not paired(("50", "7", "3"), ("50", "7", "3"), on=PRICED)
    mean = (replace(SCORE, mean_of=(THREE[1].id, THREE[2].id)), *THREE[1:])
    assert not paired(("5", "7", "3"), ("5", "7", "3"), on=mean)


@given(pages(), pages())
def test_every_entry_has_one_fate_also_where_keys_were_respelled(first: dict, second: dict):
    cells = {name: second[name].upper() for name in ("text", "price")}
    text = {**cells, "names": None, "attributes": None, "ambiguous": "zz"}
    before, after = snapshot(**first | {"names": None, "ambiguous": "zz"}), snapshot(day=1, **second | text)
    diff = compare(board(SCORE), before, after)
    assert sorted([*diff.common, *diff.arrived, *diff.revealed]) == sorted(after.entries)
    had = [diff.rekeyed.get(entry, entry) for entry in diff.common]
    assert sorted([*had, *diff.missing, *diff.hidden]) == sorted(before.entries) == sorted(diff.entries_before)
    assert all(key == had.upper() for key, had in diff.rekeyed.items())


def test_a_respelling_is_a_recorded_rename_and_nothing_else():
    history = History()
    history.show("gpt-5:50 b:40 c:30")
    (event,) = history.show("GPT-5:50 b:40 c:30")
    assert (brief([event]), event.is_news) == (["rename/spelling GPT-5"], False)
    assert history.past.leaders == {"score": ("GPT-5",)}
    assert [history.show(f"GPT-5:50 b:40 c:{score}") for score in ("30", "30")] == [(), ()]


def test_a_respelled_entry_keeps_its_own_changes():
    history = History()
    history.show("Gamma_v2:64 Beta:66 Alpha:70")
    reported = history.show("Gamma-v2:68 Beta:66 Alpha:70")
    assert {event.kind for event in reported} == {"rename", "score_revision", "overtake", "rank_move"}


@pytest.mark.parametrize(("name", "other"), [("Llama_2_7B", "Llama_27B"), ("Qwen3_4B", "Qwen_34B"), ("gpt-4.1", "gpt-41")])
def test_other_numbers_are_another_model(name: str, other: str):
    history = History()
    history.show(f"{name}:50 b:40 c:30")
    assert "rename" not in {event.kind for event in history.show(f"{other}:50 b:40 c:30")}


def test_a_respelling_and_back_is_neither_departure_nor_re_entry():
    history = History()
    for text in ("gpt-5:50 b:40 c:30", "GPT-5:50 b:40 c:30", "gpt-5:50 b:40 c:30", "gpt-5:50 b:40 c:30"):
        reported = history.show(text)
        assert {event.kind for event in reported} <= {"rename"}
    assert history.past.known[EntryId("gpt-5")].last_seen is None


def test_a_respelled_entry_keeps_its_first_date_and_former_names():
    history = History()
    history.show("gpt-5:50 b:40")
    first = history.past.known["gpt-5"]
    history.show("GPT-5:50 b:40")
    now = history.past.known["GPT-5"]
    assert (now.first_seen, now.names) == (first.first_seen, {"gpt-5", "GPT-5"})


def test_a_respelled_entry_can_leave_under_the_new_key():
    history = History()
    for text in ("gpt-5:50 b:40", "GPT-5:50 b:40", "b:40"):
        history.show(text)
    assert brief(of("departure", history.show("b:40"))) == ["departure/confirmed GPT-5"]


def known(variant: str, confidence: Confidence = Confidence.ALIAS) -> Identity:
    return Identity(name=variant, model=ModelId(variant), variant=variant, confidence=confidence)


def renamed(was: str, now: str, *, on=SCORE, new_model: Identity | None = None, old_model: Identity | None = None) -> bool:
    """Whether `old` and `new` are taken for one entry."""
    before = snapshot(f"stays:90 {was}", who={"old": old_model or known("maker/m")})
    after = snapshot(f"stays:90 {now}", day=1, who={"new": new_model or known("maker/m")})
    return compare(board(on), before, after).rekeyed == {"new": "old"}


def test_another_name_for_the_same_variant_with_the_same_score_is_the_same_entry():
    assert renamed("old:50", "new:50")
    assert renamed("old:50.5", "new:50.47")


def test_the_same_primary_score_identifies_a_variant_whose_other_values_moved():
    who, on = {"old": known("maker/m"), "new": known("maker/m")}, (SCORE, metric("coding", primary=False))
    pages = [snapshot(f"s:9 {key}:50", coding=f"{key}:{day}", day=day, who=who) for day, key in enumerate(("old", "new"))]
    assert compare(board(*on), *pages).rekeyed == {"new": "old"}
    assert compare(board(*on[1:]), *pages).rekeyed == {}


def test_a_variant_under_another_name_may_be_another_run_if_most_scores_differ():
    who = {"old": known("maker/m"), "new": known("maker/m")}
    pages = [
        snapshot(f"s:9 {key}:50", coding=f"{key}:{day}", maths=f"{key}:{day}", day=day, who=who)
        for day, key in enumerate(("old", "new"))
    ]
    diff = compare(board(*THREE), *pages)
    assert (diff.rekeyed, diff.doubtful, diff.arrived, diff.missing) == ({}, {"new": ["old"]}, (), ())


@pytest.mark.parametrize(
    ("was", "now"),
    [("old:50", "new:51"), ("old:~50", "new:50"), ("old", "new"), ("old:50", "new")],
    ids=["moved", "estimate", "none", "lost"],
)
def test_the_same_variant_with_another_score_is_not_taken_for_the_same_entry(was: str, now: str):
    assert not renamed(was, now)


def test_a_fitted_score_may_move_within_its_interval():
    assert renamed("old:1300±6", "new:1305±5", on=ELO)
    assert not renamed("old:1300±6", "new:1307±5", on=ELO)


@pytest.mark.parametrize("other", [known("maker/n"), known("maker/m", Confidence.UNSURE), Identity(name="m")])
def test_another_variant_or_one_that_is_not_sure_is_another_entry(other: Identity):
    assert not renamed("old:50", "new:50", new_model=other)
    assert not renamed("old:50", "new:50", old_model=other)


def test_a_variant_listed_twice_identifies_no_entry():
    who = {key: known("maker/m") for key in ("old", "new", "again")}
    diff = compare(board(SCORE), snapshot("s:9 old:50", who=who), snapshot("s:9 new:50 again:50", day=1, who=who))
    assert diff.rekeyed == {}


def clarified(was: str, now: str, *, names: tuple[str, str] = ("RAG + GPT 4", "RAG + GPT 4 (1106)"), on=SCORE) -> bool:
    before = snapshot(f"stays:90 {was}", names={"old": names[0]})
    after = snapshot(f"stays:90 {now}", day=1, names={"new": names[1]})
    return compare(board(on), before, after).rekeyed == {"new": "old"}


def test_a_name_that_says_more_at_the_same_exact_score_is_the_same_entry():
    assert clarified("old:12.47", "new:12.47")
    assert clarified("old:12.47", "new:12.47", names=("GPT 4 (1106)", "GPT 4"))


@pytest.mark.parametrize(
    ("was", "now"), [("old:12.47", "new:12.48"), ("old:12", "new:12"), ("old:~12.47", "new:12.47"), ("old", "new")]
)
def test_a_name_that_says_more_at_another_or_a_coarse_score_is_another_entry(was: str, now: str):
    assert not clarified(was, now)


def test_one_decimal_is_enough_if_no_other_entry_has_the_value_and_the_names_may_mean_one_model():
    assert clarified("old:12.5", "new:12.5")
    assert not clarified("old:12.5 other:12.5", "new:12.5 other:12.5")
    assert not clarified("old:12.5", "new:12.5 another:12.5")
    names, models = {"old": "GPT-4", "new": "GPT-4 Turbo"}, {"old": known("openai/gpt-4"), "new": known("openai/gpt-4-turbo")}
    pages = snapshot("s:9 old:12.5", names=names, who=models), snapshot("s:9 new:12.5", day=1, names=names, who=models)
    assert compare(board(SCORE), *pages).rekeyed == {}


@pytest.mark.parametrize(
    "names", [("GPT 4", "GPT 4.5"), ("RAG + GPT 4", "GPT 4 + RAG"), ("GPT 4", "Claude 3"), ("☆", "☆ (1106)")]
)
def test_another_name_at_the_same_score_is_another_entry(names: tuple[str, str]):
    assert not clarified("old:12.47", "new:12.47", names=names)


def test_an_equal_rating_of_a_fitted_board_names_nobody():
    assert not clarified("old:1212.47", "new:1212.47", on=ELO)


def test_the_same_price_identifies_a_variant_on_a_board_without_scores():
    who = {"old": known("maker/m"), "new": known("maker/m")}

    def page(key: str, price: int) -> Snapshot:
        return snapshot("stays", price=f"stays:1 {key}:{price}", day=key == "new", who=who)

    assert compare(board(PRICE), page("old", 5), page("new", 5)).rekeyed == {"new": "old"}
    assert compare(board(PRICE), page("old", 5), page("new", 6)).rekeyed == {}


# ── the same name under a new id ─────────────────────────────────────────────────────────────────

NAMES = {"id-1": "HappyHorse 1.0", "id-2": "HappyHorse-1.0"}


def same_name(was: str, now: str, *, on=(SCORE,), **more: tuple[str, str]) -> Diff:
    before = snapshot(f"s:9 {was}", names=NAMES, **{name: texts[0] for name, texts in more.items()})
    after = snapshot(f"s:9 {now}", day=1, names=NAMES, **{name: texts[1] for name, texts in more.items()})
    diff = compare(board(*on), before, after)
    assert bool(diff.rekeyed) != bool(diff.relisted)
    assert (diff.arrived, diff.missing) == ((), ())
    return diff


@pytest.mark.parametrize(
    ("was", "now"), [("id-1:50", "id-2:50"), ("id-1:50.47", "id-2:50.5"), ("id-1", "id-2"), ("id-1:~50", "id-2:~50")]
)
def test_a_name_under_a_new_id_continues_if_its_values_agree(was: str, now: str):
    assert same_name(was, now).rekeyed == {"id-2": "id-1"}


@pytest.mark.parametrize(("was", "now"), [
    ("id-1:50", "id-2:51"),
    ("id-1:50.47", "id-2:50.48"),
    ("id-1:~50", "id-2:50"),
    ("id-1", "id-2:50"),
    ("id-1:50", "id-2"),
])  # fmt: skip
def test_a_name_under_a_new_id_with_other_values_is_re_listed(was: str, now: str):
    diff = same_name(was, now)
    assert (diff.relisted, diff.revealed, diff.hidden) == ({"id-2": "id-1"}, ("id-2",), ("id-1",))


def test_ratings_of_a_name_under_a_new_id_agree_within_their_error():
    assert same_name("id-1:1300±6", "id-2:1305±6", on=(ELO,)).rekeyed
    assert same_name("id-1:1395±6", "id-2:1290±6", on=(ELO,)).relisted
    assert same_name("t:1400 id-1:1300", "t:1400 id-2:1305", on=(ELO,)).rekeyed
    assert same_name("t:1400 id-1:1300", "t:1400 id-2:1200", on=(ELO,)).relisted


def test_every_shared_score_counts_and_prices_only_where_no_score_is_shared():
    two = (SCORE, metric("coding", primary=False), PRICE)
    assert same_name("id-1:50", "id-2:50", on=two, coding=("id-1:7", "id-2:8")).relisted
    assert same_name("id-1:50", "id-2:50", on=two, price=("id-1:7", "id-2:8")).rekeyed
    assert same_name("id-1", "id-2", on=two, price=("id-1:7", "id-2:8")).relisted


def test_a_re_listed_name_is_one_event_without_move_overtake_revision_debut_or_departure():
    history = History()
    history.show("a:60 b:55 id-1:50 c:40", names=NAMES)
    (event,) = history.show("a:60 b:55 id-2:57 c:40", names=NAMES)
    assert (brief([event]), event.is_news) == (["rename/relisted id-2"], True)
    assert event.headline == (
        "HappyHorse-1.0 is re-listed on Board under a new id, with 57 after 50 (score); the two may be different versions."
    )
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("id-1", "50"), ("id-2", "57")]
    assert [history.show("a:60 b:55 id-2:57 c:40", names=NAMES) for _ in range(3)] == [()] * 3
    assert {event.kind for event in history.show("a:60 b:55 id-2:61 c:40", names=NAMES)} >= {"score_revision", "new_leader"}


def test_a_leader_re_listed_stays_the_leader():
    history = History()
    history.show("id-1:60 b:55", names=NAMES)
    assert brief(history.show("id-2:58 b:55", names=NAMES)) == ["rename/relisted id-2"]
    assert history.past.leaders == {"score": ("id-2",)}


# ── another label for the same row ───────────────────────────────────────────────────────────────

VOTES = metric("votes", "count", primary=False)
PLAIN = metric("plain", primary=False)
GPT = Identity(lab="OpenAI", family="GPT", generation="4", model=ModelId("openai/gpt-4"))


def relabelled(
    was: str, now: str, *, on=(SCORE,), who: tuple[Identity, Identity] = (Identity(), Identity()), names=("A", "Z"), **more: tuple
) -> bool:
    """Whether `old` and `new` are one row under two labels, on a board of five others."""
    rest, keyed = "p:91.13 q:80.44 r:70.02 s:61.91 t:12.26", {"names": dict(zip(("old", "new"), names, strict=True))}
    keyed |= {"who": dict(zip(("old", "new"), who, strict=True))}
    pages = [
        snapshot(f"{rest} {cell}", day=day, **keyed, **{name: texts[day] for name, texts in more.items()})
        for day, cell in enumerate((was, now))
    ]
    return compare(board(*on), *pages).rekeyed == {"new": "old"}


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        (11828, 11823, True),
        (63758, 64638, True),
        (27397, 31000, True),
        (27397, 3104, False),
        (5000, 7000, False),
        (40, 41, False),
    ],
)
def test_an_equal_rating_with_nearly_the_same_votes_is_one_row(was: int, now: int, same: bool):
    votes = {"on": (ELO, VOTES), "votes": (f"old:{was}", f"new:{now}")}
    assert relabelled("old:1266", "new:1266", **votes) is same
    assert not relabelled("old:1266", "new:1267", **votes)


def test_a_second_equal_score_is_a_witness_unless_it_is_the_same_cell():
    two = {"on": (SCORE, PLAIN)}
    assert relabelled("old:50.27", "new:50.27", **two, plain=("old:31.5", "new:31.5"))
    assert not relabelled("old:50.27", "new:50.27", **two, plain=("old:50.27", "new:50.27"))
    assert not relabelled("old:50.27", "new:50.27", **two, plain=("old:31.5", "new:31.6"))
    assert not relabelled("old:50", "new:50", **two, plain=("old:31", "new:31"))


def test_an_equal_interval_is_a_witness():
    assert relabelled("old:89.365671±1.078948", "new:89.36567±1.078948")
    assert not relabelled("old:89.365671±1.078948", "new:89.36567±1.18")
    assert not relabelled("old:50.27±0", "new:50.27±0")


@pytest.mark.parametrize(
    ("was", "now", "same"), [("2026-01-05",) * 2 + (True,), ("2026-01-05", "2026-01-06", False), ("", "", False)]
)
def test_an_equal_release_date_is_a_witness(was: str, now: str, same: bool):
    dates = tuple({key: {"released": day} if day else {}} for key, day in (("old", was), ("new", now)))
    assert relabelled("old:50.27", "new:50.27", attributes=dates) is same


def test_names_of_one_generation_are_a_witness_at_an_exact_value_or_one_that_nobody_else_has():
    both = {"who": (replace(GPT, tier="turbo"), replace(GPT, date="11-06"))}
    assert relabelled("old:9.32", "new:9.32", **both)
    assert relabelled("old:50.5", "new:50.5", **both)
    assert not relabelled("old:50.5 u:50.5", "new:50.5 u:50.5", **both)
    assert not relabelled("old:50", "new:50", **both)
    assert not relabelled("old:~9.32", "new:~9.32", **both)
    assert not relabelled("old:9.32", "new:9.32", who=(replace(GPT, generation=""),) * 2)


@pytest.mark.parametrize(
    "other",
    [
        {"generation": "5"},
        {"tier": "mini"},
        {"date": "2026-01"},
        {"effort": "high"},
        {"lab": "Elsewhere", "family": "Other"},
        {"size_total_b": 8.0},
    ],
)
def test_a_row_that_states_something_else_is_another(other: dict[str, object]):
    one = replace(GPT, tier="turbo", date="2025-06", effort="low", size_total_b=7.0)
    votes = {"on": (ELO, VOTES), "votes": ("old:2000", "new:2001")}
    assert relabelled("old:1266", "new:1266", **votes, who=(one, one))
    assert not relabelled("old:1266", "new:1266", **votes, who=(one, replace(one, **other)))


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("Calude-2.1", "Claude-2.1", True),
        ("Gemni 2.5", "Gemini 2.5", True),
        ("Geminii 2.5", "Gemini 2.5", True),
        ("Geminy 2.5", "Gemini 2.5", True),
        ("Calude-2.1", "Claude-2.0", False),
        ("Yi 2", "Ji 2", False),
        ("Clauide-2.1", "Caluode-2.1", False),
        ("Palmyra X", "Command X", False),
    ],
)
def test_a_misprint_in_a_long_word_is_the_same_name(was: str, now: str, same: bool):
    unknown = Identity(guessed_family=True)
    assert relabelled("old:8.18", "new:8.18", names=(was, now), who=(unknown, Identity())) is same


def test_two_declared_families_are_not_a_misprint_of_each_other():
    mistral, mixtral = (Identity(lab="Mistral", family=name, generation="8") for name in ("Mistral", "Mixtral"))
    assert not relabelled("old:8.18", "new:8.18", names=("Mistral 8", "Mixtral 8"), who=(mistral, mixtral))


LAYERS = ("40", "44", "48")


def layered(*names: str, day: int) -> Snapshot:
    keys = [f"{place}-{min(day, 1)}" for place, _ in enumerate(names)]
    cells = " ".join(f"{key}:22.55" for key in keys)
    others = {name: " ".join(f"{key}:{value}" for key in keys) for name, value in (("coding", "7.25"), ("maths", "3.5"))}
    return snapshot(f"s:90 t:80 {cells}", day=day, names=dict(zip(keys, names, strict=True)), **others)


def test_rows_with_the_same_values_are_paired_by_the_nearest_name():
    before = layered(*(f"Chat-{size}Layers-End" for size in LAYERS), day=0)
    after = layered(*(f"Chat-{size}Layers-Appended" for size in reversed(LAYERS)), day=1)
    diff = compare(board(*THREE), before, after)
    assert (diff.rekeyed, diff.arrived, diff.missing) == ({"0-1": "2-0", "1-1": "1-0", "2-1": "0-0"}, (), ())


def test_rows_of_which_none_is_nearest_are_recorded_as_doubtful_and_nothing_else():
    history = History(*THREE)
    first = layered("One", "Two", day=0)
    history.take(first)
    (one, two) = history.take(layered("Xyz", "Qqq", day=1))
    assert brief([one, two]) == ["rename/doubtful 0-1 > 0-0,1-0", "rename/doubtful 1-1 > 0-0,1-0"]
    assert (one.is_news, one.headline) == (False, "Xyz on Board may be the new label of One and Two.")
    assert [history.take(layered("Xyz", "Qqq", day=day)) for day in (2, 3)] == [(), ()]


def test_a_leader_under_another_label_did_not_lose_the_lead():
    history, who = History(SCORE), {"old": replace(GPT, tier="turbo"), "new": replace(GPT, date="11-06")}
    history.show("old:9.32 b:8.5 c:8.1", who=who)
    reported = history.show("new:9.32 b:8.5 c:8.1", who=who)
    assert brief(reported) == ["rename/new_name new"]
    assert history.past.leaders == {"score": ("new",)}
    assert [history.show("new:9.32 b:8.5 c:8.1", who=who) for _ in range(3)] == [()] * 3


@pytest.mark.parametrize(("leader", "share", "is_news"), [("72.9", "", True), ("72.9", "b:72.9", False), ("60.1", "b:70", False)])
def test_a_leader_that_may_be_another_run_is_news(leader: str, share: str, is_news: bool):
    history = History(SCORE, *(metric(name, primary=False) for name in ("coding", "maths")))
    who = dict.fromkeys(("old", "new"), known("maker/m"))
    pages = [{"coding": "{}:5.12 b:1 c:2", "maths": "{}:7.45 b:3 c:4"}, {"coding": "{}:6.99 b:1 c:2", "maths": "{}:9.31 b:3 c:4"}]
    for key, more in zip(("old", "new"), pages, strict=True):
        columns = {name: cells.format(key) for name, cells in more.items()}
        reported = history.show(f"{key}:{leader} {share or 'b:50'} c:40", who=who, **columns)
    (event,) = reported
    assert (event.kind, event.grade, event.is_news) == ("rename", "doubtful", is_news)
    doubt = "new leads Board (score) with 72.9; it may be another run, or the new label of old, which led."
    assert event.headline == (doubt if is_news else "new on Board may be the new label of old.")


ONE = Identity(model=ModelId("lab/a"))
FOUR = (*PRICED, metric("speed", "live", primary=False))


@pytest.mark.parametrize(("who", "cells", "continues"), [
    (ONE, (("50", "", "3", "72"), ("50", "", "3", "72")), True),
    (ONE, (("50", "", "3", "72"), ("50", "", "3", "71")), False),
    (ONE, (("50", "", "3", "72"), ("50", "", "3", "")), False),
    (ONE, (("", "", "3", "72"), ("", "", "3", "72")), False),
    (ONE, (("50", "", "", ""), ("50", "", "", "")), False),
    (Identity(), (("50", "", "3", "72"), ("50", "", "3", "72")), False),
    (Identity(), (("50", "7", "3", "72"), ("50", "7", "3", "72")), True),
])  # fmt: skip
def test_a_row_whose_cells_are_all_the_same_has_another_label(who: Identity, cells: tuple[tuple[str, ...], ...], continues: bool):
    old, new = (
        snapshot(
            f"stays:90 too:80 {key}:{row[0]}" if row[0] else f"stays:90 too:80 {key}",
            day=day,
            who={key: who},
            **{name: f"{key}:{cell}" if cell else "" for name, cell in zip(("coding", "maths", "speed"), row[1:], strict=True)},
        )
        for day, (key, row) in enumerate(zip(("A-adaptive", "A-max"), cells, strict=True))
    )
    assert (compare(board(*FOUR), old, new).rekeyed == {"A-max": "A-adaptive"}) is continues


def test_a_row_whose_properties_differ_is_another_one():
    old, new = (
        snapshot(
            f"stays:90 {key}:50",
            maths=f"{key}:3",
            speed=f"{key}:7",
            who={key: ONE},
            attributes={key: {"licence": licence}},
            day=day,
        )
        for day, (key, licence) in enumerate((("old", "MIT"), ("new", "closed")))
    )
    assert compare(board(*FOUR), old, new).rekeyed == {}


TWO = (SCORE, metric("coding", primary=False))


@pytest.mark.parametrize(("row", "doubted"), [(("44.2", "31"), True), (("44.2", "32"), False)])
def test_values_of_a_vanished_row_under_another_key_are_of_unsure_origin(row: tuple[str, str], doubted: bool):
    before = snapshot("a:60 b:46.0 c:44.2 d:45.0", coding="a:50 b:30 c:31 d:40")
    after = snapshot(f"a:60 b:{row[0]} d:45.0", coding=f"a:50 b:{row[1]} d:40", day=1)
    diff = compare(board(*TWO), before, after)
    back = compare(board(*TWO), after, replace(before, observed_at=after.observed_at.replace(day=4)))
    assert [change.metrics["score"].moves["b"].unsure_origin for change in (diff, back)] == [doubted, doubted]
    assert (diff.missing, diff.hidden) == (((), ("c",)) if doubted else (("c",), ()))
    assert not (doubted and diff.metrics["score"].moves["b"].significant)


@pytest.mark.parametrize(("value", "others", "doubted"), [("44.25", "", True), ("44.2", "", False), ("44.25", " e:44.25", False)])
def test_one_score_is_enough_if_it_is_exact_and_no_other_row_has_it(value: str, others: str, doubted: bool):
    before, after = (
        snapshot(f"a:60 {text} d:45.5{others}", day=day) for day, text in enumerate((f"b:46.1 c:{value}", f"b:{value}"))
    )
    assert compare(board(SCORE), before, after).metrics["score"].moves["b"].unsure_origin is doubted


@pytest.mark.parametrize(("row", "coding", "other", "doubted"), [
    ("44.25", "31.02", "c:44.25", True),
    ("44.25", "31.02", "c:44.20", False),
    ("44.2", "31.0", "c:44.2", False),
    ("44.25", "31.03", "c:44.25", False),
])  # fmt: skip
def test_all_scores_of_a_row_that_stays_are_of_unsure_origin(row: str, coding: str, other: str, doubted: bool):
    of_c = "31.0" if coding == "31.0" else "31.02"
    before = snapshot(f"a:60 b:46.11 {other} d:45.00", coding=f"a:50 b:30.50 c:{of_c} d:40")
    after = snapshot(f"a:60 b:{row} c:{row} d:45.00", coding=f"a:50 b:{coding} c:{of_c} d:40", day=1)
    diff = compare(board(*TWO), before, after)
    back = compare(board(*TWO), after, replace(before, observed_at=after.observed_at.replace(day=4)))
    assert [change.metrics["score"].moves["b"].unsure_origin for change in (diff, back)] == [doubted, doubted]


def test_a_copied_row_overtakes_nobody():
    history = History(*TWO)
    history.show("a:60 b:23.60 c:45.71 d:30.66", coding="a:50 b:20.5 c:39.14 d:40")
    events = history.show("a:60 b:45.71 c:45.71 d:30.66", coding="a:50 b:39.14 c:39.14 d:40")
    assert [event for event in events if event.is_news] == []
    assert {event.grade for event in of("score_revision", events)} == {"unsure_origin"}


def test_the_values_of_another_row_make_neither_an_overtake_nor_a_departure():
    history = History(*TWO)
    shown = [
        history.show(text, coding=coding)
        for text, coding in (
            ("a:60 b:44.2 c:46.1 d:45.0", "a:50 b:30 c:31 d:40"),
            ("a:60 b:46.1 d:45.0", "a:50 b:31 d:40"),
            ("a:60 b:44.2 c:46.1 d:45.0", "a:50 b:30 c:31 d:40"),
        )
    ]
    assert [event for events in shown for event in events if event.is_news] == []
    assert {event.grade for event in of("score_revision", shown[1])} == {"unsure_origin"}


@pytest.mark.parametrize(("old", "new", "relisted"), [
    ("frob-4o", "openai/frob-4o", True),
    ("host/maker/frob-4o", "frob-4o", True),
    ("one/frob-4o", "two/frob-4o", False),
    ("frob-4o", "openai/frob-4o-mini", False),
])  # fmt: skip
def test_a_name_with_a_path_before_it_is_the_name_listed_again(old: str, new: str, relisted: bool):
    diff = two(f"{old}:50 b:40", f"{new}:53 b:40")
    assert diff.relisted == ({new: old} if relisted else {})


STARS, FORKS = metric("score", "points"), metric("forks", "count", primary=False)


def starred(
    was: str, now: str, *, on=(STARS, FORKS), forks: tuple[str, str] = ("old:301", "new:301"), rest: str = "p:90911"
) -> bool:
    former, later = (
        snapshot(f"{rest} q:80443 r:60017 s:55120 t:43019 {cell}", day=day, forks=text, names={"old": "Bongo", "new": "Tabla"})
        for day, (cell, text) in enumerate(zip((was, now), forks, strict=True))
    )
    return compare(board(*on), former, later).rekeyed == {"new": "old"}


def test_a_row_of_points_with_all_the_same_cells_has_another_label():
    assert starred("old:70218", "new:70218")


@pytest.mark.parametrize(("was", "now", "forks", "rest"), [
    ("old:70218", "new:70219", ("old:301", "new:301"), "p:90911"),
    ("old:70218", "new:70218", ("old:301", "new:302"), "p:90911"),
    ("old:70218", "new:70218", ("old:301", ""), "p:90911"),
    ("old:70218", "new:70218", ("", ""), "p:90911"),
    ("old:70218", "new:70218", ("old:301", "new:301"), "p:70218"),
    ("old:34", "new:34", ("old:3", "new:3"), "p:90911"),
])  # fmt: skip
def test_points_that_differ_that_others_have_or_that_are_few_identify_nobody(
    was: str, now: str, forks: tuple[str, str], rest: str
):
    assert not starred(was, now, forks=forks, rest=rest)


def test_the_same_place_in_a_chart_shows_nothing():
    places = metric("score", "points", better="lower")
    assert not starred("old:123", "new:123", on=(places, FORKS), forks=("old:123", "new:123"))


LABELS = {"a": {"label": "Chat"}, "b": {"label": "Four"}, "c": {"label": "Other"}}


def catalogue(*pages: tuple[str, dict[str, dict[str, str]]]) -> list[tuple[str, bool]]:
    history = History(PRICE, replace(PRICE, id=MetricId("second"), primary=False))
    shown = [
        history.take(snapshot("", day=2 * day, price=prices, second=prices, attributes=labels))
        for day, (prices, labels) in enumerate(pages)
    ]
    return [(label, event.is_news) for events in shown for label, event in zip(brief(events), events, strict=True)]


def test_a_row_that_took_the_key_of_another_changed_no_price_and_left_nothing():
    taken = ("a:10 c:1", {"a": {"label": "Four"}, "c": {"label": "Other"}})
    first = ("a:15 b:10 c:1", LABELS)
    assert catalogue(first, taken, taken, taken) == [("rename/doubtful a > b", False)]
    cut = ("a:10 c:1", {"a": {"label": "Chat"}, "c": {"label": "Other"}})
    assert ("price_change/cut a @price", True) in catalogue(first, cut)
    dearer = ("a:9 c:1", {"a": {"label": "Four"}, "c": {"label": "Other"}})
    assert ("price_change/cut a @price", True) in catalogue(first, dearer)


def test_a_key_that_adds_words_to_the_label_that_stayed_is_the_same_row():
    first = ("plus-4:10 c:1", {"plus-4": {"label": "Plus 4"}, "c": {"label": "Other"}})
    second = ("plus-4-0111:10 c:1", {"plus-4-0111": {"label": "Plus 4"}, "c": {"label": "Other"}})
    assert [label for label, _ in catalogue(first, second, second)] == ["rename/new_name plus-4-0111"]
    other = ("plus-4-0111:10 c:1", {"plus-4-0111": {"label": "Plus"}, "c": {"label": "Other"}})
    assert "rename/new_name plus-4-0111" not in [label for label, _ in catalogue(first, other)]


ROWS = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(*[st.sampled_from(("", "1.25", "1.3", "2.50", "2.5", "3.75"))] * 3))
Texts = tuple[str, ...]


def _page(rows: dict[str, Texts], *, day: int) -> Snapshot:
    score, coding, maths = (" ".join(f"{key}:{row[at]}" for key, row in rows.items() if row[at]) for at in range(3))
    return snapshot(score, day=day, coding=coding, maths=maths)


@examples(300)
@given(ROWS, ROWS)
def test_exchanged_scores_are_those_that_a_look_at_every_pair_finds(before: dict[str, Texts], after: dict[str, Texts]):
    pages = [_page(before, day=0), _page(after, day=1)]
    common = sorted(pages[0].entries.keys() & pages[1].entries.keys())
    values = _Values(board(*THREE), *pages)
    found = {}
    for was, now in (pages, pages[::-1]):
        gone = [was.entries[key] for key in sorted(was.entries.keys() - now.entries.keys())]
        for entry in common:
            pair = was.entries[entry], now.entries[entry]
            if rows := [row.id for row in gone if values.moved_over(row, *pair)]:
                found[entry] = rows[0]
    assert exchanged(board(*THREE), *pages, common) == found


# ── another spelling of a name ───────────────────────────────────────────────────────────────────

RESPELLED = (
    ("LocalAI", "Local AI"),
    ("Sao Paulo", "São_Paulo"),
    ("mlc llm", "MLC-LLM"),
    ("Open Hands", "OpenHands"),
    ("Yi-1.5", "Yi1.5"),
)
ONE_FIGURE = (metric("score", "points"),)


def respelled(old: str, new: str, was: str, now: str, *, on=ONE_FIGURE, rest: str = "p:90911") -> bool:
    names = {"old": old, "new": new}
    former, later = (
        snapshot(f"{rest} q:80443 {cell}", day=day, names=names) for day, cell in enumerate((f"old:{was}", f"new:{now}"))
    )
    return compare(board(*on), former, later).rekeyed == {"new": "old"}


@pytest.mark.parametrize(("old", "new"), RESPELLED)
@pytest.mark.parametrize(("was", "now"), [("33505", "33505"), ("33505", "33611"), ("12", "12")])
def test_another_spelling_beside_the_same_points_is_the_same_entry(old: str, new: str, was: str, now: str):
    assert respelled(old, new, was, now)


@pytest.mark.parametrize(("old", "new"), RESPELLED)
def test_another_spelling_beside_the_same_score_is_the_same_entry(old: str, new: str):
    assert respelled(old, new, "61.2", "61.2", on=(SCORE,))


@pytest.mark.parametrize(
    ("old", "new"), [("Llama 3 1B", "Llama 31B"), ("Qwen 2.5", "Qwen 25"), ("GPT-4", "GPT-4+"), ("Май", "Маи"), ("★", "☆")]
)
def test_names_that_differ_in_more_than_their_spelling_are_two_entries(old: str, new: str):
    assert not respelled(old, new, "33505", "33505")


@pytest.mark.parametrize(("was", "now"), [("33505", "41000"), ("33505", "30000"), ("12", "15"), ("0", "900")])
def test_another_spelling_beside_other_points_is_another_entry(was: str, now: str):
    assert not respelled("LocalAI", "Local AI", was, now)


def test_another_spelling_beside_another_score_is_another_entry():
    assert not respelled("LocalAI", "Local AI", "61.2", "63.4", on=(SCORE,))


def test_a_spelling_that_another_row_has_is_nobodys():
    names = {"old": "LocalAI", "new": "Local AI", "p": "Lo cal-AI"}
    pages = [snapshot(f"p:90911 {cell}", day=day, names=names) for day, cell in enumerate(("old:33505", "new:33505"))]
    assert compare(board(*ONE_FIGURE), *pages).rekeyed == {}


def test_a_respelled_entry_is_renamed_and_neither_enters_nor_leaves():
    history = History(*ONE_FIGURE)
    history.show("a:90911 LocalAI:33505 c:80")
    (event,) = history.show("a:90911 Local_AI:33505 c:80")
    assert (brief([event]), event.is_news) == (["rename/spelling Local_AI"], False)


@pytest.mark.parametrize(("new", "same"), [("Race Condition", True), ("Rate Conditions", False), ("Null Pointers", False)])
def test_a_misprint_beside_the_same_small_points_is_the_same_entry(new: str, same: bool):
    names = {"old": "Race Conditions", "new": new}
    pages = [snapshot(f"p:25 {key}:11", day=day, forks=f"p:8 {key}:3", names=names) for day, key in enumerate(("old", "new"))]
    assert (compare(board(metric("score", "points"), FORKS), *pages).rekeyed == {"new": "old"}) is same

"""Several models of one release enter together."""

from dataclasses import replace

import pytest
from insight_world import model
from kit import SCORE, History, brief, metric, of

from tracker.model import Event, Identity

WHO = {
    "big": model("Qwen 3.5 397B", lab="Alibaba", size_active_b=17.0, reasoning="on"),
    "big0": model("Qwen 3.5 397B", lab="Alibaba", size_active_b=17.0, reasoning="off"),
    "small": model("Qwen 3.5 4B", lab="Alibaba"),
    "old": model("Qwen 3 397B", lab="Alibaba", size_active_b=17.0, reasoning="on"),
    "other": model("Grok 5", lab="xAI"),
}
NAMES = {"big": "Qwen3.5 397B A17B (Reasoning)", "big0": "Qwen3.5 397B A17B (Non-reasoning)", "small": "Qwen3.5 4B"}


def groups(*days: str, who: dict[str, Identity] | None = None, **more: object) -> list[Event]:
    history = History(metric())
    known = {"who": who or WHO, "names": NAMES, **more}
    *earlier, last = days
    for text in earlier:
        history.show(text, **known)
    return of("release_group", history.show(last, **known))


def test_siblings_that_arrive_together_are_one_item():
    (event,) = groups("old:42 x:60", "old:42 x:60 big:45 big0:40 small:27 other:50")
    assert (brief([event]), event.is_news) == (["release_group/listing big,big0,small"], True)
    assert event.headline == (
        "Alibaba's Qwen3.5 enters Board with 2 models in 3 variants;"
        " the best, Qwen3.5 397B A17B (Reasoning), at rank 3 with 45 (score)."
    )
    facts = event.facts
    assert (facts["lab"], facts["family"], facts["generation"], facts["models"], facts["variants"]) == (
        "Alibaba",
        "Qwen",
        "3.5",
        2,
        3,
    )
    assert [(row["entry"], row["rank"], row["value"], row["size"], row["reasoning"]) for row in facts["siblings"]] == [
        ("big", 3, 45.0, "397B, 17B active", "on"),
        ("big0", 5, 40.0, "397B, 17B active", "off"),
        ("small", 6, 27.0, "4B", "unspecified"),
    ]
    assert facts["predecessor"] == "old"
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("big", "45"), ("big0", "40"), ("small", "27")]


def test_a_release_without_a_predecessor_says_so():
    (event,) = groups("x:60", "x:60 big:45 small:27")
    assert (event.facts["predecessor"], event.facts["no_predecessor"]) == (None, "no earlier generation of its line is listed")


def test_a_single_arrival_is_not_a_group():
    assert groups("x:60", "x:60 big:45 other:50") == []


def test_agents_around_one_model_are_not_a_release():
    assert groups("x:60", "x:60 big:45 small:27", who={key: replace(who, kind="system") for key, who in WHO.items()}) == []


def test_siblings_whose_model_is_not_sure_are_entries():
    who = WHO | {"small": replace(WHO["small"], model=None)}
    (event,) = groups("x:60", "x:60 big:45 small:27", who=who)
    assert event.headline.startswith("Alibaba's Qwen3.5 enters Board with 2 entries; the best, ")
    assert event.facts["models"] is None


def test_a_group_is_a_release_by_its_date():
    new, old = ({key: {"released": day} for key in ("big", "small")} for day in ("2026-03-01", "2025-03-01"))
    assert [event.grade for event in groups("x:60", "x:60 big:45 small:27", attributes=new)] == ["release"]
    (late,) = groups("x:60", "x:60 big:45 small:27", attributes=old)
    assert late.grade == "late_listing"
    assert "is listed on Board, some time after its release, with 2 models" in late.headline


def test_a_listed_name_grows():
    who = WHO | {"tiny": model("Qwen 3.5 1B", lab="Alibaba")}
    (event,) = groups("x:60 tiny:20", "x:60 tiny:20 big:45 small:27", who=who, names=NAMES | {"tiny": "qwen-3-5-1b"})
    assert (event.grade, event.facts["listed_before"]) == ("addition", ["qwen-3-5-1b"])
    assert event.headline.startswith("Alibaba's Qwen3.5 grows on Board by 2 more models; the best of them, ")


def test_a_name_that_several_rows_had_was_listed():
    history = History(metric())
    history.show("x:60", who=WHO, names=NAMES, ambiguous="Qwen3.5-9B")
    (event,) = of("release_group", history.show("x:60 big:45 small:27", who=WHO, names=NAMES, ambiguous="Qwen3.5-9B"))
    assert (event.grade, event.facts["listed_before"]) == ("addition", ["Qwen3.5-9B"])
    assert "grows on Board by 2 more models; the best of them, Qwen3.5 397B A17B (Reasoning), at rank 2" in event.headline


@pytest.mark.parametrize(("line", "listed", "names", "start"), [
    ("Qwen 3.5", "Qwen3.5 4B", ("Qwen3.5 397B (max)", "Qwen3.5 397B (low)"), "Qwen3.5 397B enters Board with 1 model in 2"),
    ("Qwen 3.5", "Other", ("a/qwen/qwen-3.5-39b (max)", "a/qwen/qwen-3.5-39b (low)"), "qwen-3.5-39b enters Board with 1"),
    ("Claude 5", "Claude Sonnet 5", ("Claude Opus 5 (max)", "Claude Opus 5 (low)"), "Claude Opus 5 enters"),
    ("GPT 6", "GPT-6 mini", ("GPT-6 Pro (high)", "GPT-6 Pro (low)"), "GPT-6 Pro enters"),
    ("GPT 6", "gpt-6-pro", ("GPT-6 Pro (high)", "GPT-6 Pro (low)"), "GPT-6 Pro grows"),
    ("Claude 5", "Opus 5 by Claude", ("Claude Opus 5 (max)", "Claude Opus 5 (low)"), "Claude Opus 5 grows"),
    ("Claude 5", "claude-sonnet-5", ("Claude Opus 5", "Haiku by Claude"), "Claude-5 grows"),
])  # fmt: skip
def test_only_a_name_that_was_listed_grows(line: str, listed: str, names: tuple[str, str], start: str):
    who = {key: model(line, key=key.rstrip("2"), line_title=line.replace(" ", "-")) for key in ("old", "new", "new2")}
    shown = dict(zip(who, (listed, *names), strict=True))
    (event,) = groups("x:60 old:42", "x:60 old:42 new:45 new2:27", who=who, names=shown)
    assert event.headline.startswith(f"Lab's {start}")


def test_the_best_is_the_best_with_a_score():
    (event,) = groups("x:60", "x:60 big small:27")
    assert "with 2 models; the best with a score, Qwen3.5 4B, at rank 2 with 27 (score)" in event.headline
    (event,) = groups("x:60", "x:60 big small")
    assert event.headline == "Alibaba's Qwen3.5 enters Board with 2 models, among them Qwen3.5 397B A17B (Reasoning)."


def test_an_estimate_says_so():
    (event,) = groups("x:60", "x:60 big:~45 small:27")
    assert "with an estimated 45 (score)" in event.headline


def test_other_labs_families_and_generations_are_other_releases():
    for other in (model("Qwen 3.5 4B", lab="Else"), model("Qwenlet 3.5 4B", lab="Alibaba"), model("Qwen 3.6 4B", lab="Alibaba")):
        assert groups("x:60", "x:60 big:45 small:27", who=WHO | {"small": other}) == []


def test_revealed_returning_and_crowded_entries_are_not_a_release():
    history = History(SCORE)
    history.show("x:60 y:50", depth=2, who=WHO)
    assert of("release_group", history.show("x:60 y:50 big:45 small:27", depth=4, who=WHO)) == []
    assert groups("x:60 big:45 small:27", "x:60", "x:60", "x:60 big:45 small:27") == []
    crowd = {f"n{place}": model(f"Qwen 3.5 {place}B", lab="Alibaba") for place in range(1, 40)}
    assert groups("x:60", "x:60 " + " ".join(f"{key}:30" for key in crowd), who=crowd) == []


def test_a_first_page_and_another_table_are_not_a_release():
    assert groups("big:45 small:27") == []
    history = History(SCORE)
    history.show("x:60 y:50", who=WHO)
    assert of("release_group", history.show("big:45 small:27", who=WHO, restart="another table")) == []


@pytest.mark.parametrize(("names", "name"), [
    (("Model 3.5 Pro", "Model 3.5 Flash"), "Model 3.5"),
    (("Model 3.5-7B", "Model 3.5-70B"), "Model 3.5"),
    (("pro-model-3.5", "flash-model-3.5"), "Fam 3.5"),
])  # fmt: skip
def test_a_release_is_named_by_what_its_names_begin_with(names: tuple[str, str], name: str):
    who = {key: model("Fam 3.5", lab="Lab", key=key) for key in ("p", "q")}
    (event,) = groups("x:60", "x:60 p:45 q:27", who=who, names=dict(zip("pq", names, strict=True)))
    assert event.headline.startswith(f"Lab's {name} enters Board")


@pytest.mark.parametrize(("lab", "name"), [("AI21 Labs", "AI21 Labs' Fam 3.5"), ("fam", "Fam 3.5")])
def test_a_lab_is_named_once(lab: str, name: str):
    who = {key: model("Fam 3.5", lab=lab, key=key) for key in ("p", "q")}
    (event,) = groups("x:60", "x:60 p:45 q:27", who=who, names={"p": "Fam 3.5 A", "q": "Fam 3.5 B"})
    assert event.headline.startswith(f"{name} enters Board")


@pytest.mark.parametrize(("family", "names", "name"), [
    ("Yi 1", ("Yi-Lightning", "Yi-Lightning-lite"), "Lab's Yi-Lightning enters"),
    ("Yi 1", ("yi-large", "Yi-Lightning"), "Lab's Yi enters"),
    ("Claude 3.5", ("Claude 3.5 Haiku", "claude-3-5-sonnet"), "Lab's Line-3.5 enters"),
    ("Claude 4.5", ("Claude Opus 4.5", "Claude Sonnet 4.5"), "Lab's Line-4.5 enters"),
])  # fmt: skip
def test_a_generation_that_no_name_states_is_not_named(family: str, names: tuple[str, str], name: str):
    who = {key: model(family, key=key, line_title=f"Line-{family.split()[1]}") for key in ("p", "q")}
    (event,) = groups("x:60", "x:60 p:45 q:27", who=who, names=dict(zip("pq", names, strict=True)))
    assert event.headline.startswith(name)


def test_more_variants_of_a_listed_model_are_not_a_release():
    assert groups("x:60 big:45", "x:60 big:45 big0:40 small:27") == []


def test_entries_that_continue_under_other_keys_are_not_a_release():
    who = WHO | {key: model(f"Qwen 3.5 {size}B", lab="Alibaba", key=key) for key, size in (("p", 9), ("q", 27))}
    assert len(groups("x:60", "x:60 p:45 q:27", who=who)) == 1
    assert groups("x:60 was:45", "x:60 p:45 q:27", who=who) == []
    assert len(groups("x:60 was:44", "x:60 p:45 q:27", who=who)) == 1
    assert len(groups("x:60 was", "x:60 p q", who=who)) == 1


VICUNA = {
    "old": replace(model("Vicuna 1.3 33B", lab="LMSYS"), generation="1.3"),
    "long7": model("Vicuna 1.5 7B", lab="LMSYS"),
    "long13": model("Vicuna 1.5 13B", lab="LMSYS"),
}


@pytest.mark.parametrize(("old", "new", "grade"), [
    ("Vicuna-33B", ("Vicuna-7B-16k", "Vicuna-13B-16k"), "addition"),
    ("Vicuna-v1.3-33B", ("Vicuna-v1.5-7B", "Vicuna-v1.5-13B"), "listing"),
])  # fmt: skip
def test_a_name_without_a_generation_grows_if_another_generation_was_listed_under_it(old: str, new: tuple[str, str], grade: str):
    names = {"old": old, "long7": new[0], "long13": new[1]}
    (event,) = groups("old:42 x:60", "old:42 x:60 long7:45 long13:40", who=VICUNA, names=names)
    assert event.grade == grade


def test_rows_of_one_name_are_not_a_release_of_several_models():
    names = {"long7": "Vicuna", "long13": "Vicuna"}
    assert groups("x:60", "x:60 long7:45 long13:40", who=VICUNA, names=names) == []


def test_the_label_of_today_counts_as_listed_before():
    names = {"long7": "Vicuna-v1.5-7B", "long13": "Vicuna-v1.5-13B", "old": "chat"}
    history, today = History(metric()), VICUNA | {"old": model("Vicuna 1.5 33B", lab="LMSYS")}
    history.show("old:42 x:60", names=names, who=VICUNA | {"old": Identity()})
    (event,) = of(
        "release_group", history.show("old:42 x:60 long7:45 long13:40", names=names | {"old": "Vicuna-v1.5-33B"}, who=today)
    )
    assert (event.grade, event.facts["listed_before"]) == ("addition", ["Vicuna-v1.5-33B"])

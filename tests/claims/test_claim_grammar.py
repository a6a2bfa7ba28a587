"""Sentences as people write them, and how the grammar reads them; nothing that changes the meaning is dropped."""

from __future__ import annotations

import pytest
from claims_world import World

READ = {
    # one claim, every verb
    "Vega2 14B beats Orion-4": ["Vega2 14B above Orion-4 overall"],
    "vega2 14b is better than orion-4 in maths": ["vega2 14b above orion-4 in maths"],
    "Orion-4 trails Orion-5 by 20 points": ["Orion-5 above Orion-4 (20 points) overall"],
    "Orion-4 is beaten by Orion-5": ["Orion-5 above Orion-4 overall"],
    "Orion-4 was overtaken by Orion-5": ["Orion-5 overtook Orion-4 overall"],
    "Vega2 14B doesn't beat Orion-5": ["Vega2 14B not above Orion-5 overall"],
    "Vega2 14B rivals Vega1 70B": ["Vega2 14B on par with Vega1 70B overall"],
    "Orion-5 leads Acme Bench": ["Orion-5 best overall on acme bench"],
    "Orion-5 leads Orion-4 by 20 points": ["Orion-5 above Orion-4 (20 points) overall"],
    "Orion-5 is number one on Duel Arena": ["Orion-5 best overall on duel arena"],
    "Vega2 14B is the best open-weights model under 15B": ["Vega2 14B best among open-weights models under 15B overall"],
    "The best open-weights model is Vega2 14B": ["Vega2 14B best among open-weights models overall"],
    "Orion-5 is in the top three on Acme Bench": ["Orion-5 top 3 overall on acme bench"],
    "Orion-5 is number two": ["Orion-5 at rank 2 overall"],
    "Vega2 improves on Vega1": ["Vega2 gains over Vega1 overall"],
    "Vega2 14B is cheaper than Orion-5": ["Vega2 14B cheaper than Orion-5 in price"],
    "Orion-5 is more expensive than Vega2 14B": ["Vega2 14B cheaper than Orion-5 in price"],
    "Vega2 14B costs half as much as Vega1 70B": ["Vega2 14B priced as a share of Vega1 70B (half) in price"],
    "Vega2 14B is twice as fast as Orion-5": ["Vega2 14B above Orion-5 (twice) in speed"],
    "Vega2 7B has a better performance-to-parameter ratio than Vega1 70B": ["Vega2 7B better ratio than Vega1 70B overall"],
    "Zorg-9 is the first open-source model to beat Orion-5": ["Zorg-9 first above Orion-5 among open-weights models overall"],
    "Zorg-9 is the first open model in the top 3": ["Zorg-9 first top 3 among open-weights models overall"],
    "Vega2 14B has a lower price than Orion-5": ["Vega2 14B lower than Orion-5 in price"],
    "No open-weights model beats Orion-5": ["open-weights models not above Orion-5 overall"],
    "Stellar is ahead of Lunar Labs on Acme Bench": ["Stellar above Lunar Labs overall on acme bench"],
    "Vega2 14B is the best model from Stellar": ["Vega2 14B best among models of Stellar overall"],
    "Stellar's best model is Vega2 14B": ["Vega2 14B best among models of Stellar overall"],
    # several in a sentence
    "Vega2 14B and Vega2 7B beat Orion-4": ["Vega2 14B above Orion-4 overall", "Vega2 7B above Orion-4 overall"],
    "Vega2 14B beats Orion-4 in coding and maths": ["Vega2 14B above Orion-4 in coding", "Vega2 14B above Orion-4 in maths"],
    "Vega2 14B beats Orion-4 and Vega1 70B trails Orion-5": [
        "Vega2 14B above Orion-4 overall",
        "Orion-5 above Vega1 70B overall",
    ],
    "Vega2 14B, which beats Orion-4, trails Orion-5": [
        "Vega2 14B above Orion-4 overall",
        "Orion-5 above Vega2 14B overall (said of Vega2 14B)",
    ],
    "Vega2 14B matches Vega1 70B at half the price": [
        "Vega2 14B on par with Vega1 70B overall",
        "Vega2 14B priced as a share of Vega1 70B (half) in price (said of Vega2 14B; compared with Vega1 70B)",
    ],
    "Vega2's 72B model beats Orion-4, the 14B rivals Vega1 70B": [
        "Vega2 72B above Orion-4 overall",
        'Vega2 14B on par with Vega1 70B overall ("the 14B" is Vega2 14B)',
    ],
    "Vega2 14B beats Orion-4. Its 7B model trails Orion-5.": [
        "Vega2 14B above Orion-4 overall",
        'Orion-5 above Vega2 7B overall ("Its 7B" is Vega2 7B)',
    ],
    "vega2-14b beats Orion-4; the 7B trails Orion-5": [
        "vega2-14b above Orion-4 overall",
        'Orion-5 above vega2 7B overall ("the 7B" is vega2 7B)',
    ],
    "Vega2 14B:\n- beats Orion-4\n- top ten on Acme Bench": [
        "? no verb or comparison that the grammar knows",
        "Vega2 14B above Orion-4 overall (said of Vega2 14B)",
        "Vega2 14B top 10 overall on acme bench (said of Vega2 14B)",
    ],
    # scores
    "Zorg-9 scores 63 on Acme Bench": ["Zorg-9 scores 63 overall on acme bench"],
    "Zorg-9: 63 on Acme Bench": ["Zorg-9 scores 63 overall on acme bench"],
    "Orion-5 gets 60% in coding": ["Orion-5 scores 60% in coding"],
    "Zorg-9 leads Acme Bench with 63 points": [
        "Zorg-9 best overall on acme bench",
        "Zorg-9 scores 63 points overall on acme bench (said of Zorg-9)",
    ],
    "Vega2 14B costs $1/$2 per million tokens": ["Vega2 14B scores $1 in input price", "Vega2 14B scores $2 in output price"],
    "Zorg-9 is the first open model above 60": ["Zorg-9 first scores over 60 among open-weights models overall"],
    # who is of what
    "Open-source Zorg-9 leads Acme Bench": ["Zorg-9 (of open-weights models) best overall on acme bench"],
    "Orion-5 (closed) leads Acme Bench": ["Orion-5 (of closed models) best overall on acme bench"],
    "Among open-weights models, Zorg-9 leads Acme Bench": ["Zorg-9 best among open-weights models overall on acme bench"],
    "Orion-5 beats the open-source Zorg-9": ["Orion-5 above Zorg-9 (of open-weights models) overall"],
    "Orion-5 beats every open-weights model": ["Orion-5 above open-weights models overall"],
    "Orion-5 is ahead of the best open-source model": ["Orion-5 above open-weights models overall"],
    "The best open model trails the best closed model by 3 points": [
        "closed models above open-weights models (3 points) overall"
    ],
    "Zorg-9, an open model, leads Acme Bench": ["Zorg-9 (of open-weights models) best overall on acme bench"],
    "Orion-5 is Lunar Labs's best model": ["Orion-5 best among models of Lunar Labs overall"],
    "Vega2 14B ranks 3rd on Acme Bench": ["Vega2 14B at rank 3 overall on acme bench"],
    "In coding, Orion-5 beats Orion-4 and is cheaper than Vega2 14B": [
        "Orion-5 above Orion-4 in coding",
        "Orion-5 cheaper than Vega2 14B in price (said of Orion-5)",
    ],
    "Vega2 14B is almost twice as fast as Orion-5": ["Vega2 14B above Orion-5 (almost twice) in speed"],
    "Vega2 14B beats Orion-4 on MMLU-Pro": ["Vega2 14B above Orion-4 in MMLU-Pro"],
    "Vega2 14B has caught up with Orion-5": ["Vega2 14B on par with Orion-5 overall"],
    "Zorg-9 dethroned Vega2 14B among open models": ["Zorg-9 took the lead from Vega2 14B among open-weights models overall"],
    "Among open models, Zorg-9 beats Vega2 14B": [
        "Zorg-9 (of open-weights models) above Vega2 14B (of open-weights models) overall"
    ],
    "Vega2 14B is second only to Zorg-9 among open models": [
        "Vega2 14B at rank 2 behind only Zorg-9 among open-weights models overall"
    ],
    "Zorg-9 is the best large language model": ["Zorg-9 best overall"],
    "Vega2 clearly improves on Vega1": ["Vega2 gains over Vega1 (a lot) overall"],
    "Zorg-9 has the longest context window": ["Zorg-9 best in context"],
    "Zorg-9 has a longer context window than Orion-5": ["Zorg-9 above Orion-5 in context"],
    "Zorg-9 has a context window of 200,000 tokens": ["Zorg-9 scores 200000 tokens in context"],
    "Orion-4 lags far behind Orion-5": ["Orion-5 far above Orion-4 overall"],
    "Vega2 14B is the best model under $5 per million output tokens": [
        "Vega2 14B best among models under $5 in output price overall"
    ],
    "Orion-5 no longer leads Acme Bench": ["Orion-5 no longer best overall on acme bench"],
    # boards and dates
    "On Duel Arena, Orion-5 beats Orion-4 and trails Vega2 14B": [
        "Orion-5 above Orion-4 overall on duel arena",
        "Vega2 14B above Orion-5 overall on duel arena (said of Orion-5)",
    ],
    "Orion-5 beats Orion-4, per Acme Bench": ["Orion-5 above Orion-4 overall on acme bench"],
    "According to Duel Arena Orion-5 beats Orion-4": ["Orion-5 above Orion-4 overall on duel arena"],
    "Zorg-9 has led Acme Bench since 4 March 2026": ["Zorg-9 best overall on acme bench since 4 March 2026"],
    "As of 2026-03-03, Orion-5 leads Acme Bench": ["Orion-5 best overall on acme bench As of 2026-03-03"],
}


@pytest.mark.parametrize(("sentence", "claims"), READ.items())
def test_a_sentence_is_read(world: World, sentence: str, claims: list[str]):
    assert world.read(sentence) == claims


NOT_READ = {
    "Vega2 14B might beat Orion-5": '"might"',
    "It is false that Vega2 14B beats Orion-5": '"false"',
    "Vega2 14B beats Orion-4's successor": '"successor"',
    "Vega2 14B's developers beat Orion-5": '"developers"',
    "The model that beats Orion-4 is Orion-5": '"that"',
    "Orion-5, the successor to Orion-4, leads Acme Bench": '"successor"',
    "Quantised Zorg-9 beats Orion-5": '"Quantised"',
    "Some say Zorg-9 beats Orion-5": '"say"',
    "Zorg-9 isn't just better than Orion-5": '"just"',
    "Zorg-9 is the best model trained outside the US": '"trained"',
    "Zorg-9 is the cheapest model to score above 50": '"score above 50"',
    "Zorg-9 is the best non-American model": '"non"',
    "The leader beats Orion-4": '"The leader"',
    "Its rival Orion-4 beats Zorg-9": '"rival"',
    "Zorg-9 impressively beats Orion-5": '"impressively"',
    "Vega2 is better than its predecessor": '"its": it does not say which model',
    "Vega2 14B is the cheapest model in the top 3": '"in the top 3"',
    "Vega2 14B is the cheapest model scoring above 50": '"scoring above 50"',
    "Vega2 14B is the best model above 50": '"above 50"',
    "Vega2 14B is the fastest model cheaper than Orion-5": '"cheaper than"',
    "Zorg-9 is cheaper than both": '"both"',
    "Zorg-9 leads Acme Bench for the first time": '"for the first time"',
    "Zorg-9 beats the latest Orion-5": '"latest"',
    "Zorg-9 beats Orion-5 running locally": '"running"',
    "Vega2 14B beats Orion-4 or Orion-5": '"or"',
    "Vega2 14B never beat Orion-5": '"never"',
    "Vega2 14B beats Orion-5 at half the size": '"half"',
    "Vega2 14B was ahead of Orion-4": '"was"',
    "Vega2 14B beats": "with which model",
    "It beats Orion-4": "which model",
    "Vega2 14B costs Orion-5": "how much",
    "Vega2 14B beats Orion-4, says Stellar": '"says"',
    "Vega2 14B was released yesterday": "no verb",
    "Vega2 14B won the hearts of Orion-5": "no verb",
    "Unlike Orion-4, Vega2 14B beats Orion-5": '"Unlike"',
    "All open-weights models beat Orion-4": '"All"',
    "Every Stellar model beats Orion-4": '"Every"',
    "Vega2 14B does not beat any open model": '"any"',
    "Orion-5 beats a closed model": '"a"',
    "Zorg-9 almost leads Acme Bench": '"almost"',
    "Vega2 14B nearly matches Orion-5": '"nearly"',
    "For every task Vega2 14B beats Orion-4": '"every"',
    "Vega2 14B beats Orion-4 across the board": '"across the board"',
    "Vega2 14B beats Orion-4, but not in coding": '"not"',
    "Vega2 14B beats Orion-4 in coding and Vega1 70B in maths": '"in" before "Vega1 70B"',
    "Vega2 improves on Vega1 by 500%": "by how much",
    "Vega2 14B rivals Orion-5 since 2026-03-03": "since when",
    "Orion-5 has not led Acme Bench since 2026-03-03": "since when",
    "Orion-5 led Acme Bench on 2026-03-02 and on 2026-03-05": "one date",
    "Vega2 14B is cheaper than Orion-5 in coding": "price",
    "Zorg-9 leads Acme Bench, 63 points strong": '"63 points"',
    "Zorg-9 beats Orion-5 on 3 of 4 benchmarks": '"3"',
    "Zorg-9 beats Orion-5 by over 5": '"over 5"',
    "Stellar claims Vega2 14B beats Orion-5": '"claims"',
    "Stellar tested Vega2 14B and beats Orion-5": '"tested"',
    "Orion-5 vs Orion-4": "who is ahead",
    "Zorg-9 beats Orion-5 (63 vs 61) on Acme Bench": '"63"',
    "Zorg-9 does not beat Orion-5 on every benchmark": '"every"',
    "Zorg-9 is the best small model": 'ask for models "under 40B"',
    "Zorg-9 is the best large open model": '"large"',
    "According to Stellar, Vega2 14B beats Orion-5": '"According to Stellar"',
    "Per Stellar, Vega2 14B beats Orion-5": '"Per Stellar"',
    "With Stellar, Vega2 14B beats Orion-5": '"With Stellar"',
    "For Lunar Labs, Orion-5 leads Acme Bench": '"For Lunar Labs"',
    "Vega2 14B leads Acme Bench, according to Lunar Labs": '"according to Lunar Labs"',
    "Zorg-9 took the lead on Acme Bench on Tuesday": "give the date",
    "Vega2 14B leads in coding on Windows": '"Windows" is not understood beside another topic',
    "Zorg-9 leads Acme Bench in price-performance": '"price-performance" changes',
    "Vega2 14B is twice as cheap as Orion-5": "no verb",
    "Orion-5 leads in output": "ask for its price",
    "Orion-5 input is cheaper than Orion-4 output": "ask for its price",
    "Orion-5 is faster on output tokens than Orion-4": "ask for its price",
    "Orion-5 no longer beats Zorg-9": "that it held before is not judged",
}


REFERRED = {
    "Zorg-9 leads Acme Bench. It beats Orion-5.": "Zorg-9 above Orion-5 overall (said of Zorg-9)",
    "Zorg-9 beats Orion-4. It beats Orion-5.": "?",  # Zorg-9 or Orion-4
    "Zorg-9 leads Acme Bench. Rivals answered. It beats Orion-5.": "?",
    "Stellar leads Acme Bench. It beats Orion-5.": "?",  # a lab
    "Zorg-9 beats Orion-4, which beats Orion-5": "?",
    "Zorg-9 beats Orion-4 though it trails Orion-5": "?",
}


@pytest.mark.parametrize(("text", "last"), REFERRED.items())
def test_a_pronoun_is_read_if_it_can_mean_one_model_only(world: World, text: str, last: str):
    assert world.read(text)[-1].startswith(last)


@pytest.mark.parametrize(("sentence", "reason"), NOT_READ.items())
def test_words_that_could_mean_something_else_are_quoted(world: World, sentence: str, reason: str):
    (said,) = world.read(sentence)
    assert said.startswith("? ")
    assert reason in said
    found = world.only(sentence)
    assert found.verdict == "not understood"
    assert found.quote.strip(".") in sentence


def test_a_date_between_two_verbs_belongs_to_neither(world: World):
    """Nothing says whether the date is that of the second verb as well."""
    said = world.read("Orion-5 led Acme Bench on 2026-03-02 but trails Zorg-9")
    assert len(said) == 2
    assert all("of which verb" in reading for reading in said)


def test_a_word_of_degree_is_a_part_of_the_claim(world: World):
    """An error is 1: far above needs three of them, narrowly above has no more than three."""
    assert world.read("Vega2 14B easily beats Orion-4") == ["Vega2 14B far above Orion-4 overall"]
    said = ("Zorg-9 easily beats Vega2 14B on Acme Bench", "Zorg-9 narrowly beats Vega2 14B on Acme Bench")
    assert [world.verdicts(sentence) for sentence in said] == [["supported"], ["mixed"]]
    assert world.verdicts("Orion-5 narrowly beats Vega2 14B on Acme Bench") == ["supported"]
    assert world.verdicts("Zorg-9 narrowly trails Orion-5") == ["contradicted"]


def test_an_unknown_topic_is_not_read_as_another_topic(world: World):
    found = world.only("Vega2 14B beats Orion-4 in juggling")
    assert (found.verdict, "juggling" in found.reason) == ("not comparable", True)


def test_of_an_article_only_sentences_that_compare_models_are_listed(world: World):
    text = "Stellar released Vega2 14B.\n\nThe weather is fine. Vega2 14B beats Orion-4.\n\nIt may beat Orion-5."
    assert [found.quote for found in world.check(text, article=True)] == ["Vega2 14B beats Orion-4", "It may beat Orion-5"]
    assert len(world.check(text)) == 4

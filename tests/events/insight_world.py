"""Models for the insight events: who an entry is, in one line of a test."""

from tracker.model import Identity, ModelId


def model(line: str, *, lab: str = "Lab", key: str = "", **more: object) -> Identity:
    """`model("Qwen 3.5 27B")`: family, generation and size as the words say; `key` distinguishes models that the words do not."""
    family, generation, *rest = line.split()
    size = next((float(word.removesuffix("B")) for word in rest if word.endswith("B")), None)
    tier = next((word for word in rest if not word.endswith("B")), "")
    stated = {"tier": tier, "size_total_b": size, "name": line, **more}
    return Identity(
        lab=lab,
        family=family,
        generation=generation,
        model=ModelId(key or f"{lab}/{line}".casefold().replace(" ", "-")),
        **stated,
    )

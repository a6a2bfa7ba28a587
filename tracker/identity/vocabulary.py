"""The words of the trade: what a word in a model's name stands for when no lab says otherwise."""

from __future__ import annotations

CHAT = frozenset({"instruct", "inst", "ins", "it", "chat"})
"""Tuned for use: what a name without any of them means on a board."""
BASE = frozenset({"base", "pt", "pretrain", "pretrained"})
PREVIEW = frozenset({"preview", "exp", "experimental"})
"""One thing: an experimental release and a preview of one date are the same."""
UNFINISHED = frozenset({"beta", "alpha", "rc", "early", "prerelease"})
THINKING = frozenset({"thinking", "think", "thinker"})
REASONING = frozenset({"reasoning", "reasoner", "cot"})
NOT = frozenset({"no", "non", "not", "without"})
NOT_THINKING = frozenset({"nothink", "nothinking", "nonthinking", "nonreasoning", "noreasoning", "nocot"})
EFFORTS = {
    "none": "none",
    "minimal": "minimal",
    "low": "low",
    "med": "medium",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
    "max": "max",
}
CERTAIN_EFFORTS = frozenset({"minimal", "low", "med", "high", "xhigh"})
"""Never a place in a line, unlike `medium` and `max`, wherever they stand."""
GLUED_EFFORTS = {
    f"{effort}{word}": effort for effort in ("low", "medium", "high", "max") for word in ("thinking", "think", "reasoning")
}
SERVING = frozenset(
    {
        *("free", "exacto", "nitro", "floor", "extended", "customtools", "hd", "highres", "self", "moderated"),
        *("fal", "wavespeed", "replicate", "fireworks", "together", "groq", "bedrock", "vertex", "azure", "foundry", "deepinfra"),
    }
)
"""Who serves it and how: no other weights."""
PICTURE = frozenset({"res", "resolution", "fidelity", "definition", "quality"})
"""What `high` before them speaks of is a picture, not an effort."""
HARNESS = frozenset({"diff", "whole", "udiff", "architect", "editor", "concise", "verbose", "grounding"})
"""How it was asked: edit formats, prompt styles, a search tool."""
SETTINGS = frozenset({"temperature", "temp", "n", "top", "seed"})
"""Before `=`: sampling."""
SILENT = frozenset(
    {
        *("model", "version", "ver", "deprecated", "default", "older", "old", "original", "prev", "adaptive", "effort", "with"),
        *("hf", "context", "tokens", "token", "budget", "api", "mode", "the", "by", "from"),
    }
)
"""Words that tell nothing of who a model is."""
LATEST = frozenset({"latest"})
TIERS = frozenset(
    {
        *("nano", "micro", "mini", "tiny", "small", "medium", "large", "xl", "xs", "lite", "light", "lightning", "flash", "fast"),
        *(
            "air",
            "pro",
            "plus",
            "max",
            "ultra",
            "turbo",
            "super",
            "premier",
            "express",
            "standard",
            "master",
            "instant",
            "quality",
        ),
        *(
            "haiku",
            "sonnet",
            "opus",
            "codex",
            "scout",
            "maverick",
            "next",
            "omni",
            "dev",
            "schnell",
            "klein",
            "flex",
            "core",
            "edge",
        ),
    }
)
"""Places in a line."""
TUNES = {
    "coder": "coder",
    "code": "coder",
    "codex": "coder",
    "vl": "vl",
    "vision": "vl",
    "multimodal": "vl",
    "math": "math",
    "omni": "omni",
    "distill": "distill",
    "guard": "guard",
    "search": "search",
    "research": "research",
    "realtime": "realtime",
    "dpo": "fine-tune",
    "simpo": "fine-tune",
    "abliterated": "abliterated",
}
KINDS = {
    "image": "image",
    "t2i": "image",
    "i2i": "image",
    "video": "video",
    "t2v": "video",
    "i2v": "video",
    "tts": "tts",
    "speech": "tts",
    "asr": "asr",
    "transcribe": "asr",
    "whisper": "asr",
    "stt": "asr",
    "audio": "audio",
    "realtime": "audio",
}
SYSTEM = frozenset({"agent", "agents", "agentless", "router", "rag"})
"""More than a model: an agent or an ensemble around one."""
COMMON = (
    CHAT
    | BASE
    | PREVIEW
    | UNFINISHED
    | THINKING
    | REASONING
    | NOT
    | NOT_THINKING
    | SERVING
    | HARNESS
    | SILENT
    | LATEST
    | TIERS
    | SYSTEM
)
COMMON |= frozenset(TUNES) | frozenset(KINDS) | frozenset(EFFORTS) | frozenset(GLUED_EFFORTS) | frozenset({"v", "open", "deep"})
"""Words that are nobody's brand."""

"""The usual meaning of words in model names; labs may declare others."""

from __future__ import annotations

CHAT = frozenset({"instruct", "inst", "ins", "it", "chat"})
"""Tuned for use, which a name without any of these words means too on a board."""
BASE = frozenset({"base", "pt", "pretrain", "pretrained"})
PREVIEW = frozenset({"preview", "exp", "experimental"})
"""An experimental release and a preview of one date are the same."""
UNFINISHED = frozenset({"beta", "alpha", "rc", "early", "prerelease"})
THINKING = frozenset({"thinking", "think", "thinker"})
REASONING = frozenset({"reasoning", "reasoner", "cot"})
NOT = frozenset({"no", "non", "not", "without"})
NOT_THINKING = frozenset({"nothink", "nothinking", "nonthinking", "nonreasoning", "noreasoning", "nocot"})
EFFORTS = {effort: effort for effort in ("none", "minimal", "low", "medium", "high", "xhigh", "max")} | {"med": "medium"}
CERTAIN_EFFORTS = frozenset({"none", "minimal", "low", "med", "high", "xhigh"})
"""Never a tier, unlike `medium` and `max`."""
GLUED_EFFORTS = {
    f"{effort}{word}": effort for effort in ("low", "medium", "high", "max") for word in ("thinking", "think", "reasoning")
}
SERVING = frozenset(
    {
        *("free", "exacto", "nitro", "floor", "extended", "customtools", "hd", "highres", "self", "moderated"),
        *(
            "fal",
            "wavespeed",
            "replicate",
            "fireworks",
            "together",
            "groq",
            "bedrock",
            "vertex",
            "maas",
            "tput",
            "azure",
            "foundry",
            "deepinfra",
        ),
    }
)
"""Who serves the model and how; the weights are the same."""
PICTURE = frozenset({"res", "resolution", "fidelity", "definition", "quality"})
"""`high` before one of these words is about a picture, not an effort."""
HARNESS = frozenset({"diff", "whole", "udiff", "architect", "editor", "concise", "verbose", "grounding"})
"""How the model was prompted: edit formats, prompt styles, a search tool."""
CHOICES = frozenset({"maj", "cons", "pass", "avg"})
"""Ways to choose among several answers of one model, before their number."""
SETTINGS = frozenset({"temperature", "temp", "n", "top", "seed"})
"""Sampling settings, before `=`."""
SILENT = frozenset(
    {
        *("model", "version", "ver", "deprecated", "default", "older", "old", "original", "prev", "adaptive", "effort", "with"),
        *("quantized", "quantised", "ud", "imatrix", "recommended", "official", "setting", "settings"),
        *("hf", "context", "tokens", "token", "budget", "api", "mode", "the", "by", "from"),
    }
)
"""Words without a meaning for the model's identity."""
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
MADE_BY_OTHERS = frozenset(
    {
        *(
            "uncensored",
            "unfiltered",
            "jailbroken",
            "derestricted",
            "heretic",
            "lora",
            "qlora",
            "ft",
            "finetune",
            "finetuned",
            "fine",
        ),
        *("merge", "merged", "frankenmerge", "slerp", "ties", "dare", "passthrough", "expo"),
    }
)
"""Words of models that others than the lab made from its weights: tuned again, merged, without refusals."""
NO_MAKER = frozenset({"unknown", "undisclosed", "notdisclosed", "unspecified", "private", "stealth", "tba", "tbd", "na", "none"})
OTHER_MAKERS = frozenset(
    {"community", "communitymodel", "various", "multiple", "other", "others", "anonymous", "independent", "individual", "user"}
    | {"users", "thirdparty", "hobbyist"}
)
"""What boards write in place of a maker: that they do not know it, and that it is none of the labs; without blanks."""
SYSTEM = frozenset(
    {
        *("agent", "agents", "agentless", "router", "rag", "scaffold", "harness", "ensemble", "moa", "swarm", "wrapper"),
        *("pipeline", "workflow", "cli"),
    }
)
"""More than a model: an agent, a tool or an ensemble around one."""
COMMON = frozenset({"v", "open", "deep"}).union(
    *(CHAT, BASE, PREVIEW, UNFINISHED, THINKING, REASONING, NOT, NOT_THINKING, SERVING, HARNESS, SILENT, LATEST, TIERS, SYSTEM),
    *(TUNES, KINDS, EFFORTS, GLUED_EFFORTS),
)
"""Words that are not a brand."""

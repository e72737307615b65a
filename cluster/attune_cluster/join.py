"""One adapter out of two that were trained one on the other, and one head out of several."""

import json
import pathlib
import shutil

import torch
from safetensors.torch import load_file, save_file

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
#: PEFT's name of the scalar heads, [H, E].
HEAD = "base_model.model.score.weight"


def join_adapters(first, second, out):
    """base + s1·B1·A1, merged, + s2·B2·A2  =  base + s·[B1 B2]·[A1; A2] with both ranks together, exactly.

    Both must have one scale, alpha / rank; the joined one keeps it."""
    first, second, out = map(pathlib.Path, (first, second, out))
    configs = [json.loads((folder / CONFIG).read_text()) for folder in (first, second)]
    scales = {config["lora_alpha"] / config["r"] for config in configs}
    assert len(scales) == 1, f"scales {scales}"
    one, two = (load_file(folder / WEIGHTS) for folder in (first, second))
    assert one.keys() == two.keys()
    joined = {
        name: torch.cat([one[name], two[name]], 0 if ".lora_A." in name else 1).contiguous() for name in one
    }
    config = {**configs[0], "r": sum(c["r"] for c in configs), "lora_alpha": sum(c["lora_alpha"] for c in configs)}
    out.mkdir(parents=True, exist_ok=True)
    save_file(joined, out / WEIGHTS, metadata={"format": "pt"})
    (out / CONFIG).write_text(json.dumps(config, indent=2))


def with_mean_head(reward, out):
    """The reward model that gives the mean of another's heads: heads are linear, so the mean of their weights is one.
    What is kept of it: PEFT and TRL have one."""
    weights = load_file(reward / WEIGHTS)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(reward / CONFIG, out / CONFIG)
    save_file({**weights, HEAD: weights[HEAD].mean(0, keepdim=True)}, out / WEIGHTS, metadata={"format": "pt"})

"""Compares what Attune exports with what PEFT and transformers make of it, in float32 on the CPU.

    node test/golden/exportAdapters.ts MODEL FOLDER
    python check_adapter_export.py BASE_MODEL_FOLDER FOLDER

The exported PEFT folder on the base model, and the merged folder by itself, must give the
log-probabilities that our engine computed, and the reward model its rewards, all within 1e-4; nothing
may be missing, left over or newly initialised on loading. The fingerprint of the weights must be what
cluster/attune_cluster/base.py computes.
Last run with torch 2.15.0, transformers 5.23.0, peft 0.21.2.
"""

import json
import pathlib
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "cluster"))
from attune_cluster.base import weights_fingerprint

TOLERANCE = 1e-4


def log_probs(model, sequence):
    prompt, completion = sequence["promptTokens"], sequence["completionTokens"]
    with torch.no_grad():
        logits = model(torch.tensor([prompt + completion])).logits[0, len(prompt) - 1 : -1]
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(completion)[:, None])[:, 0]


def require_log_probs(what, model, ours):
    worst = max(
        (log_probs(model.eval(), sequence) - torch.tensor(expected)).abs().max().item()
        for sequence, expected in zip(ours["sequences"], ours["logProbs"])
    )
    print(f"  {what}: {len(ours['sequences'])} texts, largest difference of a log-probability {worst:.2e}")
    assert worst < TOLERANCE, worst


def require_all_loaded(model):
    """Every factor and head has the values of the file: PEFT leaves what it misses at zero."""
    for name, parameter in model.named_parameters():
        if "lora_" in name or "modules_to_save" in name:
            assert parameter.abs().max() > 0, f"{name} was not loaded"


def require_rewards(base, folder, ours):
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=1, dtype=torch.float32)
    model.config.pad_token_id = 0
    model = PeftModel.from_pretrained(model, folder).eval()
    require_all_loaded(model)
    worst = 0.0
    for sequence, expected in zip(ours["sequences"], ours["rewards"]):
        tokens = torch.tensor([sequence["promptTokens"] + sequence["completionTokens"]])
        with torch.no_grad():
            reward = model(tokens, attention_mask=torch.ones_like(tokens)).logits[0, 0].item()
        worst = max(worst, abs(reward - expected))
    print(f"  reward model: largest difference of a reward {worst:.2e}")
    assert worst < TOLERANCE, worst


def main(base, folder):
    ours = json.loads((folder / "ours.json").read_text())
    assert weights_fingerprint(base) == ours["baseSha256"], "the fingerprint of the weights differs"
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    adapted = PeftModel.from_pretrained(model, folder / "peft")
    require_all_loaded(adapted)
    require_log_probs("PEFT folder", adapted, ours)
    merged, info = AutoModelForCausalLM.from_pretrained(
        folder / "merged", dtype=torch.float32, output_loading_info=True
    )
    assert not any(info.values()), info
    require_log_probs("merged model", merged, ours)
    require_rewards(base, folder / "peft" / "reward_model", ours)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

"""Full forward passes over the rollouts of one prompt: what is scored is computed as what is trained, so the first
ratio of an iteration is 1. As at home (src/trainer/graphs/trainingInputs.ts) the prompt is read once for all of
them and no gradient goes through it, which would cost three quarters of a step:

    prompt ─ model ─ keys and values of each layer
                                │ no gradient
    tokens ─ model ──── attends to them ─ hidden
"""

import contextlib

import torch

from attune_cluster.ppo_math import log_probs_of


def log_probs(model, rollouts, temperature):
    """[free tokens] of each rollout under softmax(logits / temperature)."""
    ids, read = _batch(model, model, rollouts)
    with half_precision(model.device):
        logits = model(input_ids=ids, **read).logits
    rows = log_probs_of(logits[:, :-1], ids[:, 1:], temperature)
    return [row[r.free_from : len(r.tokens)] for row, r in zip(rows, rollouts)]


def values_of(model, rollouts):
    """[free tokens] of each rollout: what the critic expects before each token, the mean of its heads."""
    return [row[r.free_from : len(r.tokens)].mean(1) for row, r in zip(scalars_of(model, rollouts), rollouts)]


def scalars_of(model, rollouts):
    """[1 + completion tokens, padding; heads] of each: the scalars on the prompt's last token and every one behind."""
    classifier = model.get_base_model()
    ids, read = _batch(model, classifier.model, rollouts)
    with half_precision(model.device):
        hidden = classifier.model(input_ids=ids, **read).last_hidden_state
        return classifier.score(hidden).float()


def _batch(model, reader, rollouts):
    """[1 + completion tokens, padding] tokens of each, beginning with the prompt's last, and what was read before. They
    share their prompt, so only what stands behind them is padding, and no token sees it."""
    *before, last = rollouts[0].prompt
    length = max(len(rollout.tokens) for rollout in rollouts)
    padding = [length - len(rollout.tokens) for rollout in rollouts]
    ids = [[last, *rollout.tokens, *[0] * pad] for rollout, pad in zip(rollouts, padding)]
    mask = [[1] * (len(before) + len(row) - pad) + [0] * pad for row, pad in zip(ids, padding)]
    read = {"attention_mask": torch.tensor(mask, device=model.device), "use_cache": True}
    if before:
        with torch.no_grad(), half_precision(model.device):
            cache = reader(input_ids=torch.tensor([before], device=model.device), use_cache=True).past_key_values
        cache.batch_repeat_interleave(len(rollouts))
        read["past_key_values"] = cache
    return torch.tensor(ids, device=model.device), read


def half_precision(device):
    """As TRL's trainers compute the other stages."""
    is_fit = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.autocast("cuda", torch.bfloat16) if is_fit else contextlib.nullcontext()

"""Whether PPO may use the reward model, by pairs that no stage was trained on: src/trainer/{rewardGate,preferenceJudge}.ts
say why, and test/trainer/clusterJudge.cluster.test.ts compares both sides."""

import dataclasses
import math

import torch

from attune_cluster.scoring import log_probs
from attune_cluster.tokens import units

Z95 = 1.959963984540054


@dataclasses.dataclass(frozen=True)
class JudgedPair:
    """Two completions of a prompt, and what the reward model and its trivial rivals say of them. Log-probabilities are
    means over tokens."""

    prompt: object
    margin: float
    #: Every head puts the same side first.
    heads_agree: bool
    chosen_chars: int
    rejected_chars: int
    chosen_log_prob: float
    rejected_log_prob: float


RIVALS = {
    "longerWins": lambda pair: pair.chosen_chars - pair.rejected_chars,
    "shorterWins": lambda pair: pair.rejected_chars - pair.chosen_chars,
    "likelierWins": lambda pair: pair.chosen_log_prob - pair.rejected_log_prob,
}


def judge_pairs(rows, judge, policy, workers):
    """The rows of a preference file, judged; each worker reads its share. The policy with its adapter disabled is
    the SFT policy."""
    said = torch.zeros(len(rows), 4, dtype=torch.float64)
    for index in workers.own(range(len(rows))):
        row = rows[index]
        sequences = [judge.sequence({**row, "completion": row[side]}) for side in ("chosen", "rejected")]
        chosen, rejected = judge.scalars(sequences)
        margins = chosen - rejected
        agree = float((margins.sign() == margins[0].sign()).all())
        with torch.no_grad(), policy.disable_adapter():
            likely = [float(each.double().mean()) if len(each) > 0 else 0.0 for each in log_probs(policy, sequences, 1)]
        said[index] = torch.tensor([float(margins.mean()), agree, *likely], dtype=torch.float64)
    return [_pair(row, *numbers) for row, numbers in zip(rows, workers.total(said).tolist())]


def _pair(row, margin, agree, *log_probs):
    chars = [units(row[side].removesuffix("\n")) for side in ("chosen", "rejected")]
    return JudgedPair((row["prompt"], row.get("suffix") or ""), margin, agree == 1, *chars, *log_probs)


def judge_reward_model(pairs):
    """Why PPO may not use it, or None; and the numbers of that by the names of a learning report."""
    prompts = _by_prompt(pairs)
    if not prompts:
        return "There are no held-out preferences to judge the reward model by.", {"passes": 0}
    count = len(prompts)
    accuracy = _accuracy(prompts.values(), lambda pair: pair.margin)
    low, high = wilson_interval(accuracy * count, count)
    shares = {"chance": 0.5, **{name: _accuracy(prompts.values(), lead) for name, lead in RIVALS.items()}}
    name, best = max(shares.items(), key=lambda rival: rival[1])
    numbers = {
        "passes": int(low > best),
        "heldOutPrompts": count,
        "heldOutAccuracy": accuracy,
        "heldOutAccuracyLow": low,
        "heldOutAccuracyHigh": high,
        **shares,
        "headsAgree": sum(sum(p.heads_agree for p in each) / len(each) for each in prompts.values()) / count,
        "accuracyAgreed": _accuracy(_by_prompt(p for p in pairs if p.heads_agree).values(), lambda pair: pair.margin),
        # Of the pairs' probabilities; both ways round, as at home, it is the same number.
        "brier": sum((1 / (1 + math.exp(pair.margin))) ** 2 for pair in pairs) / len(pairs),
    }
    if low > best:
        return None, numbers
    model = (
        f"orders {_percent(accuracy)} of {count} held-out prompts rightly (at least {_percent(low)} with 95 % confidence)"
    )
    return (
        f"The reward model {model}; its best rival, '{name}', orders {_percent(best)}, so it is not used.",
        numbers,
    )


def _by_prompt(pairs):
    prompts = {}
    for pair in pairs:
        prompts.setdefault(pair.prompt, []).append(pair)
    return prompts


def _accuracy(prompts, lead):
    """A prompt has one vote, the share of its pairs ordered rightly; equal scores count a half. 0 of none."""
    votes = [[(1 + _sign(lead(pair))) / 2 for pair in pairs] for pairs in prompts]
    return sum(sum(each) / len(each) for each in votes) / max(len(votes), 1)


def _sign(number):
    return (number > 0) - (number < 0)


def wilson_interval(successes, trials):
    share, denominator = successes / trials, 1 + Z95**2 / trials
    centre = share + Z95**2 / (2 * trials)
    half_width = Z95 * math.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    return (centre - half_width) / denominator, (centre + half_width) / denominator


def _percent(share):
    return f"{100 * share:.1f} %"

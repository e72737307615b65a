"""The formulas of PPO, each as at home: src/trainer/{rewards,advantages,whiten,ppoLoss,klControl,schedule}.ts
say why, and test/trainer/clusterPpo.cluster.test.ts compares both sides. Rows are [T], a number a token that
the policy was free to choose."""

import torch

VARIANCE_FLOOR = 1e-8
MAX_LOG_RATIO = 20
MAX_KL_ERROR = 0.2


def log_probs_of(logits, tokens, temperature):
    """[..., T] of the tokens under softmax(logits / temperature), from logits [..., T, V]."""
    exact = logits.to(torch.promote_types(logits.dtype, torch.float32)) / temperature
    return exact.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]


def score_completion(reward, is_finished, ppo, reward_bias):
    """A text that was cut off scores `unfinished_score` in place of what the judges say."""
    if not is_finished:
        return ppo["unfinished_score"]
    return min(max(reward - reward_bias, -ppo["score_clip"]), ppo["score_clip"])


def reward_tokens(log_probs, ref_log_probs, score, kl_coefficient):
    """reward[t] = -coefficient * (log_prob[t] - ref_log_prob[t]), the score on the last on top of it."""
    rewards = -kl_coefficient * (log_probs - ref_log_probs)
    rewards[-1] += score
    return rewards


def compute_gae(rewards, values, gamma, lambda_):
    """Advantages, and returns = advantages + values; behind the last token both are 0.

    delta[t]     = reward[t] + gamma * value[t+1] - value[t]
    advantage[t] = delta[t] + gamma * lambda * advantage[t+1]
    """
    advantages = torch.zeros_like(rewards)
    next_advantage = next_value = 0.0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_value - values[t]
        next_advantage = delta + gamma * lambda_ * next_advantage
        next_value = values[t]
        advantages[t] = next_advantage
    return advantages, advantages + values


def whiten(rows, total=lambda sums: sums):
    """The rows with mean 0 and variance 1 over all of them, those of other workers among them: `total` adds
    a tensor up over the workers. The variance is the biased one, as Ziegler et al. have it."""
    flat = torch.cat([*rows, torch.zeros(0, dtype=torch.float64)])
    summed, count = total(torch.stack([flat.sum(), torch.tensor(float(len(flat)), dtype=torch.float64)]))
    mean = summed / count.clamp(min=1)
    variance = total(((flat - mean) ** 2).sum()) / count.clamp(min=1)
    return [(row - mean) * (variance + VARIANCE_FLOOR).rsqrt() for row in rows]


def policy_loss(log_probs, old_log_probs, advantages, clip_range, token_count):
    """The clipped loss and what it says of the step; all divided by the tokens of the whole minibatch, so that
    the parts of a minibatch add up.

    ratio = exp(clip(log_prob - old_log_prob, -20, 20))
    loss  = sum max(-advantage * ratio, -advantage * clip(ratio, 1 - c, 1 + c)) / token_count
    """
    log_ratio = log_probs - old_log_probs
    ratio = log_ratio.clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO).exp()
    free = -advantages * ratio
    held = -advantages * ratio.clamp(1 - clip_range, 1 + clip_range)
    sums = {"meanRatio": ratio.sum(), "clipShare": (held > free).sum(), "approxKl": (log_ratio**2).sum() / 2}
    metrics = {name: float(value.detach()) / token_count for name, value in sums.items()}
    return torch.maximum(free, held).sum() / token_count, metrics


def value_loss(values, old_values, returns, clip_range, token_count):
    """held = old_value + clip(value - old_value, -c, c)
    loss = sum max((value - return)^2, (held - return)^2) / 2 / token_count
    """
    held = old_values + (values - old_values).clamp(-clip_range, clip_range)
    return torch.maximum((values - returns) ** 2, (held - returns) ** 2).sum() / 2 / token_count


def next_kl_coefficient(coefficient, kl_per_completion, completion_count, target, horizon):
    """coefficient * (1 + clip(kl / target - 1, -0.2, 0.2) * completions / horizon)"""
    error = min(max(kl_per_completion / target - 1, -MAX_KL_ERROR), MAX_KL_ERROR)
    return coefficient * (1 + error * completion_count / horizon)


def why_too_far(kl_per_completion, guard):
    """Why nothing is learned from rollouts: their policy strayed. In the words of trainingGuards.ts, or None."""
    limit = guard["max_kl_per_completion"]
    if kl_per_completion > limit:
        distance = f"{kl_per_completion:.2f} nats a completion away from the reference"
        return f"the policy is {distance}; the limit is {limit:g}"
    return None


def why_to_undo(numbers, guard):
    """Why an iteration's updates are not kept, in the words of src/trainer/stages/trainingGuards.ts, or None."""
    ratio, clipped = numbers["meanRatio"], numbers["clipShare"]
    if abs(ratio - 1) > guard["max_ratio_drift"]:
        return f"the mean probability ratio is {ratio:.3f}; it may be {guard['max_ratio_drift']:g} away from 1"
    if clipped > guard["max_clip_share"]:
        return f"{100 * clipped:.1f} % of the tokens were clipped; the limit is {100 * guard['max_clip_share']:g} %"
    return None

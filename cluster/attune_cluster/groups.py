"""What is known of the order of texts at a prompt, all of it together as src/trainer/stages/rewardModel.ts has it: a
step of reward model, DPO and KTO counts prompts, and reads each text once, however many pairs it is in."""

import torch

from attune_cluster.data import in_time, shares_of
from attune_cluster.tokens import demonstration
from attune_cluster.workers import stream


def preference_groups(rows, vocabulary, limits, reward, max_prompts=None):
    """The tokens of each prompt and of its texts, and which is better than which."""
    kept = newest_prompts(rows, max_prompts)
    return [{"name": name, **_group(pairs, vocabulary, limits, reward)} for name, pairs in kept]


def newest_prompts(rows, max_prompts=None):
    """The newest prompts, or all where there is no limit: the name of each, and its pairs."""
    groups = {}
    for row in in_time(rows):
        groups.setdefault(row.get("group_id") or f"{row['prompt']}\0{row.get('suffix')}", []).append(row)
    named = list(groups.items())
    return named if max_prompts is None else named[-max_prompts:]


def _group(pairs, vocabulary, limits, reward):
    max_prompt_tokens, max_new_tokens = limits
    texts = list(dict.fromkeys(pair[side] for pair in pairs for side in ("chosen", "rejected")))
    written = [demonstration({**pairs[0], "completion": text}, vocabulary, max_prompt_tokens) for text in texts]
    is_ranking = all(pair.get("evidence") == "ranking" for pair in pairs)
    return {
        "prompt_ids": written[0][0],
        "texts": [completion[:max_new_tokens] for _, completion, _ in written],
        "given": [min(given, max_new_tokens) for *_, given in written],
        "better": [texts.index(pair["chosen"]) for pair in pairs],
        "worse": [texts.index(pair["rejected"]) for pair in pairs],
        "shares": shares_of(pairs),
        "smoothing": reward["ranking_label_smoothing" if is_ranking else "label_smoothing"],
        "silence": texts.index("") if "" in texts else -1,
        "counts": 1.0,
    }


def with_head_weights(groups, heads, seed):
    """How much each prompt counts for each head, 1 / heads expected: weights from the exponential distribution, the
    Bayesian bootstrap, from a stream of the prompt's own. A single head has the plain mean."""

    def weights(group):
        if heads == 1:
            return [1.0]
        drawn = torch.rand(heads, generator=stream(seed, "reward bootstrap", group["name"]), dtype=torch.float64)
        return (-torch.log1p(-drawn) / heads).tolist()

    return [{**group, "head_weights": weights(group)} for group in groups]


def with_other_prompts(groups, seed):
    """Beside each prompt that of another group, by which KTO estimates how far the policy went: drawn once, so that it
    is the same one whatever workers share a step."""
    order = torch.randperm(len(groups), generator=stream(seed, "kto prompts")).tolist()
    other = dict(zip(order, [*order[1:], order[0]]))
    return [{**group, "other_prompt_ids": groups[other[index]]["prompt_ids"]} for index, group in enumerate(groups)]


def opinions_of(group):
    """For KTO, of each text: 1 where it is better than silence, -1 where it is worse, 0 for silence itself; where both
    were not compared, whether none was better than it."""
    silence = group["silence"]

    def opinion(index):
        if index == silence:
            return 0
        at = _pair_with_silence(group, index)
        is_good = index not in group["worse"] if at is None else group["better"][at] == index
        return 1 if is_good else -1

    return [opinion(index) for index in range(len(group["texts"]))]


def text_weights_of(group):
    """How much each text counts where one of equal shares counts 1."""
    found = [_pair_with_silence(group, index) for index in range(len(group["texts"]))]
    return [1.0 if at is None else group["shares"][at] * len(group["shares"]) for at in found]


def _pair_with_silence(group, index):
    pairs = zip(group["better"], group["worse"])
    return next((at for at, pair in enumerate(pairs) if index in pair and group["silence"] in pair), None)


class Collator:
    """The texts of some prompts as one batch, a row each, with all pairs as indices of rows. Each prompt counts 1, or
    nothing, and `prompts` says how many count."""

    def __init__(self, padding):
        self.padding = padding

    def __call__(self, groups):
        pairs = {name: [] for name in ("better", "worse", "pair_weights", "smoothing", "votes", "head_weights")}
        opinions, text_weights, text_votes = [], [], []
        for group in groups:
            start, share = len(opinions), group["counts"]
            own = opinions_of(group)
            judged = max(1, sum(opinion != 0 for opinion in own))
            opinions += own
            text_weights += [share * weight / judged for weight in text_weights_of(group)]
            text_votes += [share / judged * abs(opinion) for opinion in own]
            for better, worse, part in zip(group["better"], group["worse"], group["shares"]):
                pairs["better"].append(start + better)
                pairs["worse"].append(start + worse)
                pairs["pair_weights"].append(share * part)
                pairs["smoothing"].append(group["smoothing"])
                pairs["votes"].append(share / len(group["shares"]))
                pairs["head_weights"].append(group.get("head_weights", [1.0]))
        prompts = [sum(group["counts"] for group in groups)]
        of_texts = {"opinions": opinions, "text_weights": text_weights, "text_votes": text_votes}
        batch = {**pairs, **of_texts, "prompts": prompts}
        return {**self.rows(groups, "prompt_ids"), **{name: torch.tensor(values) for name, values in batch.items()}}

    def rows(self, groups, prompt):
        """The texts, each behind its group's prompt of that name; the mask leaves out tokens that only spell what was
        typed."""
        rows = [
            (group[prompt], text, given) for group in groups for text, given in zip(group["texts"], group["given"])
        ]
        length = max(len(before) + len(text) for before, text, _ in rows)
        fill = lambda values, filler: values + [filler] * (length - len(values))
        ids = [fill(before + text, self.padding) for before, text, _ in rows]
        read = [fill([1] * len(before + text), 0) for before, text, _ in rows]
        free = [fill([0] * (len(before) + given) + [1] * (len(text) - given), 0) for before, text, given in rows]
        named = {"input_ids": ids, "attention_mask": read, "completion_mask": free}
        return {name: torch.tensor(values) for name, values in named.items()}


class KtoCollator(Collator):
    """Beside it the same texts behind the prompts of others."""

    def __call__(self, groups):
        others = self.rows(groups, "other_prompt_ids")
        return {**super().__call__(groups), **{f"other_{name}": values for name, values in others.items()}}

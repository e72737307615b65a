"""The rows of a job as TRL's trainers take them: tokens as Attune makes them at home. TRL would cut prompts and texts
elsewhere, and end each text with the end of text; a policy that is served ends most of them with their line."""

import json
import math

import datasets
import torch

from attune_cluster.tokens import demonstration
from attune_cluster.workers import stream

#: Of the demonstrations at most this share, so that little is left to learn from only where there is little.
VALIDATION_SHARE = 0.1


def read_rows(path):
    """Rows of a JSON Lines file; none where there is no file. Not by `datasets`: it leaves a copy of them in the home
    of whoever runs the node, takes brackets in a path for a pattern, and texts that look like dates for dates."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def with_filler(rows, **counts_nothing):
    """What a trainer goes through in `Passes`: the rows, and behind them one that counts nothing."""
    return datasets.Dataset.from_list([*rows, {**rows[0], **counts_nothing}])


def in_time(rows):
    """Oldest first: of several people's exports each is in order, one behind the other."""
    return sorted(rows, key=lambda row: row.get("at_ms") or 0)


def chosen_demonstrations(rows, sft, seed):
    """The rows that SFT learns from, and the newest of them, which only tell its best step
    (src/trainer/retrainStages.ts). Where there is a limit, some of its places are for older rows that the seed draws
    (src/trainer/data/rehearsal.ts)."""
    own = _newest_with_rehearsal(in_time(rows), sft, seed)
    count = min(sft["max_validation"], math.floor(VALIDATION_SHARE * len(own)))
    return own[: len(own) - count], own[len(own) - count :]


def _newest_with_rehearsal(rows, sft, seed):
    limit = sft.get("max_demonstrations")
    if limit is None or len(rows) <= limit:
        return rows
    rehearsed = math.floor(sft["rehearsed_share"] * limit)
    older, newest = rows[: len(rows) - limit + rehearsed], rows[len(rows) - limit + rehearsed :]
    drawn = torch.randperm(len(older), generator=stream(seed, "rehearsal"))[:rehearsed].tolist()
    return [older[index] for index in sorted(drawn)] + newest


def demonstrations(rows, vocabulary, max_prompt_tokens, max_new_tokens):
    """What of each row is learned: the tokens that the mask names."""

    def tokens_of(row):
        prompt, completion, given = demonstration(row, vocabulary, max_prompt_tokens)
        completion = completion[:max_new_tokens]
        mask = [0] * (len(prompt) + given) + [1] * (len(completion) - given)
        ids = {"input_ids": prompt + completion, "completion_mask": mask[: len(prompt) + len(completion)]}
        return {**ids, "weight": weight_of(row)}

    return [row for row in map(tokens_of, rows) if any(row["completion_mask"])]


def weight_of(row):
    """How much a row counts where another counts 1."""
    weight = row.get("weight")
    return 1.0 if weight is None else float(weight)


def shares_of(pairs):
    """How much each pair of one prompt counts, together at most 1: what its row says, else an equal share. More than
    1 in all is too much for one prompt, and is shared out."""
    weights = [1 / len(pairs) if pair.get("weight") is None else float(pair["weight"]) for pair in pairs]
    whole = max(1.0, sum(weights))
    return [weight / whole for weight in weights]

"""The rows of a job as TRL's trainers take them: tokens as Attune makes them at home. TRL would cut prompts and texts
elsewhere, and end each text with the end of text; a policy that is served ends most of them with their line."""

import datasets

from attune_cluster.tokens import demonstration


def read_rows(path):
    """Rows of a JSON Lines file; none where there is no file."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    return datasets.load_dataset("json", data_files=str(path), split="train")


def demonstrations(rows, vocabulary, max_prompt_tokens, max_new_tokens):
    """For SFTTrainer, which learns the tokens that the mask names."""

    def tokens_of(row):
        prompt, completion, given = demonstration(row, vocabulary, max_prompt_tokens)
        completion = completion[:max_new_tokens]
        mask = [0] * (len(prompt) + given) + [1] * (len(completion) - given)
        ids = {"input_ids": prompt + completion, "completion_mask": mask[: len(prompt) + len(completion)]}
        return {**ids, "weight": weight_of(row)}

    return datasets.Dataset.from_list([row for row in map(tokens_of, rows) if any(row["completion_mask"])])


def weight_of(row):
    """How much a row counts where another counts 1."""
    weight = row.get("weight")
    return 1.0 if weight is None else float(weight)


def preferences(rows, vocabulary, max_prompt_tokens, max_new_tokens):
    """For DPO: tokens of prompt, chosen and rejected, how many of the latter two were given, and how much each pair
    counts where one of the mean weight counts 1. A step has as many pairs as any other, whatever they weigh."""
    mean_weight = sum(map(weight_of, rows)) / len(rows)

    def tokens_of(row):
        sides = {"weight": weight_of(row) / mean_weight}
        for side in ("chosen", "rejected"):
            text = {**row, "completion": row[side]}
            sides["prompt_ids"], completion, given = demonstration(text, vocabulary, max_prompt_tokens)
            sides[f"{side}_ids"], sides[f"{side}_given"] = completion[:max_new_tokens], given
        return sides

    return datasets.Dataset.from_list(list(map(tokens_of, rows)))


def compared_texts(preferences):
    """For RewardTrainer, which reads each text with its prompt as a whole."""
    return preferences.map(
        lambda row: {side: row["prompt_ids"] + row[side] for side in ("chosen_ids", "rejected_ids")},
        remove_columns=["prompt_ids", "chosen_given", "rejected_given"],
    )

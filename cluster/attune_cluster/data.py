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
        return {"input_ids": prompt + completion, "completion_mask": mask[: len(prompt) + len(completion)]}

    return datasets.Dataset.from_list([row for row in map(tokens_of, rows) if any(row["completion_mask"])])


def preferences(rows, vocabulary, max_prompt_tokens, max_new_tokens):
    """For DPO: tokens of prompt, chosen and rejected, and how many of the latter two were given."""

    def tokens_of(row):
        sides = {}
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
        remove_columns=[name for name in preferences.column_names if name not in ("chosen_ids", "rejected_ids")],
    )

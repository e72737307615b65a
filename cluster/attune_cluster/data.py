"""The rows of a job as TRL's trainers take them, with prompts as Attune serves them."""

import datasets

from attune_cluster.tokens import build_prompt, demonstration

def read_rows(path):
    """Rows of a JSON Lines file; none where there is no file."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    return datasets.load_dataset("json", data_files=str(path), split="train")


def prompt_maker(vocabulary, max_prompt_tokens):
    """From a row to the text of its prompt, for trainers that tokenize themselves: what a healed prompt
    ends before is part of it. Special tokens are spelled out."""
    names = {token: name.encode() for name, token in vocabulary.special.items()}

    def prompt_of(row):
        tokens, typed = build_prompt(row["prompt"], row.get("suffix") or "", vocabulary, max_prompt_tokens)
        content = b"".join(names.get(token) or vocabulary.bytes_of(token) for token in tokens)
        return content.decode(errors="replace") + typed

    return prompt_of


def demonstrations(rows, vocabulary, max_prompt_tokens, max_new_tokens):
    """For SFTTrainer: tokens, of which it learns those that the mask names. It would end each text with the
    end of text; a policy that is served ends most of them with their line."""

    def tokens_of(row):
        prompt, completion, given = demonstration(row, vocabulary, max_prompt_tokens)
        completion = completion[:max_new_tokens]
        mask = [0] * (len(prompt) + given) + [1] * (len(completion) - given)
        return {"input_ids": prompt + completion, "completion_mask": mask[: len(prompt) + len(completion)]}

    return datasets.Dataset.from_list([row for row in map(tokens_of, rows) if any(row["completion_mask"])])


def preferences(rows, prompt_of):
    """For RewardTrainer and DPOTrainer: prompt, chosen and rejected."""
    return datasets.Dataset.from_list(
        [{"prompt": prompt_of(row), "chosen": row["chosen"], "rejected": row["rejected"]} for row in rows]
    )

"""The rows of a job as TRL's trainers take them, with prompts as Attune serves them."""

import datasets

#: As in src/completion/prompt.ts: at most this share of a prompt is text behind the cursor.
SUFFIX_SHARE = 1 / 5

FIM_MARKS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")


def read_rows(path):
    """Rows of a JSON Lines file; none where there is no file."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    return datasets.load_dataset("json", data_files=str(path), split="train")


def prompt_maker(tokenizer, max_prompt_tokens):
    """From a row to the text of its prompt, cut to its room as src/completion/prompt.ts does:

    with fill-in-the-middle marks   <fim_prefix><fim_suffix> SUFFIX <fim_middle> PREFIX
    without                         <end of text> PREFIX
    """
    vocabulary = tokenizer.get_vocab()
    is_marked = all(mark in vocabulary for mark in FIM_MARKS)

    def tokens_of(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    def head_of(row):
        if not is_marked:
            return tokenizer.eos_token
        limit = int(max_prompt_tokens * SUFFIX_SHARE)
        suffix = tokenizer.decode(tokens_of(row.get("suffix") or "")[:limit])
        prefix_mark, suffix_mark, middle_mark = FIM_MARKS
        return f"{prefix_mark}{suffix_mark}{suffix}{middle_mark}"

    def prompt_of(row):
        head = head_of(row)
        room = max(1, max_prompt_tokens - len(tokens_of(head)))
        return head + tokenizer.decode(tokens_of(row["prompt"])[-room:])

    return prompt_of


def demonstrations(rows, prompt_of):
    """For SFTTrainer: prompt and completion; the trainer adds the end of text."""
    return datasets.Dataset.from_list(
        [{"prompt": prompt_of(row), "completion": row["completion"]} for row in rows]
    )


def preferences(rows, prompt_of):
    """For RewardTrainer and DPOTrainer: prompt, chosen and rejected."""
    return datasets.Dataset.from_list(
        [{"prompt": prompt_of(row), "chosen": row["chosen"], "rejected": row["rejected"]} for row in rows]
    )

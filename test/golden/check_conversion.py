"""Compares converted model folders with what other tools make of the same GGUF file.

    python check_conversion.py FILE.gguf FOLDER [FILE.gguf FOLDER ...]

Weights must be those of transformers, bit for bit, and transformers must load the folder. Token ids
of tokenizer_texts.json, and of every file named in CHECK_TEXTS (paths separated by ':'), must be
those of the reference in make_tokenizer_golden.py.
Last run with transformers 5.23.0, torch 2.15.0, gguf 2.4.6.
"""

import os
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from make_tokenizer_golden import TEXTS, reference_tokenizer


def check_weights(file, folder):
    reference = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name, dtype=torch.float32
    ).state_dict()
    with safe_open(folder / "model.safetensors", "pt") as ours:
        names = set(ours.keys())
        missing = set(reference) - names - {"lm_head.weight"}
        assert not missing, f"missing tensors: {sorted(missing)[:5]}"
        for name in sorted(names):
            ours_bits = ours.get_tensor(name).view(torch.int32)
            reference_bits = reference[name].contiguous().view(torch.int32)
            assert torch.equal(ours_bits, reference_bits), f"{name} differs"
    print(f"  {len(names)} tensors equal bit for bit")


def check_loading(folder):
    _, info = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    broken = {key: value for key, value in info.items() if value}
    assert not broken, broken
    print("  transformers loads the folder without a complaint")


def check_tokens(file, folder):
    ours = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ours.encode_special_tokens = True
    reference = reference_tokenizer(file)
    paths = [path for path in os.environ.get("CHECK_TEXTS", "").split(":") if path]
    texts = TEXTS + [Path(path).read_bytes().decode("utf-8") for path in paths]
    for text in texts:
        assert ours.encode(text).ids == reference.encode(text).ids, f"tokens of {text[:60]!r} differ"
    print(f"  {len(texts)} texts give the same tokens")


def main(arguments):
    for file, folder in zip(map(Path, arguments[0::2]), map(Path, arguments[1::2])):
        print(file.name)
        check_weights(file, folder)
        check_loading(folder)
        check_tokens(file, folder)


if __name__ == "__main__":
    main(sys.argv[1:])

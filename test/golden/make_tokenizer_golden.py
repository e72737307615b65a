"""Makes tokenizer_ids.json: the token ids of tokenizer_texts.json for the real models.

    python make_tokenizer_golden.py SMOLLM2.gguf QWEN2.5-CODER.gguf

The reference is the Rust library `tokenizers`, given the tokens and merges of the GGUF file and the
pre-tokenizer of the published model. It knows no special tokens, so that their spellings are plain
text, and no normaliser, as Attune's tokenizer. For Qwen it is held against what transformers makes
of the same file. (Not for SmolLM2: there transformers cuts numbers as GPT-2 does, though the model
was trained on single digits.)
"""

import json
import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "tokenizer_texts.json").read_text("utf-8"))
QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
USER_DEFINED, UNUSED = 4, 5


def pre_tokenizer(name):
    if name == "smollm":
        cut, use_regex = pre_tokenizers.Digits(individual_digits=True), True
    else:
        cut, use_regex = pre_tokenizers.Split(Regex(QWEN_PATTERN), "isolated"), False
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)
    return pre_tokenizers.Sequence([cut, byte_level])


def reference_tokenizer(gguf_file):
    fields = GGUFReader(gguf_file).fields
    tokens, kinds, merges, name = (
        fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "token_type", "merges", "pre")
    )
    vocabulary = {token: id for id, token in enumerate(tokens) if kinds[id] != UNUSED}
    tokenizer = Tokenizer(models.BPE(vocabulary, [tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizer(name)
    tokenizer.add_tokens(
        [AddedToken(token, normalized=False) for id, token in enumerate(tokens) if kinds[id] == USER_DEFINED]
    )
    return tokenizer


def check_against_transformers(reference, gguf_file):
    theirs = AutoTokenizer.from_pretrained(gguf_file.parent, gguf_file=gguf_file.name).backend_tokenizer
    theirs.encode_special_tokens = True
    for text in TEXTS:
        if unicodedata.is_normalized("NFC", text):
            ids = theirs.encode(text, add_special_tokens=False).ids
            assert ids == reference.encode(text).ids, f"transformers differs on {text!r}"


def main(smollm, qwen):
    check_against_transformers(reference_tokenizer(qwen), qwen)
    models_and_files = {"smollm2-135m": smollm, "qwen2.5-coder-0.5b": qwen}
    golden = {
        "madeWith": {name: version(name) for name in ("gguf", "tokenizers", "transformers")},
        "models": {
            model: [reference_tokenizer(file).encode(text).ids for text in TEXTS]
            for model, file in models_and_files.items()
        },
    }
    (HERE / "tokenizer_ids.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

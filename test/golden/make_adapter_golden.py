"""Golden adapters: tiny random models of each family, and adapters that TRL trained on them.

    python make_adapter_golden.py

writes `tiny-FAMILY/` beside this script: a model folder of transformers, a PEFT folder as TRL's
SFTTrainer leaves it (another rank than ours, scaling by sqrt(rank), some projections only), and
`golden.json` with the log-probabilities of a text's tokens under both. Needs torch, transformers, peft,
trl, datasets (see cluster/requirements.txt).
"""

import json
import pathlib
import shutil
import tempfile

import datasets
import peft
import tokenizers
import torch
import transformers
import trl

END_OF_TEXT = 256
TEXT = "const total = items.reduce((sum, item) => sum + item.price, 0);\n"
SIZES = {
    "vocab_size": END_OF_TEXT + 1,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "bos_token_id": None,
    "eos_token_id": END_OF_TEXT,
    "pad_token_id": END_OF_TEXT,
}
FAMILIES = {
    "llama": transformers.LlamaConfig(**SIZES),
    "qwen2": transformers.Qwen2Config(**SIZES),
    # Heads larger than hidden_size / heads, as the real ones have.
    "qwen3": transformers.Qwen3Config(**SIZES, head_dim=8),
}


def byte_tokenizer():
    """One token a byte, under its own number: what test/support/tinyModelFolder.ts writes."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spelling = {byte: chr(byte) for byte in kept}
    for byte in range(256):
        if byte not in spelling:
            spelling[byte] = chr(256 + len(spelling) - len(kept))
    vocab = {spelling[byte]: byte for byte in range(256)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )


def randomise(model):
    """Activations of order 1, norms near 1, so that a mistake anywhere shows."""
    for name, parameter in model.named_parameters():
        is_norm = name.endswith("norm.weight")
        deviation = parameter.shape[-1] ** -0.5 if parameter.dim() == 2 else 0.1
        parameter.data = (1.0 if is_norm else 0.0) + deviation * torch.randn(parameter.shape)


def log_probs(model, tokens):
    with torch.no_grad():
        logits = model(torch.tensor([tokens])).logits[0, :-1]
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(tokens[1:])[:, None])[:, 0].tolist()


def trained_by_trl(model, tokenizer, output):
    rows = [
        {"prompt": f"let value{i} = ", "completion": f"compute(value{i - 1}, {i});"} for i in range(8)
    ]
    config = trl.SFTConfig(
        output_dir=output,
        max_steps=6,
        per_device_train_batch_size=4,
        learning_rate=0.05,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        seed=0,
        dataloader_pin_memory=False,
    )
    lora = peft.LoraConfig(
        r=3,
        lora_alpha=5,
        use_rslora=True,
        target_modules=["q_proj", "v_proj", "down_proj"],
        task_type="CAUSAL_LM",
    )
    trainer = trl.SFTTrainer(
        model=model,
        args=config,
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=lora,
    )
    trainer.train()
    return trainer.model


def make(family, config):
    torch.manual_seed(0)
    folder = pathlib.Path(__file__).parent / f"tiny-{family}"
    shutil.rmtree(folder, ignore_errors=True)
    tokenizer = byte_tokenizer()
    model = transformers.AutoModelForCausalLM.from_config(config).float().eval()
    randomise(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    tokens = list(TEXT.encode())
    golden = {
        "madeWith": {p.__name__: p.__version__ for p in (torch, transformers, peft, trl)},
        "tokens": tokens,
        "base": log_probs(model, tokens),
    }
    with tempfile.TemporaryDirectory() as scratch:
        adapted = trained_by_trl(model, tokenizer, scratch).eval()
    adapted.peft_config["default"].base_model_name_or_path = f"attune-test/tiny-{family}"
    adapted.save_pretrained(folder / "peft")
    (folder / "peft" / "README.md").unlink(missing_ok=True)
    golden["adapted"] = log_probs(adapted, tokens)
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    change = max(abs(a - b) for a, b in zip(golden["base"], golden["adapted"]))
    print(folder.name, f"largest change of a log-probability by the adapter: {change:.3f}")


if __name__ == "__main__":
    for name, build in FAMILIES.items():
        make(name, build)

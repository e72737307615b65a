"""Golden values of the two real models, made with PyTorch, transformers and PEFT.

    python make_model_golden.py FILE.gguf NAME

writes `model-NAME.json` beside this script. The model is loaded by transformers straight from the
GGUF file, dequantised by its own code, so nothing of Attune takes part. Needs torch, transformers,
peft, gguf.

Held in the file, for prompts of real code given below:
- token ids, the greedy continuation (24 tokens), every 97th logit at the prompt's end;
- log-probabilities of the continuation's tokens, at temperature 1 and 0.7;
- for the first prompt, the gradient of the mean negative log-likelihood of its continuation with
  respect to LoRA factors of rank 4 whose values come from a formula (`factor`), so that any
  language can make the same ones: the norm of each tensor's gradient and a sample of its elements.
"""

import base64
import json
import math
import pathlib
import sys

import numpy as np
import torch
import peft
import transformers

RANK, ALPHA = 4, 8
CONTINUATION = 24
LOGIT_STRIDE = 97
GRADIENT_STRIDE = 89

PROMPTS = [
    "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n    if n < 2:\n        return n\n",
    "export function clamp(value: number, low: number, high: number): number {\n  return Math.min(",
    "import json\nimport os\n\n\ndef read_config(path):\n    with open(path) as handle:\n        ",
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n        ",
    "for (let i = 0; i < items.length; i++) {\n  const item = items[i];\n  if (item ===",
    "SELECT name, COUNT(*) AS total\nFROM orders\nWHERE created_at >",
    "#include <stdio.h>\n\nint main(int argc, char **argv) {\n    for (int i = 1; i < argc; i++) {\n        ",
    "const express = require('express');\nconst app = express();\n\napp.get('/',",
    "@dataclass\nclass Point:\n    x: float\n    y: float\n\n    def distance(self, other: \"Point\") -> float:\n",
    "fn largest(list: &[i32]) -> i32 {\n    let mut largest = list[0];\n    for &item in list {\n",
]


def packed(values) -> str:
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode()


def factor(slot: int, shape) -> torch.Tensor:
    """Element i of the slot-th factor: 0.02 * sin(0.37 * i + 1.3 * slot)."""
    count = math.prod(shape)
    values = 0.02 * np.sin(0.37 * np.arange(count) + 1.3 * slot)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def log_probs(model, prompt, continuation, temperature):
    ids = torch.tensor([prompt + continuation])
    logits = model(ids).logits[0, len(prompt) - 1 : -1] / temperature
    picked = torch.log_softmax(logits, -1).gather(1, torch.tensor(continuation)[:, None])[:, 0]
    return picked


def golden_prompt(model, tokenizer, text):
    prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
    ids = torch.tensor([prompt])
    with torch.no_grad():
        written = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=CONTINUATION,
            do_sample=False,
            repetition_penalty=1.0,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=0,
        )[0, len(prompt) :].tolist()
        logits = model(ids).logits[0, -1]
        return {
            "text": text,
            "tokens": prompt,
            "greedy": written,
            "logits": packed(logits[::LOGIT_STRIDE]),
            "logProbs": packed(log_probs(model, prompt, written, 1.0)),
            "logProbsAt07": packed(log_probs(model, prompt, written, 0.7)),
        }


def golden_gradient(model, prompt, continuation):
    config = peft.LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        lora_dropout=0.0,
        bias="none",
        task_type="CAUSAL_LM",
    )
    adapted = peft.get_peft_model(model, config)
    factors = [(n, p) for n, p in adapted.named_parameters() if "lora_" in n]
    for slot, (_, parameter) in enumerate(factors):
        parameter.data.copy_(factor(slot, parameter.shape))
    loss = -log_probs(adapted, prompt, continuation, 1.0).mean()
    loss.backward()
    gradients = [p.grad.reshape(-1) for _, p in factors]
    return {
        "loss": loss.item(),
        "names": [n.replace(".default", "") for n, _ in factors],
        "norms": packed([g.norm() for g in gradients]),
        "sample": packed(torch.cat(gradients)[::GRADIENT_STRIDE]),
    }


def main(gguf_file: str, name: str) -> None:
    torch.manual_seed(0)
    path = pathlib.Path(gguf_file)
    load = {"gguf_file": path.name, "dtype": torch.float32}
    tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = transformers.AutoModelForCausalLM.from_pretrained(path.parent, **load).eval()
    model.generation_config.eos_token_id = None
    prompts = [golden_prompt(model, tokenizer, text) for text in PROMPTS]
    golden = {
        "madeWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": peft.__version__,
        },
        "file": path.name,
        "lora": {"rank": RANK, "alpha": ALPHA},
        "logitStride": LOGIT_STRIDE,
        "gradientStride": GRADIENT_STRIDE,
        "prompts": prompts,
        "gradient": golden_gradient(model, prompts[0]["tokens"], prompts[0]["greedy"]),
    }
    out = pathlib.Path(__file__).parent / f"model-{name}.json"
    out.write_text(json.dumps(golden, indent=1) + "\n")
    print(out, out.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

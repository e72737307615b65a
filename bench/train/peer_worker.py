"""The other side of the training benchmark: PyTorch, transformers and PEFT.

    python peer_worker.py TASK

For each line on standard input it makes one training step and prints what it took as a line of
JSON; at the end of the input it prints the peak of its memory. TASK is a `TrainingTask` in JSON.

Plain eager PyTorch as its own examples have it: scaled_dot_product_attention, torch.optim.AdamW,
clip_grad_norm_. The output head runs over the rows of the loss alone (`logits_to_keep`), as it does
on our side.
"""

import json
import resource
import sys
import time
import warnings

import peft
import torch
import transformers

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def say(line) -> None:
    print(json.dumps(line), flush=True)


def adapted_model(task):
    model = transformers.AutoModelForCausalLM.from_pretrained(task["modelFolder"], dtype=torch.float32)
    lora = peft.LoraConfig(
        r=task["lora"]["rank"],
        lora_alpha=task["lora"]["alpha"],
        target_modules=PROJECTIONS,
        lora_dropout=0.0,
        bias="none",
        task_type="CAUSAL_LM",
    )
    return peft.get_peft_model(model, lora).train()


def adam_w(model, task):
    adam = task["adam"]
    return torch.optim.AdamW(
        [parameter for parameter in model.parameters() if parameter.requires_grad],
        lr=task["learningRate"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
        weight_decay=adam["weightDecay"],
    )


def step(model, optimizer, task, ids, targets) -> float:
    output = model(input_ids=ids, use_cache=False, logits_to_keep=len(targets) + 1)
    loss = torch.nn.functional.cross_entropy(output.logits[0, :-1], targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), task["adam"]["maxGradientNorm"])
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


def main(task) -> None:
    warnings.simplefilter("ignore")
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(1)
    torch.set_num_threads(task["threads"])
    model = adapted_model(task)
    optimizer = adam_w(model, task)
    ids = torch.tensor([task["promptTokens"] + task["completionTokens"]])
    targets = torch.tensor(task["completionTokens"])
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    say({"kind": "ready", "versions": versions})
    for _ in sys.stdin:
        began = time.perf_counter()
        loss = step(model, optimizer, task, ids, targets)
        say({"kind": "step", "ms": 1000 * (time.perf_counter() - began), "loss": loss})
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say({"kind": "end", "peakRssMb": peak_kb / 1024})


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

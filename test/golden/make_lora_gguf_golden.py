"""Golden GGUF adapters: what llama.cpp's own converter makes of a PEFT folder.

    npm run golden make_lora_gguf_golden -- LLAMA_CPP

writes into `tiny-FAMILY/` beside this script `lora/`, a random adapter on all projections as PEFT saves it, and
`lora.gguf`, the same by `convert_lora_to_gguf.py`. LLAMA_CPP is llama.cpp's source, for example `vendor/llama.cpp` of the
source archive of llama-cpp-python 0.3.36 (`pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==0.3.36`),
with which the files here were made.
"""

import pathlib
import subprocess
import sys

import peft
import torch
import transformers

FOLDER = pathlib.Path(__file__).parent
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def save_adapter(base, out):
    model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    lora = peft.LoraConfig(r=2, lora_alpha=3, target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    adapted = peft.get_peft_model(model, lora)
    for name, parameter in adapted.named_parameters():
        if ".lora_" in name:
            torch.nn.init.normal_(parameter)
    adapted.peft_config["default"].base_model_name_or_path = f"attune-test/{base.name}"
    adapted.save_pretrained(out)
    (out / "README.md").unlink()


def main():
    converter = pathlib.Path(sys.argv[1]) / "convert_lora_to_gguf.py"
    for family in ("llama", "qwen2", "qwen3"):
        base = FOLDER / f"tiny-{family}"
        torch.manual_seed(0)
        save_adapter(base, base / "lora")
        convert = [sys.executable, converter, "--base", base, "--outfile", base / "lora.gguf", base / "lora"]
        subprocess.run(convert, check=True)


if __name__ == "__main__":
    main()

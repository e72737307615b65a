"""Compares what llama.cpp writes with our exported GGUF adapter with what our own engine writes.

    node test/golden/exportAdapters.ts smollm2-135m FOLDER
    llama-quantize --allow-requantize MODEL.gguf F32.gguf F32
    llama-server -m F32.gguf --lora FOLDER/adapter.gguf --port 8080 -fa off \
        --cache-type-k f32 --cache-type-v f32
    python check_llama_cpp.py FOLDER http://127.0.0.1:8080

Prints for each of ten prompts how many of 24 greedy tokens are equal; in float32 all must be. With the Q4_1
file itself llama.cpp rounds activations to 8 bits too, and close calls fall otherwise.
Last run with llama.cpp of llama-cpp-python 0.3.36 and SmolLM2: float32 10 of 10 texts, Q4_1 7 of 10.
The adapter changes 3 of the 10 texts, and log-probabilities by 0.1 to 0.5.
"""

import json
import pathlib
import sys
import urllib.request


def greedy(url, tokens, count):
    request = {"prompt": tokens, "n_predict": count, "temperature": 0, "top_k": 1, "return_tokens": True}
    body = json.dumps(request).encode()
    headers = {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/completion", body, headers)) as answer:
        return json.load(answer)["tokens"]


def main(folder, url):
    ours = json.loads((folder / "ours.json").read_text())
    same = 0
    for written, sequence in zip(ours["greedy"], ours["sequences"]):
        theirs = greedy(url, sequence["promptTokens"], len(written["tokens"]))
        pairs = list(zip(written["tokens"], theirs))
        equal = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
        same += written["tokens"] == theirs
        print(f"  {equal} of {len(written['tokens'])} tokens: {written['text'][:40]!r}")
    print(f"{same} of {len(ours['greedy'])} texts are equal")
    return 0 if same == len(ours["greedy"]) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2]))

"""Makes dequantise.json: random blocks of every tensor type, and the float32 bits they stand for.

    python make_dequantise_golden.py

The expected values are those of the Python package `gguf`. Scales are random but finite; every
other bit of a block is random. The same versions give the same file.
"""

import base64
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 3
SEED = 20240607

# Byte offsets of the half-precision numbers inside a block.
HALVES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}
# Values of the types that are no blocks, special ones first.
PLAIN = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-5, 5.97e-8, -3.0e-6, 0.1, np.inf, -np.inf]


def random_halves(rng, count):
    """Finite half-precision numbers, every fourth of them subnormal."""
    bits = rng.integers(0, 0x7C00, count, dtype=np.uint16)
    bits[::4] &= 0x03FF
    return bits | (rng.integers(0, 2, count, dtype=np.uint16) << 15)


def random_blocks(rng, name, block_bytes):
    blocks = rng.integers(0, 256, (BLOCKS, block_bytes), dtype=np.uint8)
    for offset in HALVES[name]:
        blocks[:, offset : offset + 2] = random_halves(rng, BLOCKS).view(np.uint8).reshape(BLOCKS, 2)
    return blocks.reshape(-1)


def plain_bytes(rng, name):
    values = np.concatenate([np.array(PLAIN), rng.standard_normal(21)]).astype(np.float32)
    if name == "F32":
        return values.view(np.uint8)
    if name == "F16":
        return values.astype(np.float16).view(np.uint8)
    return (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)


def encode(array):
    return base64.b64encode(array.tobytes()).decode("ascii")


def make_case(rng, name):
    kind = GGMLQuantizationType[name]
    _, block_bytes = GGML_QUANT_SIZES[kind]
    stored = random_blocks(rng, name, block_bytes) if name in HALVES else plain_bytes(rng, name)
    if name in ("F32", "F16"):
        values = stored.view(np.float32 if name == "F32" else np.float16)
    else:
        values = dequantize(stored, kind)
    return {"type": name, "number": int(kind), "stored": encode(stored), "float32": encode(values.astype(np.float32))}


def main():
    rng = np.random.default_rng(SEED)
    names = ["F32", "F16", "BF16", *HALVES]
    golden = {
        "madeWith": {"gguf": version("gguf"), "numpy": np.__version__},
        "cases": [make_case(rng, name) for name in names],
    }
    text = json.dumps(golden, indent=1) + "\n"
    (Path(__file__).parent / "dequantise.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

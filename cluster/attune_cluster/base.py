"""The base model of a job: found by name, known by the hash of its weights."""

import hashlib
import json
import pathlib

import torch
from safetensors import safe_open

#: As in src/engine/weights/weightsFingerprint.ts.
SAMPLED_VALUES = 1024


def require_base(base) -> str:
    """The folder of the base model, once its weights are known to be those of whoever sent the job."""
    folder = base["path"]
    if not pathlib.Path(folder).is_dir():
        raise SystemExit(
            f"The job is for {base['name']}, and there is no folder {folder}. Copy there the folder of the model that "
            "Attune serves."
        )
    found = weights_fingerprint(folder)
    if found != base["sha256"]:
        raise SystemExit(
            f"The job is for {base['name']} (weights {base['sha256'][:12]}), and {folder} has the weights "
            f"{found[:12]}. Copy there the folder of the model that Attune serves."
        )
    return folder


def require_base_where_it_lies(base):
    """The same on a node that may have no worker, and so no base model. Workers that end are started again, for each
    of which a job waits; here it ends at once."""
    if pathlib.Path(base["path"]).is_dir():
        require_base(base)


def weights_fingerprint(folder) -> str:
    """SHA-256 over each tensor in the order of names: `name [out,in]` and a line end, its first 1024
    values and its last 1024 as float32, little-endian. Attune names a base model by it."""
    digest = hashlib.sha256()
    for name, load in sorted(_tensors(pathlib.Path(folder)), key=lambda entry: entry[0]):
        tensor = load()
        flat = tensor.reshape(-1)
        digest.update(f"{name} [{','.join(map(str, tensor.shape))}]\n".encode())
        for part in (flat[:SAMPLED_VALUES], flat[-SAMPLED_VALUES:]):
            digest.update(part.to(torch.float32).contiguous().numpy().astype("<f4").tobytes())
    return digest.hexdigest()


def _tensors(folder):
    """Name and loader of every tensor; a tied output head is not counted, Attune stores none."""
    is_tied = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("tie_word_embeddings", False)
    for file in sorted(folder.glob("model*.safetensors")):
        weights = safe_open(file, "pt")
        for name in weights.keys():
            if not (is_tied and name == "lm_head.weight"):
                yield name, lambda weights=weights, name=name: weights.get_tensor(name)

"""The entry of a job:  python -m attune_cluster.train

Reads `config.yaml` and the rows beside it, trains on the workers that the config asks for, and prints the
adapter to the job's log, from which `attune cluster fetch` takes it: nothing but the dashboard's address
has to be reachable. Whatever dies, Ray Train starts the workers again, and each stage goes on from its
last checkpoint in the storage that all nodes share.
"""

import base64
import hashlib
import json
import os
import pathlib
import shutil

import ray
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer

from attune_cluster.base import require_base, require_base_where_it_lies
from attune_cluster.batches import require_even_batches
from attune_cluster.join import CONFIG, WEIGHTS, join_adapters, with_mean_head
from attune_cluster.log import say
from attune_cluster.progress import tell
from attune_cluster.settings import read_config
from attune_cluster.storage import forget_unpacked, hold_storage, open_storage, storage_of

#: What was sent, as Ray unpacked it: this program, and the rows beside it. The folder that a process stands in may be
#: gone: of two nodes on one machine the second unpacks over the first.
SENT = pathlib.Path(__file__).parents[1]
FILE_MARK = "ATTUNE-FILE "
#: Bytes of a file in one line of the log.
LINE_BYTES = 48 * 1024


def main():
    try:
        config, storage, _held = begin(SENT)
    finally:
        forget_unpacked(SENT)
    trainer = TorchTrainer(
        work,
        train_loop_config={"config": config, "storage": str(storage)},
        scaling_config=ScalingConfig(
            num_workers=config["workers"],
            use_gpu=config["use_gpu"],
            resources_per_worker={"GPU": 1, "CPU": 1} if config["use_gpu"] else {"CPU": 1},
            placement_strategy="SPREAD",
        ),
        run_config=RunConfig(
            name="ray", storage_path=str(storage), failure_config=FailureConfig(max_failures=config["max_failures"])
        ),
    )
    trainer.fit()
    adapter = finished(storage, config)
    send(adapter)
    tell(stage="done", step=1, totalSteps=1, numbers={})


def begin(folder):
    """The config, the folder in the storage that all nodes share, with the rows in it, and what keeps other jobs from it."""
    config = read_config(folder)
    require_even_batches(config)
    require_base_where_it_lies(config["base_model"])
    storage = storage_of(folder, config)
    # Before there is a node that may unpack them anew.
    rows = {file.name: file.read_bytes() for file in folder.glob("*.jsonl")}
    ray.init()
    held = hold_storage(storage)
    open_storage(storage)
    # Workers on other nodes read them from there too.
    for name, content in rows.items():
        (storage / name).write_bytes(content)
    return config, storage, held


def work(settings):
    """One worker of a group; together they are one data-parallel run."""
    forget_unpacked(SENT)
    context = ray.train.get_context()
    rank = context.get_world_rank()
    # The log of a job shows it: where a worker runs, and that it was started again.
    print(f"ATTUNE-WORKER rank {rank} node {ray.get_runtime_context().get_node_id()} pid {os.getpid()}", flush=True)
    config = settings["config"]
    require_base(config["base_model"])
    from attune_cluster.stages import Job

    Job(config, settings["storage"], settings["storage"], context.get_world_size()).run()


def finished(storage, config):
    """The adapter's folder: SFT alone, or SFT with DPO, KTO or PPO on it; with the name and hash of its base model."""
    out = storage / "adapter"
    out.mkdir(exist_ok=True)
    last = storage / config["method"]
    if config["method"] != "sft" and (last / "done").exists():
        join_adapters(storage / "sft", last, out)
    else:
        for name in (CONFIG, WEIGHTS):
            shutil.copy(storage / "sft" / name, out / name)
    base = {"name": config["base_model"]["name"], "sha256": config["base_model"]["sha256"]}
    (out / "attune_base.json").write_text(json.dumps(base, indent=2))
    reward = storage / "reward"
    if (reward / "done").exists():
        with_mean_head(reward, out / "reward_model")
    return out


def send(folder):
    """Prints every file of a folder, line by line, with its SHA-256 in the last."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        content = file.read_bytes()
        for start in range(0, len(content), LINE_BYTES):
            part = base64.b64encode(content[start : start + LINE_BYTES]).decode()
            say(FILE_MARK, {"name": name, "part": part})
        say(FILE_MARK, {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})


if __name__ == "__main__":
    main()

"""Where a job keeps its rows and checkpoints, in the storage that all nodes share."""

import hashlib
import pathlib
import shutil

import ray

from attune_cluster.log import say

STORAGE_MARK = "ATTUNE-STORAGE "
#: Lies in every folder of a job, and in no other: what has none is not cleared.
JOB_FILE = "attune-job"
#: Of the names by which Ray knows whose folders are held.
NAMESPACE = "attune"
#: Where Ray unpacks what was sent with a job (ray/_private/runtime_env/working_dir.py of 2.60), one folder for each package.
UNPACKED = "working_dir_files"


def storage_of(folder, config):
    """The folder of the job that lies in `folder`: of the export that it began as, and of what is in its config and
    rows now. So a job that is sent again goes on, and one with more rows, another person's export or another
    number trains anew."""
    digest = hashlib.sha256()
    folder = pathlib.Path(folder)
    for file in [folder / "config.yaml", *sorted(folder.glob("*.jsonl"))]:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode())
        digest.update(content)
    return pathlib.Path(config["storage"]) / f"{config['job']}-{digest.hexdigest()[:16]}"


def open_storage(storage):
    """Makes the folder of a job where there is none yet, and tells where it is: whoever clears it has to know."""
    storage.mkdir(parents=True, exist_ok=True)
    (storage / JOB_FILE).touch()
    say(STORAGE_MARK, {"folder": str(storage)})


class Holder:
    """Lives as long as the job that made it."""


def hold_storage(storage):
    """Keeps a folder for this job until it ends: two that train in one would remove each other's checkpoints. Ray knows
    one actor of a name, and ends it with its job however that ends."""
    options = {"name": storage.name, "namespace": NAMESPACE, "num_cpus": 0}
    try:
        return ray.remote(Holder).options(**options).remote()
    except ValueError:
        raise SystemExit(f"The same job still trains in {storage}. Wait for it, or end it first.") from None


def clear_storage(storage):
    """Removes the folder of a job with all in it; one that is gone already stays so. Its mark goes last, so that what
    was interrupted can be done again."""
    if not storage.exists():
        return
    if not (storage / JOB_FILE).is_file():
        raise SystemExit(f"{storage} is no folder of a job, so it was left alone.")
    held = hold_storage(storage)
    for path in storage.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != JOB_FILE:
            path.unlink()
    shutil.rmtree(storage)
    ray.kill(held)


def forget_unpacked(folder):
    """Removes the rows from where Ray unpacked what was sent: it would keep them on the node for as long as it runs there."""
    if folder.parent.name == UNPACKED:
        for file in folder.glob("*.jsonl"):
            file.unlink(missing_ok=True)

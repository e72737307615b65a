"""Where a job keeps its rows and checkpoints, in the storage that all nodes share."""

import hashlib
import json
import pathlib
import shutil

STORAGE_MARK = "ATTUNE-STORAGE "
#: Lies in every folder of a job, and in no other: what has none is not cleared.
JOB_FILE = "attune-job"


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
    print(STORAGE_MARK + json.dumps({"folder": str(storage)}), flush=True)


def clear_storage(storage):
    """Removes the folder of a job with all in it; one that is gone already stays so."""
    if not storage.exists():
        return
    if not (storage / JOB_FILE).is_file():
        raise SystemExit(f"{storage} is no folder of a job, so it was left alone.")
    shutil.rmtree(storage)

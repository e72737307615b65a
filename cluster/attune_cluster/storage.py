"""Where a job keeps its rows and checkpoints, in the storage that all nodes share."""

import hashlib
import pathlib


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

"""The entry of a job that clears another one away:  python -m attune_cluster.clear

`clear.json` beside it names the folder. `attune cluster clear` sends it, as it is the cluster that reaches the folder.
"""

import json
import pathlib

import ray

from attune_cluster.storage import clear_storage


def main():
    folder = json.loads(pathlib.Path("clear.json").read_text(encoding="utf-8"))["folder"]
    ray.init()
    clear_storage(pathlib.Path(folder))


if __name__ == "__main__":
    main()

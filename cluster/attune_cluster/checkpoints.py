"""Checkpoints of the stages that transformers' Trainer trains. It fills each in its place, file by file, and each worker
some of them. One that was being written when a worker died has to be told from a whole one: no start would get past it."""

import pathlib

from transformers import TrainerCallback
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from attune_cluster.workers import Workers

#: Lies in a checkpoint that all workers have written.
WHOLE = "whole"


class WholeCheckpoints(TrainerCallback):
    """Marks each checkpoint once it is whole."""

    def on_save(self, args, state, control, **rest):
        workers = Workers()
        workers.wait()
        if workers.rank == 0:
            (pathlib.Path(args.output_dir) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}" / WHOLE).touch()


def last_whole_checkpoint(folder):
    """The newest in a stage's folder to go on from; None where there is none."""
    steps = [int(mark.parent.name.rpartition("-")[2]) for mark in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*/{WHOLE}")]
    return str(folder / f"{PREFIX_CHECKPOINT_DIR}-{max(steps)}") if steps else None

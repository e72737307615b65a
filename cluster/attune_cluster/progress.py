"""What a job tells while it runs: lines that `attune cluster status` and `fetch` read out of its log."""

import time

from transformers import TrainerCallback

from attune_cluster.log import say

PROGRESS_MARK = "ATTUNE-PROGRESS "
END_MARK = "ATTUNE-STAGE-END "


def tell(**what):
    say(PROGRESS_MARK, {**what, "atSeconds": time.time()})


def tell_end(stage, stop_reason, metrics):
    """How a stage ended: why early or not at all, if it did, and numbers that no step has. A report says both."""
    what = {"stage": stage, "metrics": metrics}
    say(END_MARK, what if stop_reason is None else {**what, "stopReason": stop_reason})


class Progress(TrainerCallback):
    """One line a step, with the numbers that the trainer logs."""

    def __init__(self, stage):
        self.stage = stage

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.is_world_process_zero:
            # All passes are one to the trainer, so its epoch is none.
            numbers = {name: float(value) for name, value in (logs or {}).items() if name != "epoch"}
            tell(stage=self.stage, step=state.global_step, totalSteps=state.max_steps, numbers=numbers)

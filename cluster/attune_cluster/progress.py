"""What a job tells while it runs: lines that `attune cluster status` and `fetch` read out of its log."""

import json
import time

from transformers import TrainerCallback

PROGRESS_MARK = "ATTUNE-PROGRESS "
END_MARK = "ATTUNE-STAGE-END "


def tell(**what):
    print(PROGRESS_MARK + json.dumps({**what, "atSeconds": time.time()}), flush=True)


def tell_end(stage, stop_reason, metrics):
    """How a stage ended: why early or not at all, if it did, and numbers that no step has. A report says both."""
    what = {"stage": stage, "metrics": metrics}
    print(END_MARK + json.dumps(what if stop_reason is None else {**what, "stopReason": stop_reason}), flush=True)


class Progress(TrainerCallback):
    """One line a step, with the numbers that the trainer logs."""

    def __init__(self, stage):
        self.stage = stage

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.is_world_process_zero:
            numbers = {name: float(value) for name, value in (logs or {}).items()}
            tell(stage=self.stage, step=state.global_step, totalSteps=state.max_steps, numbers=numbers)

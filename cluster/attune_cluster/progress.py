"""What a job tells while it runs: lines that `attune cluster status` reads out of its log."""

import json
import time

from transformers import TrainerCallback

PROGRESS_MARK = "ATTUNE-PROGRESS "


def tell(**what):
    print(PROGRESS_MARK + json.dumps({**what, "atSeconds": time.time()}), flush=True)


class Progress(TrainerCallback):
    """One line a step, with the numbers that the trainer logs."""

    def __init__(self, stage):
        self.stage = stage

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.is_world_process_zero:
            numbers = {name: float(value) for name, value in (logs or {}).items()}
            tell(stage=self.stage, step=state.global_step, totalSteps=state.max_steps, numbers=numbers)

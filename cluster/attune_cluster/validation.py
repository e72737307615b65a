"""Which step of SFT was the best, by the newest demonstrations, which it does not learn from
(src/trainer/stages/sft.ts)."""

import os

import torch
from transformers import TrainerCallback

from attune_cluster.mixing import adapter_of
from attune_cluster.scoring import log_probs
from attune_cluster.workers import Workers
from attune_cluster.writing import Rollout


def read_sequences(examples):
    """Each demonstration of `data.demonstrations` as one that is only read."""

    def sequence(ids, mask):
        start = mask.index(1)
        return Rollout(ids[:start], ids[start:], 0, True, "")

    return [sequence(row["input_ids"], row["completion_mask"]) for row in examples]


class BestStep(TrainerCallback):
    """Keeps the adapter of the step that had the least loss of a token, of `validations` at even distances. It lies in
    a file: a job that is started again goes on from an earlier step, and comes to the same numbers."""

    def __init__(self, model, sequences, validations, path):
        self.model, self.sequences, self.validations, self.path = model, sequences, validations, path
        self.workers = Workers()

    def on_step_end(self, args, state, control, **rest):
        parts_done = lambda step: step * self.validations // state.max_steps
        if parts_done(state.global_step) > parts_done(state.global_step - 1):
            self._look(state.global_step)

    def best(self):
        """The step, its loss, and its adapter."""
        return torch.load(self.path, weights_only=True) if self.path.exists() else None

    def _look(self, step):
        loss = self._loss()
        if self.workers.rank != 0:
            return
        best = self.best()
        if best is not None and loss >= best["loss"]:
            return
        torch.save({"step": step, "loss": loss, "adapter": adapter_of(self.model)}, f"{self.path}.part")
        os.replace(f"{self.path}.part", self.path)

    @torch.no_grad()
    def _loss(self):
        """The mean over the tokens of all demonstrations; each worker reads its share."""
        self.model.eval()
        sums = torch.zeros(2, dtype=torch.float64)
        for sequence in self.workers.own(self.sequences):
            [read] = log_probs(self.model, [sequence], 1)
            sums += torch.tensor([-float(read.double().sum()), len(read)], dtype=torch.float64)
        self.model.train()
        total, tokens = self.workers.total(sums).tolist()
        return total / tokens

"""How a stage goes through what it learns from, as src/trainer/stages/{batches,schedule}.ts: every pass through all in an
order of its own, which depends on the seed and the pass alone, at a learning rate that rises to its peak and falls."""

import math

import torch
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Sampler

from attune_cluster.workers import stream


class Passes(Sampler):
    """The places of all items in a row, pass after pass. The last step of a pass may lack items: workers take equally
    many, so the place behind the last stands for each, and what lies there counts nothing."""

    def __init__(self, count, stage, seed, name):
        self.count, self.seed, self.name = count, seed, name
        self.epochs = stage["epochs"]
        self.lacking = -count % stage["batch_size"]

    def __len__(self):
        return self.epochs * (self.count + self.lacking)

    def __iter__(self):
        for epoch in range(self.epochs):
            yield from torch.randperm(self.count, generator=stream(self.seed, self.name, epoch)).tolist()
            yield from [self.count] * self.lacking


class InPasses:
    """A trainer that goes through its rows so; the last of them is the one that counts nothing."""

    def __init__(self, passes, final_share, **parts):
        super().__init__(**parts)
        self.passes, self.final_share = passes, final_share

    def _get_train_sampler(self, *_):
        return self.passes

    def create_scheduler(self, num_training_steps, optimizer=None):
        if self.lr_scheduler is None:
            warmup = self.args.warmup_steps
            share = lambda step: share_of_peak(step, warmup, num_training_steps, self.final_share)
            self.lr_scheduler = LambdaLR(self.optimizer if optimizer is None else optimizer, share)
        return self.lr_scheduler


def share_of_peak(step, warmup_steps, total_steps, final_share):
    """The learning rate of a 0-based step where its peak is 1. The first step learns already, which transformers' rising
    schedules give none."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = min((step - warmup_steps) / max(total_steps - warmup_steps, 1), 1)
    return final_share + (1 - final_share) * (1 + math.cos(math.pi * progress)) / 2

"""The processes that train together, and the random numbers that they agree on."""

import hashlib

import torch
import torch.distributed as dist


class Workers:
    """One data-parallel group; a single worker where torch.distributed was not begun."""

    def __init__(self):
        is_group = dist.is_available() and dist.is_initialized()
        self.rank = dist.get_rank() if is_group else 0
        self.count = dist.get_world_size() if is_group else 1
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def total(self, tensor):
        """The sum over all workers, the same bits for each."""
        if self.count == 1:
            return tensor
        there = tensor.to(self.device, copy=True)
        dist.all_reduce(there)
        return there.to(tensor.device)

    def wait(self):
        if self.count > 1:
            dist.barrier()

    def own(self, items):
        """This worker's share of what all have in the same order."""
        return items[self.rank :: self.count]


def stream(seed, *names):
    """Random numbers that depend on the seed and what they are for alone: the same for every worker, and for
    a run that was interrupted."""
    digest = hashlib.sha256(" ".join(map(str, [seed, *names])).encode()).digest()
    generator = torch.Generator()
    generator.manual_seed(int.from_bytes(digest[:7], "big"))
    return generator


def batch_at(items, step, batch_size, seed, name):
    """The items of a step, as src/trainer/stages/batches.ts: each pass goes through all in an order of its own."""
    steps_per_pass = -(-len(items) // batch_size)
    order = torch.randperm(len(items), generator=stream(seed, name, step // steps_per_pass)).tolist()
    start = step % steps_per_pass * batch_size
    return [items[index] for index in order[start : start + batch_size]]

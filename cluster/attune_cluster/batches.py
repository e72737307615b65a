"""How many rows of a step each worker takes. A step has the rows that the config says, whatever the workers."""

import math

#: The stages whose steps are shared, by method. PPO shares its own rollouts out, evenly or not.
TRAINED = {
    "sft": ["sft"],
    "ppo": ["sft", "reward"],
    "dpo": ["sft", "reward", "direct"],
    "kto": ["sft", "reward", "direct"],
}


def rows_per_worker(batch_size, workers):
    """Exactly `batch_size / workers`. TRL's workers take equally many, so what does not divide has to be refused."""
    if batch_size % workers != 0:
        raise SystemExit(f"A step of {batch_size} rows cannot be shared evenly by {workers} workers.")
    return batch_size // workers


def require_even_batches(config):
    """Ends the job before it begins where some stage's step would be another one with that many workers. The same is
    told at home, by src/process/cluster/clusterJob.ts; a config may be edited since."""
    sizes = {f"{name}.batchSize": config[name]["batch_size"] for name in TRAINED[config["method"]]}
    workers = config["workers"]
    uneven = [f"{name} {size}" for name, size in sizes.items() if size % workers != 0]
    if uneven:
        shared = math.gcd(*sizes.values())
        counts = ", ".join(str(count) for count in range(1, shared + 1) if shared % count == 0)
        raise SystemExit(
            f"Rows of a step ({', '.join(uneven)}) cannot be shared evenly by {workers} workers, and the job would be another "
            f"one. In config.yaml set workers to one of {counts}, or each batchSize to a multiple of {workers}."
        )

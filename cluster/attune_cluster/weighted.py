"""Trainers with the losses of home, in which each row counts as much as its `weight` says. TRL's tell of a step
besides its loss numbers of their own in SFT, in which all rows count alike."""

import torch
import transformers
from torch.nn.functional import softplus
from trl import DPOTrainer, SFTTrainer

from attune_cluster.passes import InPasses


class WithWeights:
    """A collator of TRL's that brings the weights of its rows along."""

    def __init__(self, collate):
        self.collate = collate

    def __call__(self, examples):
        weights = torch.tensor([example["weight"] for example in examples], dtype=torch.float32)
        return {**self.collate(examples), "weight": weights}


class WeightedSftTrainer(InPasses, SFTTrainer):
    """loss = sum(weight * -log p) / sum(weight)  over the tokens that are learned in a step, whichever worker has them:
    src/trainer/stages/sft.ts."""

    def __init__(self, **parts):
        super().__init__(**parts)
        self.data_collator = WithWeights(self.data_collator)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        weights = inputs.pop("weight")[:, None]
        with Outputs(self.model) as seen:
            super().compute_loss(model, inputs, num_items_in_batch=num_items_in_batch)
        outputs = seen[0]
        whole = self.accelerator.gather((weights * outputs.label_mask).sum()).sum()
        # The workers' gradients are averaged, and this is to be their sum.
        return -(weights * outputs.log_probs).sum() / whole * self.accelerator.num_processes


class Outputs:
    """What a model gives while TRL computes its loss, in order: TRL adds all rows up before it gives them away."""

    def __init__(self, model):
        self.model = model

    def __enter__(self):
        seen = []
        self.hook = self.model.register_forward_hook(lambda module, args, outputs: seen.append(outputs))
        return seen

    def __exit__(self, *_):
        self.hook.remove()


def pairwise_loss(scores, batch, centring=0.0):
    """sum(weight * headWeight * (softplus(-lead) + smoothing * lead + centring * (better + worse)^2))  over all pairs
    and heads, of scores [texts, heads], added up over prompts: src/trainer/stages/preferenceLoss.ts."""
    better, worse = scores[batch["better"]], scores[batch["worse"]]
    lead = better - worse
    per_pair = softplus(-lead) + batch["smoothing"][:, None] * lead + centring * (better + worse) ** 2
    return (batch["pair_weights"][:, None] * batch["head_weights"] * per_pair).sum()


def share_ordered(scores, batch):
    """Share of the pairs that scores [texts] put in the right order, added up over prompts; equal ones count a half."""
    right = (1 + torch.sign(scores[batch["better"]] - scores[batch["worse"]])) / 2
    return (batch["votes"] * right).sum()


class RewardTrainer(InPasses, transformers.Trainer):
    """TRL's trainer takes a model with one head alone, so this is the one below it
    (src/trainer/stages/rewardModel.ts)."""

    def __init__(self, centring, **parts):
        super().__init__(**parts)
        self.centring = centring
        self.accuracy = 0.0

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        scores = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False).logits
        share = _share_of_prompt(self, inputs)
        self.accuracy = _mean_of_workers(self, share * share_ordered(scores.detach().mean(1), inputs))
        return share * pairwise_loss(scores, inputs, self.centring)

    def log(self, logs, *rest):
        super().log({**logs, "accuracy": self.accuracy} if "loss" in logs else logs, *rest)


class DirectTrainer(InPasses, DPOTrainer):
    """Trains a policy on preferences without a reward model: src/trainer/stages/directPreference.ts. The policy with
    its adapter disabled is the reference. TRL's losses know no weights, and its KTO pairs texts with prompts by
    how workers share a step."""

    def _prepare_dataset(self, dataset, *_):
        return dataset

    def log_ratios(self, model, batch, prefix=""):
        """log policy(text) - log reference(text) of each whole text."""
        ids, read, free = (batch[prefix + name] for name in ("input_ids", "attention_mask", "completion_mask"))
        labels = ids.masked_fill(free == 0, -100)
        inputs = {"input_ids": ids, "attention_mask": read, "labels": labels, "fused_lm_head": True, "use_cache": False}
        ours = model(**inputs).log_probs.sum(1)
        with torch.no_grad(), self.accelerator.unwrap_model(self.model).disable_adapter():
            theirs = self.model(**inputs).log_probs.sum(1)
        return ours - theirs

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        log_ratios = self.log_ratios(model, inputs)
        share = _share_of_prompt(self, inputs)
        accuracy = _mean_of_workers(self, share * share_ordered(log_ratios.detach(), inputs))
        self._metrics["train"]["accuracy"].append(accuracy)
        return share * self.loss_of(log_ratios, inputs)


class DpoTrainer(DirectTrainer):
    """Bradley and Terry's loss of the implicit rewards beta logRatio."""

    def loss_of(self, log_ratios, batch):
        return pairwise_loss(self.beta * log_ratios[:, None], batch)


class KtoTrainer(DirectTrainer):
    """loss = sum(weight * (1 - sigmoid(opinion * beta * (logRatio - kl))))  over the texts that were kept or refused;
    kl is the mean log-ratio of the same texts behind the prompts of others, at least 0."""

    def loss_of(self, log_ratios, batch):
        opinions = batch["opinions"]
        kept = torch.sigmoid(opinions * self.beta * (log_ratios - self.kl_reference(batch)))
        return (batch["text_weights"] * (1 - kept))[opinions != 0].sum()

    def kl_reference(self, batch):
        if self.passes.count < 2:
            return 0.0
        with torch.no_grad():
            moved = (batch["text_votes"] * self.log_ratios(self.model, batch, "other_")).sum()
        return max(0.0, _mean_of_workers(self, _share_of_prompt(self, batch) * moved))


def _share_of_prompt(trainer, batch):
    """What each prompt of a step counts in it. The workers' losses and gradients are averaged, and are to be sums."""
    return trainer.accelerator.num_processes / trainer.accelerator.gather(batch["prompts"]).sum()


def _mean_of_workers(trainer, number):
    return float(trainer.accelerator.gather(number).mean())

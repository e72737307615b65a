"""TRL's trainers with losses in which each row counts as much as its column `weight` says, as at home. What they tell of
a step besides its loss are TRL's numbers, in which all rows count alike."""

import torch
from torch.nn.functional import logsigmoid
from trl import DPOTrainer, RewardTrainer, SFTTrainer


class WithWeights:
    """A collator of TRL's that brings the weights of its rows along."""

    def __init__(self, collate):
        self.collate = collate

    def __call__(self, examples):
        weights = torch.tensor([example["weight"] for example in examples], dtype=torch.float32)
        return {**self.collate(examples), "weight": weights}


class WeightedSftTrainer(SFTTrainer):
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


class WeightedRewardTrainer(RewardTrainer):
    """loss = mean(weight * (-log sigmoid(chosen - rejected) + c (chosen + rejected)^2))  over the pairs of a step:
    src/trainer/stages/preferenceLoss.ts. Weights are 1 in the mean."""

    def __init__(self, **parts):
        super().__init__(**parts)
        self.data_collator = WithWeights(self.data_collator)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        weights = inputs.pop("weight")
        _, outputs = super().compute_loss(model, inputs, return_outputs=True)
        chosen, rejected = outputs.logits.squeeze(-1).chunk(2)
        centring = self.args.center_rewards_coefficient * (chosen + rejected) ** 2
        return (weights * (centring - logsigmoid(chosen - rejected))).mean()


class WeightedDpoTrainer(DPOTrainer):
    """loss = mean(weight * -log sigmoid(beta (logRatio[chosen] - logRatio[rejected])))  over the pairs of a step, on rows
    that are tokens already, which the other trainers of TRL 1.16 take as they are: src/trainer/stages/directPreference.ts.
    Weights are 1 in the mean."""

    def __init__(self, **parts):
        super().__init__(**parts)
        self.data_collator = WithWeights(self.data_collator)

    def _prepare_dataset(self, dataset, *_):
        return dataset

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        weights = inputs.pop("weight")
        with Outputs(self.model) as seen:
            super().compute_loss(model, inputs)
        policy, reference = (outputs.log_probs.sum(1) for outputs in seen)
        chosen, rejected = (policy - reference).chunk(2)
        return (weights * -logsigmoid(self.beta * (chosen - rejected))).mean()


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

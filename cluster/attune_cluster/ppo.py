"""Proximal policy optimisation with a KL penalty to the SFT policy, as src/trainer/stages/ppo*.ts has it: rollouts
written by the policy, scored, and passes of clipped updates over them; policy and critic each with an optimiser.

Every worker writes and scores its share of an iteration's prompts. Whatever is a sum over tokens or rollouts, gradients
among it, is added up over the workers and divided by the count of all, so the run is the same for any number of
them but for rounding. Draws come from streams named after what they decide: an interrupted run goes on as if it
had not been."""

import dataclasses
import os

import torch

from attune_cluster import ppo_math
from attune_cluster.scoring import log_probs, values_of
from attune_cluster.workers import batch_at


class Trainee:
    """The weights of a model that learn, with their optimiser."""

    def __init__(self, model, adam, learning_rate):
        self.model = model
        self.learning_rate = learning_rate
        self.max_norm = adam["max_gradient_norm"]
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.weights,
            lr=learning_rate,
            betas=(adam["beta1"], adam["beta2"]),
            eps=adam["epsilon"],
            weight_decay=adam["weight_decay"],
        )

    def step(self, workers, share):
        """One clipped update from the gradients of all workers, at a share of the learning rate."""
        parts = [torch.zeros_like(w) if w.grad is None else w.grad for w in self.weights]
        summed = workers.total(torch.cat([part.reshape(-1) for part in parts]))
        for weight, part in zip(self.weights, summed.split([weight.numel() for weight in self.weights])):
            weight.grad = part.view_as(weight)
        norm = torch.nn.utils.clip_grad_norm_(self.weights, self.max_norm, error_if_nonfinite=True)
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * share
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return float(norm)

    def copied_weights(self):
        return [weight.detach().clone() for weight in self.weights]

    def state(self):
        return {"weights": self.copied_weights(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state):
        self.set_weights(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])

    def set_weights(self, weights):
        with torch.no_grad():
            for weight, value in zip(self.weights, weights):
                weight.copy_(value)


@dataclasses.dataclass
class Scored:
    """A rollout with everything the losses need, a number a free token."""

    rollout: object
    score: float
    log_probs: torch.Tensor
    values: torch.Tensor
    kl_per_completion: float
    returns: torch.Tensor
    advantages: torch.Tensor


class Ppo:
    """A run of it.

    `sample(iteration)` gives this worker's rollouts, one list per prompt, and how many prompts all workers have.
    The policy with its adapter disabled is the reference.
    """

    def __init__(self, policy, critic, sample, config, workers, reward_bias=0.0):
        self.config, self.settings, self.workers = config, config["ppo"], workers
        self.policy = Trainee(policy, config["adam"], self.settings["learning_rate"])
        self.well = self.policy.copied_weights()
        self.critic = Trainee(critic, config["adam"], self.settings["value_learning_rate"])
        self.sample = sample
        self.reward_bias = reward_bias
        self.iteration = 0
        self.kl_coefficient = self.settings["kl_coefficient"]

    def run(self, after_iteration=lambda numbers: None):
        """Gives why it stopped early, or None. Where a guard refused the policy, the last one is put back whose
        distance was within its limit."""
        while self.iteration < self.settings["iterations"]:
            numbers, why_refused = self._iterate()
            if numbers is None:
                return "the policy was free to choose in none of its rollouts"
            if why_refused is not None:
                self.policy.set_weights(self.well)
                return why_refused
            self.iteration += 1
            after_iteration(numbers)
        return None

    def _iterate(self):
        """What it was like, None without a rollout; and why it is not kept, if so."""
        sampled, group_count = self.sample(self.iteration)
        groups = [self._score(group) for group in sampled]
        self._whiten(groups)
        described, rollout_count = self._describe(groups)
        if rollout_count == 0:
            return None, None
        too_far = ppo_math.why_too_far(described["klPerCompletion"], self.config["guard"])
        if too_far is not None:
            return described, too_far
        self.well = self.policy.copied_weights()
        numbers = {**described, **self._update(groups, group_count), "klCoefficient": self.kl_coefficient}
        self.kl_coefficient = ppo_math.next_kl_coefficient(
            self.kl_coefficient,
            numbers["klPerCompletion"],
            rollout_count,
            self.settings["target_kl_per_completion"],
            self.settings["kl_horizon"],
        )
        return numbers, ppo_math.why_to_undo(numbers, self.config["guard"])

    @torch.no_grad()
    def _score(self, group):
        """Advantages are not whitened yet."""
        group = [rollout for rollout in group if rollout.free_count > 0]
        if not group:
            return []
        temperature = self.settings["temperature"]
        own = log_probs(self.policy.model, group, temperature)
        with self.policy.model.disable_adapter():
            reference = log_probs(self.policy.model, group, temperature)
        values = values_of(self.critic.model, group)
        return [self._score_one(*each) for each in zip(group, own, reference, values)]

    def _score_one(self, rollout, own, reference, values):
        """The bias is taken off rewards and values alike, and put back on the targets."""
        score = ppo_math.score_completion(rollout.reward, rollout.is_finished, self.settings, self.reward_bias)
        exact = [row.double().cpu() for row in (own, reference, values)]
        rewards = ppo_math.reward_tokens(exact[0], exact[1], score, self.kl_coefficient)
        advantages, returns = ppo_math.compute_gae(
            rewards, exact[2] - self.reward_bias, self.settings["gamma"], self.settings["lambda"]
        )
        kl = float((exact[0] - exact[1]).sum())
        return Scored(rollout, score, own, values, kl, returns + self.reward_bias, advantages)

    def _whiten(self, groups):
        scored = [rollout for group in groups for rollout in group]
        rows = ppo_math.whiten([rollout.advantages for rollout in scored], self.workers.total)
        for rollout, row in zip(scored, rows):
            rollout.advantages = row

    def _describe(self, groups):
        """What the rollouts of all workers were like, before the update, and how many there are."""
        scored = [rollout for group in groups for rollout in group]
        sums = torch.zeros(5, dtype=torch.float64)
        for one in scored:
            surprise = -float(one.log_probs.double().sum())
            sums += torch.tensor([1, len(one.log_probs), one.score, one.kl_per_completion, surprise])
        count, tokens, score, kl, surprise = self.workers.total(sums).tolist()
        numbers = {
            "score": score / max(count, 1),
            "klPerCompletion": kl / max(count, 1),
            "entropyPerToken": surprise / max(tokens, 1),
            "completionTokens": tokens / max(count, 1),
        }
        return numbers, int(count)

    def _update(self, groups, group_count):
        """All passes of minibatches; rollouts of one prompt stay together. Gives how they went."""
        size = max(1, -(-group_count // self.settings["minibatches"]))
        steps_per_pass = -(-group_count // size)
        own = dict(zip(self.workers.own(range(group_count)), groups))
        name = f"ppo {self.iteration}"
        results = []
        for step in range(steps_per_pass * self.settings["epochs"]):
            chosen = batch_at(range(group_count), step, size, self.config["seed"], name)
            results.append(self._step([own[index] for index in chosen if own.get(index)]))
        results = [result for result in results if result is not None]
        last = results[-steps_per_pass:]
        means = {name: sum(result[name] for result in last) / len(last) for name in last[0]}
        return {"firstRatio": results[0]["meanRatio"], **means}

    def _step(self, minibatch):
        """One update of policy and critic; None where no worker has a token in it."""
        count = sum(one.rollout.free_count for group in minibatch for one in group)
        tokens = int(self.workers.total(torch.tensor(float(count))))
        if tokens == 0:
            return None
        names = ["policyLoss", "valueLoss", "meanRatio", "clipShare", "approxKl"]
        sums = torch.zeros(len(names), dtype=torch.float64)
        for group in minibatch:
            losses = {**self._policy_loss(group, tokens), "valueLoss": self._value_loss(group, tokens)}
            sums += torch.tensor([losses[name] for name in names], dtype=torch.float64)
        share = 1 - self.iteration / self.settings["iterations"]
        self.policy.step(self.workers, share)
        self.critic.step(self.workers, share)
        return dict(zip(names, self.workers.total(sums).tolist()))

    def _policy_loss(self, group, tokens):
        new = torch.cat(log_probs(self.policy.model, [one.rollout for one in group], self.settings["temperature"]))
        old = torch.cat([one.log_probs for one in group])
        advantages = torch.cat([one.advantages for one in group]).to(new)
        loss, metrics = ppo_math.policy_loss(new, old, advantages, self.settings["clip_range"], tokens)
        loss.backward()
        return {"policyLoss": float(loss.detach()), **metrics}

    def _value_loss(self, group, tokens):
        new = torch.cat(values_of(self.critic.model, [one.rollout for one in group]))
        old = torch.cat([one.values for one in group])
        returns = torch.cat([one.returns for one in group]).to(new)
        loss = ppo_math.value_loss(new, old, returns, self.settings["value_clip_range"], tokens)
        loss.backward()
        return float(loss.detach())

    def save(self, path):
        """One worker writes, whole or not at all; all have the same."""
        if self.workers.rank != 0:
            return
        state = {"iteration": self.iteration, "kl_coefficient": self.kl_coefficient}
        parts = {"policy": self.policy.state(), "critic": self.critic.state(), "well": self.well}
        torch.save({**state, **parts}, f"{path}.part")
        os.replace(f"{path}.part", path)

    def restore(self, path):
        state = torch.load(path, map_location=self.workers.device, weights_only=True)
        self.iteration, self.kl_coefficient = state["iteration"], state["kl_coefficient"]
        self.policy.restore(state["policy"])
        self.critic.restore(state["critic"])
        self.well = state["well"]

"""The PPO stage of a job: its models, its prompts, and rollouts at them."""

import peft
import torch

from attune_cluster import data
from attune_cluster.ends import Place
from attune_cluster.groups import newest_prompts
from attune_cluster.judging import Judge
from attune_cluster.ppo import Ppo
from attune_cluster.progress import tell, tell_end
from attune_cluster.reward_gate import judge_pairs, judge_reward_model
from attune_cluster.tokens import build_prompt
from attune_cluster.workers import Workers, batch_at, stream
from attune_cluster.writing import write

#: With fewer prompts PPO would only learn these by heart.
MIN_PROMPTS = 16
CHECKPOINT = "checkpoint.pt"


def train(job, sft, reward, out):
    """Leaves PPO's adapter on the merged SFT policy in `out`; none where there are too few prompts. The reward model
    judges the rollouts if it passed its test; where it is known what was written, that does too, and alone if it
    did not pass."""
    workers = Workers()
    demonstrations, preferences, held_out = (
        data.in_time(data.read_rows(job.folder / name) or []) for name in ("sft.jsonl", "preference.jsonl", "judge.jsonl")
    )
    policy, scalars = _policy(job, sft, workers), _scalars(job, reward, workers)
    judge = Judge(scalars, job.vocabulary, job.config, demonstrations)
    tested = [row for _, pairs in newest_prompts(held_out, job.config["reward"].get("max_prompts")) for row in pairs]
    distrust, verdict = judge_reward_model(judge_pairs(tested, judge, policy, workers))
    judge.is_trusted = distrust is None
    prompts = [row for row in prompts_in(demonstrations, preferences) if judge.can_judge(row["written"])]
    if workers.rank == 0:
        tell_end("reward", distrust, {"rewardBias": judge.bias, **verdict})
    is_enough = len(prompts) >= MIN_PROMPTS
    reason = f"{len(prompts)} prompts can be judged and {MIN_PROMPTS} are needed"
    if is_enough:
        rollouts = Rollouts(job.config, job.vocabulary, prompts, policy, judge, workers)
        reason = _practise(Ppo(policy, scalars, rollouts.sample, job.config, workers, judge.bias), out)
    if workers.rank == 0:
        # Before the stage counts as done: one that is done is not run again, and would not tell.
        tell_end("ppo", reason, {"usesRewardModel": int(judge.is_trusted)})
        if is_enough:
            policy.save_pretrained(out)
            (out / "done").touch()
    workers.wait()


def _practise(ppo, out):
    """Goes on from the last checkpoint, and gives why it stopped early, or None."""
    out.mkdir(exist_ok=True)
    if (out / CHECKPOINT).exists():
        ppo.restore(out / CHECKPOINT)
    return ppo.run(lambda numbers: _after_iteration(ppo, numbers, out))


def prompts_in(demonstrations, preferences):
    """A row for each prompt that a completion is asked for at, and what was `written` there; of several texts the
    newest, and None where only opinions are known."""
    key_of = lambda row: (row["prompt"], row.get("suffix") or "")
    prompts = {key_of(row): {**row, "written": None} for row in [*preferences, *demonstrations]}
    if any(row.get("mode") is None for row in prompts.values()):
        raise SystemExit("Some rows do not say how far a completion goes: they are of an older export. Export again.")
    for row in demonstrations:
        prompts[key_of(row)]["written"] = row["completion"].removesuffix("\n")
    return [row for row in prompts.values() if not place_of(row).is_mid_word]


def place_of(row):
    return Place(row["prompt"], row.get("suffix") or "", row["mode"])


class Rollouts:
    """Completions for recorded prompts, rewarded by what of them would be offered."""

    def __init__(self, config, vocabulary, prompts, policy, judge, workers):
        self.config, self.vocabulary, self.prompts = config, vocabulary, prompts
        self.policy, self.judge, self.workers = policy, judge, workers

    def sample(self, iteration):
        """This worker's rollouts of an iteration, a list for each prompt, and how many prompts all workers have."""
        ppo, seed = self.config["ppo"], self.config["seed"]
        batch_size = max(1, round(ppo["rollouts_per_iteration"] / ppo["rollouts_per_prompt"]))
        chosen = batch_at(self.prompts, iteration, batch_size, seed, "ppo prompts")
        own = self.workers.own(list(enumerate(chosen)))
        streams = [stream(seed, "ppo rollouts", iteration, index) for index, _ in own]
        return [self._at(row, random) for (_, row), random in zip(own, streams)], len(chosen)

    def _at(self, row, random):
        config, place = self.config, place_of(row)
        prompt, typed = build_prompt(place.prefix, place.suffix, self.vocabulary, config["max_prompt_tokens"])
        settings = {
            "count": config["ppo"]["rollouts_per_prompt"],
            "temperature": config["ppo"]["temperature"],
            "max_new_tokens": config["max_new_tokens"],
        }
        rollouts = write(self.policy, self.vocabulary, prompt, typed, place, settings, random)
        rewards = self.judge.rewards(row, [rollout.text for rollout in rollouts], place, row["written"])
        for rollout, reward in zip(rollouts, rewards):
            rollout.reward = reward
        return rollouts


def _policy(job, sft, workers):
    """PPO's own adapter on the merged SFT policy, the same for each worker; both become one again in `join.py`."""
    torch.manual_seed(job.config["seed"])
    return peft.get_peft_model(job.merged(sft), job.lora("CAUSAL_LM")).to(workers.device).eval()


def _scalars(job, reward, workers):
    """The reward model as adapter `judge`, and a copy of it that learns as `critic`, on one base model."""
    model = peft.PeftModel.from_pretrained(job.classifier(), reward, adapter_name="judge")
    model.load_adapter(reward, "critic", is_trainable=True)
    model.set_adapter("critic")
    return model.to(workers.device).eval()


def _after_iteration(ppo, numbers, out):
    """Checkpoints are as far apart as in the other stages, but never less than an iteration."""
    ppo_config = ppo.settings
    updates = ppo_config["minibatches"] * ppo_config["epochs"]
    if ppo.iteration % max(1, ppo.config["save_steps"] // updates) == 0:
        ppo.save(out / CHECKPOINT)
    if ppo.workers.rank == 0:
        tell(stage="ppo", step=ppo.iteration, totalSteps=ppo_config["iterations"], numbers=numbers)

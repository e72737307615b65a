"""The stages of a job: SFT, a reward model and DPO with TRL, or PPO. Each can go on from its last checkpoint, and
one that has finished is not run again."""

import pathlib

import peft
import torch
import transformers
from transformers.trainer_utils import get_last_checkpoint
from safetensors.torch import load_file
from trl import DPOConfig, RewardConfig, SFTConfig
from trl.trainer.dpo_trainer import DataCollatorForPreference

from attune_cluster import data, ppo_stage
from attune_cluster.batches import rows_per_worker
from attune_cluster.join import WEIGHTS
from attune_cluster.mixing import adapter_of, mix
from attune_cluster.progress import Progress, tell_end
from attune_cluster.tokens import Vocabulary
from attune_cluster.weighted import WeightedDpoTrainer, WeightedRewardTrainer, WeightedSftTrainer
from attune_cluster.workers import Workers, stream

#: PEFT's name of the scalar head.
HEAD = "base_model.model.score.weight"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class Job:
    """What the stages of one worker share."""

    def __init__(self, config, folder, storage, world_size):
        self.config = config
        self.folder = pathlib.Path(folder)
        self.storage = pathlib.Path(storage)
        self.world_size = world_size
        self.base = config["base_model"]["path"]
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(self.base)
        self.vocabulary = Vocabulary(self.base, self.tokenizer.eos_token)
        self.tokenizer.pad_token = self.vocabulary.padding
        self.limits = (config["max_prompt_tokens"], config["max_new_tokens"])

    def run(self):
        """Gives the folder of the adapter."""
        sft = self._stage("sft", "sft.jsonl", self._sft)
        method = self.config["method"]
        if method == "sft":
            return sft
        if data.read_rows(self.folder / "preference.jsonl") is None:
            if Workers().rank == 0:
                tell_end(method, "there are no preferences", {})
            return sft
        reward = self._stage("reward", "preference.jsonl", lambda rows, args: self._reward(rows, args, sft))
        if method == "ppo":
            return self._once("ppo", lambda out: ppo_stage.train(self, sft, reward, out))
        return self._stage("dpo", "preference.jsonl", lambda rows, args: self._dpo(rows, args, sft))

    def _once(self, name, train):
        out = self.storage / name
        if not (out / "done").exists():
            train(out)
        return out

    def _stage(self, name, file, trainer_of):
        return self._once(name, lambda out: self._train(name, file, trainer_of, out))

    def _train(self, name, file, trainer_of, out):
        rows = data.read_rows(self.folder / file)
        if rows is None:
            raise SystemExit(f"{file} has no rows, and the stage {name} needs some.")
        trainer = trainer_of(rows, self._arguments(name, out))
        trainer.add_callback(Progress(name))
        # The same after a restart, as a seed draws it.
        begun = adapter_of(trainer.model)
        last = get_last_checkpoint(str(out)) if out.exists() else None
        trainer.train(resume_from_checkpoint=last)
        trainer.accelerator.wait_for_everyone()
        if trainer.is_world_process_zero():
            model = trainer.accelerator.unwrap_model(trainer.model)
            if "mixing" in self.config[name]:
                mix(model, begun, self.config[name]["mixing"])
            model.save_pretrained(out)
            (out / "done").touch()
        trainer.accelerator.wait_for_everyone()

    def _arguments(self, name, out):
        stage = self.config[name]
        adam = self.config["adam"]
        on_cpu = not torch.cuda.is_available()
        return {
            "output_dir": str(out),
            "seed": self.config["seed"],
            "learning_rate": stage["learning_rate"],
            "num_train_epochs": stage["epochs"],
            "per_device_train_batch_size": rows_per_worker(stage["batch_size"], self.world_size),
            "warmup_steps": stage["warmup_steps"],
            "lr_scheduler_type": "cosine_with_min_lr",
            "lr_scheduler_kwargs": {"min_lr_rate": stage["final_share"]},
            "adam_beta1": adam["beta1"],
            "adam_beta2": adam["beta2"],
            "adam_epsilon": adam["epsilon"],
            "weight_decay": adam["weight_decay"],
            "max_grad_norm": adam["max_gradient_norm"],
            "save_strategy": "steps",
            "save_steps": self.config["save_steps"],
            "save_total_limit": 2,
            "logging_steps": 1,
            "report_to": [],
            "disable_tqdm": True,
            "max_length": self.config["max_prompt_tokens"] + self.config["max_new_tokens"],
            "use_cpu": on_cpu,
            "bf16": not on_cpu and torch.cuda.is_bf16_supported(),
            "gradient_checkpointing": False,
            "dataloader_pin_memory": not on_cpu,
            "ddp_find_unused_parameters": False,
            # The weights of rows are used, by no model.
            "remove_unused_columns": False,
        }

    def lora(self, task_type, **more):
        lora = self.config["lora"]
        return peft.LoraConfig(
            r=lora["rank"],
            lora_alpha=lora["alpha"],
            lora_dropout=0.0,
            target_modules=TARGETS,
            task_type=task_type,
            **more,
        )

    def preferences(self, rows):
        return data.preferences(rows, self.vocabulary, *self.limits)

    def merged(self, sft):
        """The SFT policy as a model of its own: it is the reference of what is trained on it, never the bare
        base model. TRL would disable all adapters for a reference, so SFT's is none there."""
        return peft.PeftModel.from_pretrained(self._model(), sft).merge_and_unload()

    def classifier(self):
        """The base model with one scalar head, which is not drawn yet."""
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            self.base, num_labels=1, dtype=torch.float32
        )
        model.config.pad_token_id = self.tokenizer.pad_token_id
        return model

    def _model(self):
        return transformers.AutoModelForCausalLM.from_pretrained(self.base, dtype=torch.float32)

    def _sft(self, rows, arguments):
        return WeightedSftTrainer(
            model=self._model(),
            args=SFTConfig(**arguments, completion_only_loss=True),
            train_dataset=data.demonstrations(rows, self.vocabulary, *self.limits),
            processing_class=self.tokenizer,
            peft_config=self.lora("CAUSAL_LM"),
        )

    def _reward(self, rows, arguments, sft):
        """As at home it begins as the SFT policy's adapter, with a head drawn from N(0, 1 / (E + 1)^2)."""
        model = self.classifier()
        trainer = WeightedRewardTrainer(
            model=model,
            args=RewardConfig(**arguments, center_rewards_coefficient=self.config["reward"]["centring"]),
            train_dataset=data.compared_texts(self.preferences(rows)),
            processing_class=self.tokenizer,
            peft_config=self.lora("SEQ_CLS", modules_to_save=["score"]),
        )
        size = model.config.hidden_size
        head = torch.randn(1, size, generator=stream(self.config["seed"], "reward head")) / (size + 1)
        begun = peft.set_peft_model_state_dict(trainer.model, {**load_file(sft / WEIGHTS), HEAD: head})
        assert not begun.unexpected_keys, begun.unexpected_keys
        return trainer

    def _dpo(self, rows, arguments, sft):
        """DPO's own adapter is trained on the merged SFT policy, and both become one again in `join.py`."""
        return WeightedDpoTrainer(
            model=self.merged(sft),
            args=DPOConfig(**arguments, beta=self.config["dpo"]["beta"]),
            train_dataset=self.preferences(rows),
            data_collator=FreeTokens(self.tokenizer.pad_token_id),
            processing_class=self.tokenizer,
            peft_config=self.lora("CAUSAL_LM"),
        )


class FreeTokens(DataCollatorForPreference):
    """Leaves the tokens that only spell what was typed out of the loss."""

    def torch_call(self, examples):
        batch = super().torch_call(examples)
        rows = [(example, example[side]) for side in ("chosen_given", "rejected_given") for example in examples]
        for mask, (example, given) in zip(batch["completion_mask"], rows):
            start = len(example["prompt_ids"])
            mask[start : start + given] = 0
        return batch

"""The stages of a job with TRL: SFT, a reward model, DPO. Each can go on from its last checkpoint, and
one that has finished is not run again."""

import pathlib

import peft
import torch
import transformers
from transformers.trainer_utils import get_last_checkpoint
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

from attune_cluster import data
from attune_cluster.progress import Progress
from attune_cluster.tokens import Vocabulary

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
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.vocabulary = Vocabulary(self.base, self.tokenizer.eos_token)
        self.prompt_of = data.prompt_maker(self.vocabulary, config["max_prompt_tokens"])

    def run(self):
        """Gives the folder of the adapter."""
        sft = self._stage("sft", "sft.jsonl", self._sft)
        preference = data.read_rows(self.folder / "preference.jsonl")
        if preference is None or self.config["method"] == "sft":
            return sft
        self._stage("reward", "preference.jsonl", self._reward)
        return self._stage("dpo", "preference.jsonl", lambda rows, args: self._dpo(rows, args, sft))

    def _stage(self, name, file, trainer_of):
        out = self.storage / name
        done = out / "done"
        if done.exists():
            return out
        rows = data.read_rows(self.folder / file)
        if rows is None:
            raise SystemExit(f"{file} has no rows, and the stage {name} needs some.")
        trainer = trainer_of(rows, self._arguments(name, out))
        trainer.add_callback(Progress(name))
        last = get_last_checkpoint(str(out)) if out.exists() else None
        trainer.train(resume_from_checkpoint=last)
        trainer.accelerator.wait_for_everyone()
        if trainer.is_world_process_zero():
            trainer.accelerator.unwrap_model(trainer.model).save_pretrained(out)
            done.touch()
        trainer.accelerator.wait_for_everyone()
        return out

    def _arguments(self, name, out):
        stage = self.config[name]
        adam = self.config["adam"]
        on_cpu = not torch.cuda.is_available()
        return {
            "output_dir": str(out),
            "seed": self.config["seed"],
            "learning_rate": stage["learning_rate"],
            "num_train_epochs": stage["epochs"],
            "per_device_train_batch_size": max(1, stage["batch_size"] // self.world_size),
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
        }

    def _lora(self, task_type, **more):
        lora = self.config["lora"]
        return peft.LoraConfig(
            r=lora["rank"],
            lora_alpha=lora["alpha"],
            lora_dropout=0.0,
            target_modules=TARGETS,
            task_type=task_type,
            **more,
        )

    def _model(self):
        return transformers.AutoModelForCausalLM.from_pretrained(self.base, dtype=torch.float32)

    def _sft(self, rows, arguments):
        return SFTTrainer(
            model=self._model(),
            args=SFTConfig(**arguments, completion_only_loss=True),
            train_dataset=data.demonstrations(
                rows, self.vocabulary, self.config["max_prompt_tokens"], self.config["max_new_tokens"]
            ),
            processing_class=self.tokenizer,
            peft_config=self._lora("CAUSAL_LM"),
        )

    def _reward(self, rows, arguments):
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            self.base, num_labels=1, dtype=torch.float32
        )
        model.config.pad_token_id = self.tokenizer.pad_token_id
        coefficient = self.config["reward"]["centring"]
        return RewardTrainer(
            model=model,
            args=RewardConfig(**arguments, center_rewards_coefficient=coefficient),
            train_dataset=data.preferences(rows, self.prompt_of),
            processing_class=self.tokenizer,
            peft_config=self._lora("SEQ_CLS", modules_to_save=["score"]),
        )

    def _dpo(self, rows, arguments, sft):
        """The reference is the SFT adapter, never the bare base model: TRL would disable the adapters for
        it, so SFT is merged into the model that DPO's own adapter is trained on, and both become one
        adapter again in `join.py`."""
        merged = peft.PeftModel.from_pretrained(self._model(), sft).merge_and_unload()
        return DPOTrainer(
            model=merged,
            args=DPOConfig(**arguments, beta=self.config["dpo"]["beta"]),
            train_dataset=data.preferences(rows, self.prompt_of),
            processing_class=self.tokenizer,
            peft_config=self._lora("CAUSAL_LM"),
        )

"""The stages of a job: SFT, a reward model, and DPO, KTO or PPO. Each can go on from its last checkpoint, and
one that has finished is not run again."""

import pathlib

import peft
import torch
import transformers
from safetensors.torch import load_file
from trl import DPOConfig, SFTConfig

from attune_cluster import data, groups, ppo_stage
from attune_cluster.batches import rows_per_worker
from attune_cluster.checkpoints import WholeCheckpoints, last_whole_checkpoint
from attune_cluster.join import HEAD, WEIGHTS
from attune_cluster.mixing import adapter_of, mix
from attune_cluster.passes import Passes
from attune_cluster.progress import Progress, tell_end
from attune_cluster.tokens import Vocabulary
from attune_cluster.validation import BestStep, read_sequences
from attune_cluster.weighted import DpoTrainer, KtoTrainer, RewardTrainer, WeightedSftTrainer
from attune_cluster.workers import Workers, stream

#: Where the best step of SFT lies until the stage ends.
BEST = "best.pt"
#: NumPy, which transformers seeds too, has no more.
SEEDS = 2**32
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
        direct = {"dpo": self._dpo, "kto": self._kto}[method]
        return self._stage(method, "preference.jsonl", lambda rows, args: direct(rows, args, sft))

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
        trainer = trainer_of(rows, self.arguments(name, out))
        trainer.add_callback(Progress(name))
        trainer.add_callback(WholeCheckpoints())
        # The same after a restart, as a seed draws it.
        begun = adapter_of(trainer.model)
        trainer.train(resume_from_checkpoint=last_whole_checkpoint(out))
        trainer.accelerator.wait_for_everyone()
        if trainer.is_world_process_zero():
            model = trainer.accelerator.unwrap_model(trainer.model)
            if name == "sft":
                mix(model, begun, self._best(out) or adapter_of(model), self.config["sft"]["mixing"])
            model.save_pretrained(out)
            (out / "done").touch()
        trainer.accelerator.wait_for_everyone()

    def _best(self, out):
        """The adapter of SFT's best step; none where no demonstrations told which it was."""
        if not (out / BEST).exists():
            return None
        best = torch.load(out / BEST, weights_only=True)
        tell_end("sft", None, {"bestStep": best["step"], "validationLoss": best["loss"]})
        return best["adapter"]

    def arguments(self, name, out):
        """Of a trainer."""
        stage = self._settings_of(name)
        adam = self.config["adam"]
        on_cpu = not torch.cuda.is_available()
        return {
            "output_dir": str(out),
            "seed": self.config["seed"] % SEEDS,
            "learning_rate": stage["learning_rate"],
            # All passes are one to it: `Passes` has them in a row.
            "num_train_epochs": 1,
            "per_device_train_batch_size": rows_per_worker(stage["batch_size"], self.world_size),
            "warmup_steps": stage["warmup_steps"],
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
            "use_cpu": on_cpu,
            "bf16": not on_cpu and torch.cuda.is_bf16_supported(),
            "gradient_checkpointing": False,
            "dataloader_pin_memory": not on_cpu,
            "ddp_find_unused_parameters": False,
            # The weights of rows are used, by no model.
            "remove_unused_columns": False,
        }

    def _settings_of(self, name):
        """DPO and KTO are both steered by `direct`."""
        return self.config[name if name in self.config else "direct"]

    def _passes(self, name, count):
        stage = self._settings_of(name)
        return {"passes": Passes(count, stage, self.config["seed"], name), "final_share": stage["final_share"]}

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

    def groups(self, rows, stage):
        """The preferences of the prompts that a stage learns from."""
        limit = self.config[stage].get("max_prompts")
        return groups.preference_groups(rows, self.vocabulary, self.limits, self.config["reward"], limit)

    def merged(self, sft):
        """The SFT policy as a model of its own: it is the reference of what is trained on it, never the bare
        base model. TRL would disable all adapters for a reference, so SFT's is none there."""
        return peft.PeftModel.from_pretrained(self._model(), sft).merge_and_unload()

    def classifier(self):
        """The base model with its scalar heads, which are not drawn yet."""
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            self.base, num_labels=self.config["reward"]["heads"], dtype=torch.float32
        )
        model.config.pad_token_id = self.tokenizer.pad_token_id
        return model

    def _model(self):
        return transformers.AutoModelForCausalLM.from_pretrained(self.base, dtype=torch.float32)

    def _sft(self, rows, arguments):
        settings, seed = self.config["sft"], self.config["seed"]
        learned, validation = (
            data.demonstrations(part, self.vocabulary, *self.limits)
            for part in data.chosen_demonstrations(rows, settings, seed)
        )
        trainer = WeightedSftTrainer(
            **self._passes("sft", len(learned)),
            model=self._model(),
            args=SFTConfig(**arguments, max_length=sum(self.limits), completion_only_loss=True),
            train_dataset=data.with_filler(learned, weight=0.0),
            processing_class=self.tokenizer,
            peft_config=self.lora("CAUSAL_LM"),
        )
        if len(validation) > 0:
            best = pathlib.Path(arguments["output_dir"]) / BEST
            sequences = read_sequences(validation)
            trainer.add_callback(BestStep(trainer.model, sequences, settings["validations"], best))
        return trainer

    def _reward(self, rows, arguments, sft):
        """As at home it begins as the SFT policy's adapter, with heads drawn from N(0, 1 / (E + 1)^2)."""
        settings, seed = self.config["reward"], self.config["seed"]
        compared = groups.with_head_weights(self.groups(rows, "reward"), settings["heads"], seed)
        model = peft.get_peft_model(self.classifier(), self.lora("SEQ_CLS", modules_to_save=["score"]))
        size = model.config.hidden_size
        heads = torch.randn(settings["heads"], size, generator=stream(seed, "reward head")) / (size + 1)
        begun = peft.set_peft_model_state_dict(model, {**load_file(sft / WEIGHTS), HEAD: heads})
        assert not begun.unexpected_keys, begun.unexpected_keys
        return RewardTrainer(
            **self._passes("reward", len(compared)),
            centring=settings["centring"],
            model=model,
            args=transformers.TrainingArguments(**arguments),
            train_dataset=data.with_filler(compared, counts=0.0),
            data_collator=groups.Collator(self.tokenizer.pad_token_id),
        )

    def _dpo(self, rows, arguments, sft):
        compared = self.groups(rows, "direct")
        return self._direct(DpoTrainer, groups.Collator, compared, arguments, sft)

    def _kto(self, rows, arguments, sft):
        compared = groups.with_other_prompts(self.groups(rows, "direct"), self.config["seed"])
        return self._direct(KtoTrainer, groups.KtoCollator, compared, arguments, sft)

    def _direct(self, trainer, collator, compared, arguments, sft):
        """The adapter is a fresh one on the merged SFT policy, and both become one again in `join.py`."""
        return trainer(
            **self._passes(self.config["method"], len(compared)),
            model=self.merged(sft),
            args=DPOConfig(**arguments, max_length=sum(self.limits), beta=self.config["direct"]["beta"]),
            train_dataset=data.with_filler(compared, counts=0.0),
            data_collator=collator(self.tokenizer.pad_token_id),
            processing_class=self.tokenizer,
            peft_config=self.lora("CAUSAL_LM"),
        )

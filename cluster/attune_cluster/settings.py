"""What a job is trained by: `config.yaml`, with the hyperparameters of a retraining at home by their own names.

A job does with each what home does (src/trainer/hyperparameters.ts says what that is, and why), or refuses it."""

import dataclasses
import math
import pathlib
import re

import yaml

from attune_cluster.batches import TRAINED


@dataclasses.dataclass(frozen=True)
class Range:
    """Which numbers have a meaning."""

    low: float = -math.inf
    high: float = math.inf
    #: The lowest is none of them.
    is_above: bool = False
    is_whole: bool = False

    def lacks(self, number):
        is_low = number <= self.low if self.is_above else number < self.low
        return is_low or number > self.high or not math.isfinite(number) or (self.is_whole and number % 1 != 0)

    def __str__(self):
        low = f"above {self.low:g}" if self.is_above else f"of at least {self.low:g}"
        bounds = [] if self.low == -math.inf else [low]
        if self.high != math.inf:
            bounds.append(f"up to {self.high:g}")
        return " ".join([f"a {'whole ' if self.is_whole else ''}number", *bounds])


NUMBER = Range()
SHARE = Range(0, 1)
RATE = Range(0, 0.01)
HALF = Range(0, 0.5)
POSITIVE = Range(0, is_above=True)
NOT_NEGATIVE = Range(0)
NUMERAL = Range(0, is_whole=True)
COUNT = Range(1, is_whole=True)


def count_up_to(high):
    return Range(1, high, is_whole=True)


#: All hyperparameters that a job needs to know, by section, each with what it may be at home.
NAMES = {
    "lora": {"rank": count_up_to(256), "alpha": POSITIVE},
    "adam": {
        **{"beta1": SHARE, "beta2": SHARE, "epsilon": POSITIVE},
        **{"weightDecay": NOT_NEGATIVE, "maxGradientNorm": POSITIVE},
    },
    "sft": {
        **{"learningRate": RATE, "epochs": count_up_to(16), "batchSize": COUNT, "warmupSteps": NUMERAL},
        **{"finalShare": SHARE, "mixing": SHARE, "rehearsedShare": SHARE, "maxValidation": NUMERAL},
        "validations": COUNT,
    },
    "reward": {
        **{"learningRate": RATE, "epochs": count_up_to(4), "batchSize": COUNT, "warmupSteps": NUMERAL},
        **{"finalShare": SHARE, "centring": NOT_NEGATIVE, "heads": count_up_to(16), "doubt": NOT_NEGATIVE},
        **{"labelSmoothing": HALF, "rankingLabelSmoothing": HALF},
    },
    "ppo": {
        **{"learningRate": RATE, "valueLearningRate": RATE, "iterations": NUMERAL, "rolloutsPerIteration": COUNT},
        **{"rolloutsPerPrompt": COUNT, "minibatches": COUNT, "epochs": count_up_to(16), "temperature": POSITIVE},
        **{"gamma": SHARE, "lambda": SHARE, "clipRange": Range(0, 1, is_above=True), "valueClipRange": POSITIVE},
        **{"klCoefficient": NOT_NEGATIVE, "targetKlPerCompletion": POSITIVE, "klHorizon": POSITIVE},
        **{"scoreClip": POSITIVE, "unfinishedScore": NUMBER},
    },
    "direct": {
        **{"learningRate": RATE, "beta": POSITIVE, "epochs": count_up_to(4), "batchSize": COUNT},
        **{"warmupSteps": NUMERAL, "finalShare": SHARE},
    },
    "guard": {"maxKlPerCompletion": POSITIVE, "maxRatioDrift": POSITIVE, "maxClipShare": SHARE},
}
#: Where none is named, all rows are learned from: home's limits are for what one machine has time for.
LIMITS = {"sft": {"maxDemonstrations": COUNT}, "reward": {"maxPrompts": COUNT}, "direct": {"maxPrompts": COUNT}}
#: What stands above them.
RUN = {
    **{"seed": NUMERAL, "max_prompt_tokens": COUNT, "max_new_tokens": COUNT, "workers": COUNT},
    **{"save_steps": COUNT, "max_failures": NUMERAL},
}
#: These mean nothing in a job; src/process/cluster/clusterHyperparameters.ts says the same where work is exported.
REFUSED = {
    "method": "it stands above, as method",
    "heldOutShare": "what is held out stayed at home when the work was exported",
    "maxHeldOutPrompts": "the gate that judges the adapter is at home",
    "timeBudgetMs": "a job makes all its steps, so that it is the same on every cluster; attune cluster stop ends one",
    "sft.maxWindows": "the files of the workspace do not travel",
    "sft.maxWindowTokens": "the files of the workspace do not travel",
    "sft.maxPackedTokens": "rows share no copy of a prompt here, so each line above would cost a reading of its own",
    "sft.aboveWeight": "rows share no copy of a prompt here, so each line above would cost a reading of its own",
}


def read_config(folder):
    """The config of the job in a folder, each name as Python writes it. Ends the job where something is missing,
    unknown or without meaning."""
    config = yaml.safe_load((pathlib.Path(folder) / "config.yaml").read_text(encoding="utf-8"))
    written = config.pop("hyperparameters", None)
    if not isinstance(written, dict):
        raise SystemExit("config.yaml names no hyperparameters: it is of an older export. Export again.")
    found = _named(written)
    _require_known(found)
    ranges = {**_with_section(NAMES), **_with_section(LIMITS)}
    sections = {name: {} for name in NAMES}
    for name, value in found.items():
        section, inner = name.split(".")
        sections[section][_snake_case(inner)] = read_number(name, value, ranges[name])
    run = {name: read_number(name, config.get(name), allowed) for name, allowed in RUN.items()}
    _require_choices(config)
    return {**config, **run, **sections}


def _with_section(sections):
    return {f"{section}.{name}": allowed for section, names in sections.items() for name, allowed in names.items()}


def _named(written):
    """The values by their names, each with its section."""
    named = {}
    for section, values in written.items():
        inner = values.items() if isinstance(values, dict) else []
        named.update({f"{section}.{name}": value for name, value in inner} or {section: values})
    return named


def _require_known(found):
    needed = _with_section(NAMES)
    known = {*needed, *_with_section(LIMITS)}
    complaints = [
        *(f"{name} means nothing in a job: {REFUSED[name]}" for name in found if name in REFUSED),
        *(f"there is no {name}" for name in found if name not in known and name not in REFUSED),
        *(f"{name} is missing" for name in needed if name not in found),
    ]
    if complaints:
        raise SystemExit(f"The hyperparameters in config.yaml cannot be used: {'; '.join(complaints)}.")


def read_number(name, value, allowed):
    """YAML 1.1 takes 1e-5 for text, for want of a point."""
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError):
        raise SystemExit(f"config.yaml cannot be used: {name} is no number.") from None
    if allowed.lacks(number):
        raise SystemExit(f"config.yaml cannot be used: {name} is {number:g}, and has to be {allowed}.")
    return int(number) if number.is_integer() else number


def _require_choices(config):
    if config.get("method") not in TRAINED:
        methods = ", ".join(TRAINED)
        raise SystemExit(f"config.yaml cannot be used: method is {config.get('method')}, and has to be one of {methods}.")
    if not isinstance(config.get("use_gpu"), bool):
        raise SystemExit("config.yaml cannot be used: use_gpu has to be true or false.")
    for name, path in {"storage": config.get("storage"), "base_model.path": config["base_model"].get("path")}.items():
        if not pathlib.Path(str(path)).is_absolute():
            # Each node would look for it in what Ray unpacks there.
            raise SystemExit(f"config.yaml cannot be used: {name} is {path}, and has to be a whole path.")


def _snake_case(name):
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)

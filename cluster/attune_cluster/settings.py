"""What a job is trained by: `config.yaml`, with the hyperparameters of a retraining at home by their own names.

A job does with each what home does (src/trainer/hyperparameters.ts says what that is, and why), or refuses it."""

import pathlib
import re

import yaml

#: All that a job needs to know, by section.
NAMES = {
    "lora": ["rank", "alpha"],
    "adam": ["beta1", "beta2", "epsilon", "weightDecay", "maxGradientNorm"],
    "sft": [
        *["learningRate", "epochs", "batchSize", "warmupSteps", "finalShare", "mixing"],
        *["rehearsedShare", "maxValidation", "validations"],
    ],
    "reward": [
        *["learningRate", "epochs", "batchSize", "warmupSteps", "finalShare", "centring"],
        *["heads", "doubt", "labelSmoothing", "rankingLabelSmoothing"],
    ],
    "ppo": [
        *["learningRate", "valueLearningRate", "iterations", "rolloutsPerIteration", "rolloutsPerPrompt"],
        *["minibatches", "epochs", "temperature", "gamma", "lambda", "clipRange", "valueClipRange", "klCoefficient"],
        *["targetKlPerCompletion", "klHorizon", "scoreClip", "unfinishedScore"],
    ],
    "direct": ["learningRate", "beta", "epochs", "batchSize", "warmupSteps", "finalShare"],
    "guard": ["maxKlPerCompletion", "maxRatioDrift", "maxClipShare"],
}
#: Where none is named, all rows are learned from: home's limits are for what one machine has time for.
LIMITS = {"sft": ["maxDemonstrations"], "reward": ["maxPrompts"], "direct": ["maxPrompts"]}
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
    config = yaml.safe_load((pathlib.Path(folder) / "config.yaml").read_text())
    written = config.pop("hyperparameters", None)
    if not isinstance(written, dict):
        raise SystemExit("config.yaml names no hyperparameters: it is of an older export. Export again.")
    found = _named(written)
    _require_known(found)
    sections = {name: {} for name in NAMES}
    for name, value in found.items():
        section, inner = name.split(".")
        sections[section][_snake_case(inner)] = _number(name, value)
    return {**config, **sections}


def _named(written):
    """The values by their names, each with its section."""
    named = {}
    for section, values in written.items():
        inner = values.items() if isinstance(values, dict) else []
        named.update({f"{section}.{name}": value for name, value in inner} or {section: values})
    return named


def _require_known(found):
    needed = [f"{section}.{name}" for section, names in NAMES.items() for name in names]
    known = {*needed, *(f"{section}.{name}" for section, names in LIMITS.items() for name in names)}
    complaints = [
        *(f"{name} means nothing in a job: {REFUSED[name]}" for name in found if name in REFUSED),
        *(f"there is no {name}" for name in found if name not in known and name not in REFUSED),
        *(f"{name} is missing" for name in needed if name not in found),
    ]
    if complaints:
        raise SystemExit(f"The hyperparameters in config.yaml cannot be used: {'; '.join(complaints)}.")


def _number(name, value):
    """YAML 1.1 takes 1e-5 for text, for want of a point."""
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError):
        raise SystemExit(f"The hyperparameters in config.yaml cannot be used: {name} is no number.") from None
    return int(number) if number.is_integer() else number


def _snake_case(name):
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)

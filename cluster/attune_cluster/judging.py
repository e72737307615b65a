"""What rollouts are rewarded by: the reward model, and where it is known what was written at the prompt, that as
well (src/trainer/stages/rolloutRewards.ts, acceptedPart.ts, utility.ts)."""

import regex
import torch

from attune_cluster.scoring import scalars_of
from attune_cluster.tokens import demonstration, units
from attune_cluster.writing import Rollout

REFUSED_CHAR_COST = 1 / 3
MIN_WORD_CHARS = 3
WORD_CHARACTER = regex.compile(r"[\p{L}\p{N}_$]")
#: Enough demonstrations for a mean reward that is certain to a tenth of its spread.
BIAS_DEMONSTRATIONS = 64


class Judge:
    """The reward model, with the mean of what it gives to demonstrations. It is the adapter `judge` of a model
    whose adapter `critic` learns."""

    def __init__(self, model, vocabulary, config, demonstrations):
        self.model = model
        self.vocabulary = vocabulary
        self.config = config
        #: Whether it passed its test (`reward_gate`). Until then what was written judges alone.
        self.is_trusted = False
        newest = demonstrations[-BIAS_DEMONSTRATIONS:]
        self.bias = sum(self.believed(self.scalars([self.sequence(row)])[0]) for row in newest) / max(len(newest), 1)

    def can_judge(self, written):
        return self.is_trusted or written is not None

    def rewards(self, row, texts, place, written):
        """Of texts that would be offered at a prompt; `written` is None where that is not known."""
        is_whole_line = place.behind.strip() == ""
        ended = [f"{text}\n" if text and is_whole_line else text for text in texts]
        known = [0 if written is None else score_against_written(text, written) for text in texts]
        if not self.is_trusted:
            return [self.bias + truth for truth in known]
        sequences = [self.sequence({**row, "completion": text}) for text in ended]
        return [self.believed(heads) + truth for heads, truth in zip(self.scalars(sequences), known)]

    def believed(self, heads):
        """The mean of the heads less `doubt` of their standard deviations: src/trainer/stages/rewards.ts."""
        return float(heads.mean() - self.config["reward"]["doubt"] * heads.std(correction=0))

    def scalars(self, sequences):
        """[heads] at the last token of each; they share their prompt."""
        self.model.set_adapter("judge")
        with torch.no_grad():
            scalars = scalars_of(self.model, sequences)
        self.model.set_adapter("critic")
        return [each[len(sequence.tokens)].double().cpu() for each, sequence in zip(scalars, sequences)]

    def sequence(self, row):
        prompt, completion, given = demonstration(row, self.vocabulary, self.config["max_prompt_tokens"])
        return Rollout(prompt, completion[: self.config["max_new_tokens"]], given, True, "")


def score_against_written(offered, written):
    """utility(kept, refused) / max(characters offered, characters written) - 1: all of it right 0, silence -1,
    all of it wrong -1 1/3. Lengths are in UTF-16 code units, as at home."""
    kept = units(offered[: accepted_chars(offered, written)])
    refused = units(offered) - kept
    return (kept - REFUSED_CHAR_COST * refused) / max(units(offered), units(written), 1) - 1


def accepted_chars(offered, written):
    """How much of a text someone takes who then writes another: all of it, its first whole lines, its first words."""
    if offered and written.startswith(offered):
        return len(offered)
    shared = next((i for i, (a, b) in enumerate(zip(offered, written)) if a != b), min(len(offered), len(written)))
    lines = offered[:shared].rfind("\n") + 1
    if lines > 0:
        return lines
    end = shared
    while end > 0 and (_is_inside_word(offered, end) or _is_inside_word(written, end)):
        end -= 1
    return 0 if units(offered[:end]) < MIN_WORD_CHARS else end


def _is_inside_word(text, at):
    return all(WORD_CHARACTER.match(char) for char in (text[at - 1 : at], text[at : at + 1]))

"""Completions as the policy writes them at a prompt, sampled as at home: held to what was typed, and ended
where serving would end them (src/engine/generation/continuation.ts, src/completion/completeAt.ts)."""

import codecs
import dataclasses

import torch

from attune_cluster.ends import find_end, offered_text
from attune_cluster.scoring import half_precision


@dataclasses.dataclass
class Rollout:
    """A completion that the policy has just written. Tokens from `free_from` on were its own choice."""

    prompt: list
    tokens: list
    free_from: int
    #: It ended by itself, and not because there was no room for more.
    is_finished: bool
    #: What of it would be offered; '' for silence.
    text: str
    #: What the judges say of that text.
    reward: float = 0.0

    @property
    def free_count(self):
        return len(self.tokens) - self.free_from


class Continuation:
    """One text while it is being written."""

    def __init__(self, vocabulary, typed, place):
        self.vocabulary = vocabulary
        self.place = place
        self.untyped = typed.encode()
        self.tokens = []
        self.free_from = 0
        self.written = b""
        self.is_finished = False

    def accept(self, token):
        self.tokens.append(token)
        if self.untyped:
            self.free_from = len(self.tokens)
        spelled = self.vocabulary.bytes_of(token)
        typed = min(len(spelled), len(self.untyped))
        self.written += spelled[typed:]
        self.untyped = self.untyped[typed:]
        self.is_finished = token in self.vocabulary.stops or (not self.untyped and self._is_at_end())

    def _is_at_end(self):
        whole_characters = codecs.getincrementaldecoder("utf-8")("replace").decode(self.written)
        return find_end(whole_characters, self.place, False) is not None


@torch.no_grad()
def write(model, vocabulary, prompt, typed, place, settings, generator):
    """`count` rollouts of one prompt as one batch: the prompt is read once."""
    rows = [Continuation(vocabulary, typed, place) for _ in range(settings["count"])]
    tokens, cache = torch.tensor([prompt] * len(rows), device=model.device), None
    for _ in range(settings["max_new_tokens"]):
        with half_precision(model.device):
            read = model(input_ids=tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache = read.past_key_values
        scaled = read.logits[:, -1].float().cpu() / settings["temperature"]
        for row, logits in zip(rows, scaled):
            if not row.is_finished:
                row.accept(_sample(logits, row, generator))
        if all(row.is_finished for row in rows):
            break
        tokens = torch.tensor([[row.tokens[-1]] for row in rows], device=model.device)
    return [_rollout(prompt, row, settings["max_new_tokens"]) for row in rows]


def _sample(logits, row, generator):
    if row.untyped:
        allowed = row.vocabulary.spelling(row.untyped)
        return allowed[_draw(logits[allowed], generator)]
    return _draw(logits, generator)


def _draw(logits, generator):
    return int(torch.multinomial(logits.double().softmax(-1), 1, generator=generator))


def _rollout(prompt, row, max_new_tokens):
    has_room = len(row.tokens) < max_new_tokens
    is_finished = has_room or row.tokens[-1] in row.vocabulary.stops
    offered = offered_text(row.written.decode(errors="replace"), row.place, not row.is_finished)
    return Rollout(prompt, row.tokens, row.free_from, is_finished, offered)

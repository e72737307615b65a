"""The same tokens as at home: src/completion/prompt/prompt.ts, healPrompt.ts and demonstration.ts say why each
step is as it is, and test/process/cluster/clusterTokens.cluster.test.ts compares both sides row by row. Lengths
of texts are in UTF-16 code units there, so they are here."""

import functools
import json
import math
import pathlib

import regex
from tokenizers import Tokenizer

SUFFIX_SHARE = 1 / 5
STEP_SHARE = 1 / 4
MAX_CHARS_PER_TOKEN = 8
PROBES = ["a", " a", "  a", "    a", "\n", "  ", "1", "(", ")", ".", "_", '"']
LAST_RUN = regex.compile(
    r"(?:[^\p{L}\p{N}\n]?[\p{L}\p{M}]{1,24}|\p{N}{1,24}|[^\S\n]{1,24}|[^\p{L}\p{N}\s]{1,24})\Z"
)
MIN_TAIL_CHARS = 40
MAX_TAIL_CHARS = 256
FIM_MARKS = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
)
ENDS_OF_TEXT = ("<|endoftext|>", "<|end_of_text|>")


class Vocabulary:
    """Text to tokens and back, byte for byte. Special tokens spelled out in a text are plain text, and
    nothing is normalised, as in src/engine/tokenizer/byteLevelTokenizer.ts."""

    def __init__(self, folder, eos_token):
        spec = json.loads((pathlib.Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))
        special = {t["content"]: t["id"] for t in spec["added_tokens"] if t["special"]}
        self.special = special
        self.end_of_text = next((special[name] for name in ENDS_OF_TEXT if name in special), special.get(eos_token))
        # A token that ends no text, where there is one: a scalar head is read on the last that is no padding.
        self.padding = min(special, key=lambda name: special[name] == self.end_of_text)
        # No text follows a special token, whatever it means.
        self.stops = {self.end_of_text, *special.values()}
        self.fim = next(([special[m] for m in marks] for marks in FIM_MARKS if all(m in special for m in marks)), None)
        plain = [t for t in spec["added_tokens"] if not t["special"]]
        self._encoder = Tokenizer.from_str(json.dumps({**spec, "added_tokens": plain, "normalizer": None}))
        alphabet = {char: byte for byte, char in _byte_alphabet().items()}
        self._bytes = {}
        for name, token in spec["model"]["vocab"].items():
            if token not in special.values() and all(char in alphabet for char in name):
                self._bytes[token] = bytes(alphabet[char] for char in name)
        self._bytes.update({t["id"]: t["content"].encode() for t in plain})

    def encode(self, text):
        return self._encoder.encode(text, add_special_tokens=False).ids

    def bytes_of(self, token):
        return self._bytes.get(token, b"")

    @functools.lru_cache(maxsize=256)
    def spelling(self, text):
        """The tokens that begin with these bytes, or that these bytes begin with."""
        fits = lambda spelled: spelled.startswith(text) or text.startswith(spelled)
        return [token for token, spelled in self._by_first_byte[text[0]] if fits(spelled)]

    @functools.cached_property
    def _by_first_byte(self):
        found = {}
        for token, spelled in sorted(self._bytes.items()):
            if spelled:
                found.setdefault(spelled[0], []).append((token, spelled))
        return found

    def decode(self, tokens):
        return b"".join(map(self.bytes_of, tokens)).decode(errors="replace")


def _byte_alphabet():
    """The printable character by which byte-level BPE spells each byte."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in kept]
    return {**{b: chr(b) for b in kept}, **{b: chr(0x100 + i) for i, b in enumerate(others)}}


def demonstration(row, vocabulary, max_prompt_tokens):
    """Prompt tokens, completion tokens, and how many of the latter only spell what was typed already. A
    completion that ends its line ends with the line end alone; any other, and silence, with the end of text."""
    prefix, completion = row["prompt"], row["completion"]
    prompt, typed = build_prompt(prefix, row.get("suffix") or "", vocabulary, max_prompt_tokens)
    spelling = _continue_tokens(prefix, typed, completion, vocabulary)
    given = _count_within(spelling, len(typed.encode()), vocabulary)
    ended = spelling if completion.endswith("\n") else [*spelling, vocabulary.end_of_text]
    return prompt, ended, given


def build_prompt(prefix, suffix, vocabulary, max_prompt_tokens):
    head = _prompt_head(suffix, vocabulary, max_prompt_tokens)
    room = max_prompt_tokens - len(head)
    start = _coarse_cut(units(prefix), room * MAX_CHARS_PER_TOKEN, room)
    tokens, typed = _heal(_slice(prefix, start), vocabulary)
    return [*head, *_cut_front(tokens, room, vocabulary)], typed


def _prompt_head(suffix, vocabulary, max_prompt_tokens):
    if vocabulary.fim is None:
        return [vocabulary.end_of_text]
    prefix_mark, suffix_mark, middle_mark = vocabulary.fim
    limit = math.floor(max_prompt_tokens * SUFFIX_SHARE)
    return [prefix_mark, suffix_mark, *_cut_back(suffix, limit, vocabulary), middle_mark]


def _cut_back(suffix, limit, vocabulary):
    tokens = vocabulary.encode(_slice(suffix, 0, limit * MAX_CHARS_PER_TOKEN))
    if len(tokens) <= limit:
        return tokens
    for end in range(limit, math.floor(limit / 2), -1):
        if _is_line_start(tokens, end, vocabulary):
            return tokens[:end]
    return tokens[:limit]


def _cut_front(tokens, limit, vocabulary):
    step = max(1, math.floor(limit * STEP_SHARE))
    cut = _coarse_cut(len(tokens), limit, step)
    if cut == 0:
        return tokens
    for start in range(cut, cut + step):
        if _is_line_start(tokens, start, vocabulary):
            return tokens[start:]
    return tokens[cut:]


def _is_line_start(tokens, index, vocabulary):
    if index >= len(tokens):
        return False
    here, before = vocabulary.bytes_of(tokens[index]), vocabulary.bytes_of(tokens[index - 1])
    return here[:1] == b"\n" or before[-1:] == b"\n"


def _heal(text, vocabulary):
    tokens = vocabulary.encode(text)
    loose = _loose_end(_tail_of(text), vocabulary)
    if len(loose) > len(tokens) or tokens[len(tokens) - len(loose) :] != loose:
        loose = _loose_end(text, vocabulary)
    return tokens[: len(tokens) - len(loose)], vocabulary.decode(loose)


def _tail_of(text):
    length = units(text)
    line_start = units(text[: _slice(text, 0, max(0, length - MIN_TAIL_CHARS)).rfind("\n") + 1])
    return _slice(text, line_start if length - line_start <= MAX_TAIL_CHARS else length - MAX_TAIL_CHARS)


def _loose_end(text, vocabulary):
    tokens = vocabulary.encode(text)
    fixed = min([len(tokens), *(_common(tokens, vocabulary.encode(text + probe)) for probe in PROBES)])
    run = LAST_RUN.search(text)
    run_bytes = len(text[: run.start()].encode()) if run else len(text.encode())
    return tokens[_last_boundary(text, tokens[:fixed], run_bytes, vocabulary) :]


def _last_boundary(text, tokens, run_bytes, vocabulary):
    content = text.encode()
    end = boundary = 0
    for index, token in enumerate(tokens):
        end += len(vocabulary.bytes_of(token))
        is_inside = end < len(content) and content[end] & 0xC0 == 0x80
        if end <= run_bytes and not is_inside:
            boundary = index + 1
    return boundary


def _common(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def _continue_tokens(prefix, typed, text, vocabulary):
    tail = _tail_of(prefix)
    kept_bytes = len(tail.encode()) - len(typed.encode())
    tokens = vocabulary.encode(tail + text)
    kept = _count_within(tokens, kept_bytes, vocabulary)
    is_boundary = sum(len(vocabulary.bytes_of(token)) for token in tokens[:kept]) == kept_bytes
    return tokens[kept:] if is_boundary else vocabulary.encode(typed + text)


def _count_within(tokens, limit, vocabulary):
    end = 0
    for index, token in enumerate(tokens):
        end += len(vocabulary.bytes_of(token))
        if end > limit:
            return index
    return len(tokens)


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _slice(text, start, end=None):
    """From one code unit to another; half a surrogate pair at an end is left out."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : None if end is None else 2 * end].decode("utf-16-le", "ignore")


def _coarse_cut(length, limit, step):
    return max(0, math.ceil((length - limit) / step) * step)

"""Where a text ends and what of it is offered, as at home: src/completion/{findEnd,statementEnd,repetition,
trim,restOfLine}.ts say why each rule is as it is, and test/process/cluster/clusterEnds.cluster.test.ts compares both
sides. Which shape a text has at a cursor (`line`, `statement`, `block`) needs grammars, so the export says it."""

import dataclasses
import functools

import regex

MAX_BLOCK_LINES = 10
MAX_UNIT_CHARS = 60
MIN_COPIES = 6
LETTER = regex.compile(r"\p{L}")
BLOCK_OPENING = regex.compile(
    r"(?:\{|^\s*(?:async\s+)?(?:case|class|def|default|elif|else|except|finally|for|if|match|try|while|with)\b.*:"
    r"|\b(?:begin|do|else|then))$"
)
BLOCK_CLOSING = regex.compile(r"\s*(?:[)\]}]|end\b|done\b|fi\b)")
CLOSING_REST = regex.compile(r"""(?:[\s)\]}>"'`]|\*/|/>)*(?:=>\s*)?[;:,{]?\s*$""")
SPELLED_MARK = regex.compile(r"<\|[A-Za-z0-9_]+\|>|<(?:fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name)>")
BROKEN_END = regex.compile("\ufffd+$")
LONG_QUOTES = ('"""', "'''", "`")
QUOTES = ('"', "'", "`")
CLOSING_OF = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}


@dataclasses.dataclass(frozen=True)
class Place:
    """A cursor, and the shape that a text there has."""

    prefix: str
    suffix: str
    mode: str

    @functools.cached_property
    def before(self):
        return self.prefix[self.prefix.rfind("\n") + 1 :]

    @functools.cached_property
    def behind(self):
        return self.suffix.split("\n", 1)[0]

    @functools.cached_property
    def next_line(self):
        """The first line below the cursor's that is not blank, trimmed."""
        return next((line for line in self.suffix.split("\n")[1:] if line.strip()), "").strip()

    @property
    def is_mid_word(self):
        """A completion would stand in the way there, and none is asked for."""
        return CLOSING_REST.match(self.behind) is None


def offered_text(written, place, is_cut_off):
    """What of a written text is offered; '' for silence."""
    text = _without_marks(written)
    end = find_end(text, place, not is_cut_off)
    kept = _last_whole_line(text, place, is_cut_off) if end is None else text[:end]
    if not kept.strip():
        return ""
    fitted = _fit_to_rest_of_line(kept.rstrip(), place.behind)
    is_next_line = (place.before + kept.rstrip()).strip() == place.next_line and LETTER.search(kept)
    return "" if is_next_line else fitted.rstrip()


def _without_marks(text):
    mark = SPELLED_MARK.search(text)
    return BROKEN_END.sub("", text) if mark is None else text[: mark.start()]


def _last_whole_line(text, place, is_cut_off):
    whole = text[: max(0, text.rfind("\n"))]
    return whole if place.mode != "line" and is_cut_off and whole.strip() else text


def find_end(text, place, is_whole):
    """The offset at which a text ends; None where it may go on."""
    end = _shaped_end(text, place, is_whole)
    return find_loop(text) if end is None else end


def _shaped_end(text, place, is_whole):
    if place.mode == "line":
        return _found(text.find("\n"))
    ends = [_block_end(text, place, is_whole), statement_end(text) if place.mode == "statement" else None]
    return min((end for end in ends if end is not None), default=None)


def _found(index):
    return None if index == -1 else index


def find_loop(text):
    for chars in range(1, MAX_UNIT_CHARS + 1):
        unit = text[-chars:]
        if text.endswith(unit * MIN_COPIES) and LETTER.search(unit):
            end = len(text)
            while text.endswith(unit, 0, end - len(unit)):
                end -= len(unit)
            return end
    return None


def statement_end(text):
    at, depth = len(text) - len(text.lstrip()), 0
    while at < len(text):
        char = text[at]
        long_quote = next((quote for quote in LONG_QUOTES if text.startswith(quote, at)), None)
        if char == "\n" and depth <= 0:
            return at
        if long_quote is not None:
            end = text.find(long_quote, at + len(long_quote))
            at = len(text) if end == -1 else end + len(long_quote)
        elif char in "\"'":
            at = _behind_short_string(text, at, char)
        else:
            depth += (char in "([{") - (char in ")]}")
            at += 1
    return None


def _behind_short_string(text, start, quote):
    at = start + 1
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\":
            at += 1
        elif text[at] == quote:
            return at + 1
        at += 1
    return start + 1


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of a block: all of it, where it starts and ends in the text, and whether its end is known."""

    line: str
    start: int
    end: int
    is_whole: bool


def _block_end(text, place, is_whole):
    lines = _lines_of(text, place.before, is_whole)
    body = lines[1:] if place.before.strip() else lines
    for index, line in enumerate(body):
        end = _end_at(body[:index], line, place)
        if end is not None:
            return end
    return None


def _lines_of(text, before, is_whole):
    lines, start = [], 0
    parts = text.split("\n")
    for index, part in enumerate(parts):
        line = before + part if index == 0 else part
        lines.append(Line(line, start, start + len(part), is_whole or index + 1 < len(parts)))
        start += len(part) + 1
    return lines


def _end_at(above, line, place):
    before = max(0, line.start - 1)
    opener = _indent(place.before) if place.before.strip() else None
    if len(above) >= MAX_BLOCK_LINES:
        return before
    if not line.line.strip():
        return before if line.is_whole and _ends_at_blank(above) else None
    if opener is not None and _indent(line.line) == opener and BLOCK_CLOSING.match(line.line):
        return _end_behind_closer(line, place)
    repeats = line.is_whole and line.line.strip() == place.next_line and LETTER.search(place.next_line)
    if _is_outside(above, line, opener, _indent(place.before)) or repeats:
        return before
    return _first_copy(above, line).end if _is_third_copy(above, line) else None


def _ends_at_blank(above):
    body = [line for line in above if line.line.strip()]
    if not body:
        return len(above) > 0
    return _indent(body[-1].line) <= _indent(body[0].line)


def _end_behind_closer(line, place):
    if place.next_line and place.next_line == line.line.strip():
        return max(0, line.start - 1)
    return line.end if line.is_whole and not BLOCK_OPENING.search(line.line) else None


def _is_outside(above, line, opener, cursor_indent):
    indent = _indent(line.line)
    first = next((other for other in above if other.line.strip()), None)
    if opener is not None:
        return indent <= opener
    return (first is not None and indent < _indent(first.line)) or indent < cursor_indent


def _is_third_copy(above, line):
    same = [other.line.strip() == line.line.strip() for other in above[-2:]]
    return line.is_whole and LETTER.search(line.line) is not None and len(same) == 2 and all(same)


def _first_copy(above, line):
    copies = [index for index, other in enumerate(above) if other.line.strip() != line.line.strip()]
    return above[copies[-1] + 1 if copies else 0]


def _indent(line):
    return len(line[: len(line) - len(line.lstrip())].replace("\t", "    "))


def _fit_to_rest_of_line(text, behind):
    fitted = _without_end(text, behind[: _stands_for(text, behind)])
    return text if fitted is None else fitted


def _without_end(text, end):
    left = text
    for char in reversed("".join(end.split())):
        left = left.rstrip()
        if not left.endswith(char):
            return None
        left = left[: -len(char)]
    return left


def _stands_for(text, behind):
    """How many characters behind the cursor the text stands for."""
    opened, used = [], 0
    for char in text[_end_of_string(text, behind) :]:
        following = used + len(behind[used:]) - len(behind[used:].lstrip())
        if not opened and behind[following : following + 1] == char:
            used = following + 1
        else:
            _follow(opened, char)
    return used


def _end_of_string(text, behind):
    quote = behind.lstrip()[:1]
    if quote not in QUOTES:
        return 0
    end = regex.sub(r"(?s)\\.", "  ", text).find(quote)
    return len(text) if end == -1 else end


def _follow(opened, char):
    if opened and char == CLOSING_OF.get(opened[-1]):
        opened.pop()
    elif not opened or opened[-1] not in QUOTES:
        if char in CLOSING_OF:
            opened.append(char)

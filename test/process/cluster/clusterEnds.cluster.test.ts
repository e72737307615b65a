import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shapeContext } from '../../../src/completion/syntax/completionMode.ts';
import { cursorLineOf, isMidWord } from '../../../src/completion/prompt/context.ts';
import { findEnd } from '../../../src/completion/trimming/findEnd.ts';
import { trimCompletion } from '../../../src/completion/trimming/trim.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { scoreAgainstWritten } from '../../../src/trainer/stages/rolloutRewards.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Where each text ends at its place, what of it is offered, and what that is worth beside the one written. */
const program = `
import json, pathlib, sys
from attune_cluster.ends import Place, find_end, offered_text
from attune_cluster.judging import score_against_written
found = []
for prefix, suffix, mode, text, written, is_cut_off in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    place = Place(prefix, suffix, mode)
    offered = offered_text(text, place, is_cut_off)
    end = find_end(text, place, False)
    found.append([end, offered, place.is_mid_word, score_against_written(offered, written)])
print(json.dumps(found))
`;

/** What code is made of, as far as a rule looks at it; no letters of two code units, in which offsets would differ. */
const pieces = [
  ...['a', 'foo', 'done', 'end', 'é', 'x1', 'return ', 'if ', 'def f', 'it’s', "it's", '-', '0, '],
  ...['\n', '\n', '\n\n', '\n    ', '\n        ', '\n\t', ' ', '  '],
  ...['(', ')', '[', ']', '{', '}', '();', ';', ',', ':', ' => {', '} else {', '"', "'", '`', '"""', '\\'],
  ...[
    '\n}',
    '\n}\n',
    '\n} else {\n',
    'a1();\n    b2();\n    c3();\n    d4();\n    ',
    'a();\n    foo();\n    foo();\n',
  ],
  ...[
    'foo();\n',
    'foo();\n',
    '    b();\n',
    'foo, foo, foo, foo, foo, foo, ',
    '<|endoftext|>',
    '<fim_suffix>',
  ],
];

/** Lines as they follow each other in code: what opens, closes, repeats, quotes. */
const lines = [
  ...['foo();', 'bar(a, b);', 'x = [', 'return a', 'if (a) {', 'for x in y:', 'if a; then', 'while a; do'],
  ...[
    'def f():',
    '',
    '  ',
    '}',
    ')',
    ']',
    '});',
    '} else {',
    '}, {',
    'end',
    'done',
    'fi',
    'else:',
    'elif b:',
  ],
  ...[
    'it isn’t',
    "// it's (",
    'say("a\\" ( b")',
    'f("(")',
    'a \\',
    '} do',
    'fi else',
    "'''",
    'The first (',
    '"""',
    '`',
    '0,',
    '----',
    'a: 1,',
  ],
];

/** Units of loops, short and long, some without a letter. */
const units = ['a', '0', '0, ', 'ab, ', 'foo();\n', 'foo(bar, baz, "a text of some more words", 1, 2, 3);  '];

/** What may stand behind the cursor on its line. */
const rests = [');', ')', '")', '"', "']", ' }', '})', '}) => {', ' ]', ') foo'];

const prefixes = [
  '',
  '    ',
  '\t',
  'a = ',
  '{\n    ',
  'if (a) {',
  '    if a:',
  '  foo(',
  'x = "',
  'while a; do',
  'f({',
];

const caseCount = 8000;

/** Texts at cursors, half of them out of pieces in any order and half out of whole lines. */
function randomCases() {
  const random = RandomStream.named(1, 'texts');
  const oneOf = <T>(items: readonly T[]): T => items[random.nextBelow(items.length)]!;
  const isOneIn = (count: number): boolean => random.nextBelow(count) === 0;
  const some = (most: number): string =>
    Array.from({ length: random.nextBelow(most + 1) }, () => oneOf(pieces)).join('');
  const indented = (line: string): string => oneOf(['', '', '    ', '    ', '        ', '\t']) + line;
  const wholeLines = (most: number): string[] => {
    const written: string[] = [];
    const count = random.nextBelow(most + 1);
    while (written.length < count)
      written.push(isOneIn(3) && written.length > 0 ? written.at(-1)! : indented(oneOf(lines)));
    return written;
  };
  const outOfPieces = () => {
    // Half of the cursors stand on an empty line, or behind what opens a block.
    const [before, behind] = isOneIn(2) ? ['', ''] : [isOneIn(3) ? ' {' : '\n    ', '\n'];
    return { prefix: some(3) + before, suffix: behind + some(2), text: some(10) };
  };
  const outOfLines = () => {
    const written = wholeLines(14);
    const loop = isOneIn(6) ? oneOf(units).repeat(5 + random.nextBelow(3)) : '';
    const text = written.join('\n') + loop;
    const rest = isOneIn(2) ? '' : oneOf(rests);
    // Below the cursor is often what the text has as well, and behind it what ends the text.
    const known = written.length > 0 && isOneIn(2) ? [indented(oneOf(written).trim())] : [];
    const suffix = [rest, ...known, ...wholeLines(2)].join('\n');
    const isRepeated = rest !== '' && isOneIn(2);
    return {
      ...{ prefix: oneOf(prefixes), suffix },
      text: isRepeated ? `${text.split('\n')[0]!}${oneOf(['', ' '])}${rest}` : text,
    };
  };
  return Array.from({ length: caseCount }, () => {
    const { prefix, suffix, text: whole } = isOneIn(2) ? outOfPieces() : outOfLines();
    const text = isOneIn(3) ? whole.slice(0, random.nextBelow(whole.length + 1)) : whole;
    const { mode, ...context } = shapeContext({ prefix, suffix });
    const modes = mode === 'line' ? [mode] : (['block', 'statement'] as const);
    const written = isOneIn(2) ? some(8) : text.slice(0, random.nextBelow(12)) + some(2);
    return { context: { ...context, mode: oneOf(modes) }, text, written, isCutOff: isOneIn(2) };
  });
}

/** Where a text ends, what of it is offered, whether anything is asked for there, and what it is worth. */
function atHome({ context, text, written, isCutOff }: ReturnType<typeof randomCases>[number]) {
  const trimmed = trimCompletion(text, context, isCutOff);
  const offered = trimmed.kind === 'text' ? trimmed.text : '';
  const end = findEnd(text, context, false) ?? null;
  return [end, offered, isMidWord(cursorLineOf(context)), scoreAgainstWritten(offered, written)] as const;
}

const cases = randomCases();
const home = cases.map(atHome);

/** The cases as a file, as Python reads them. */
function writeCases(): string {
  const rows = cases.map(({ context: { prefix, suffix, mode }, text, written, isCutOff }) => [
    ...[prefix, suffix, mode, text, written, isCutOff],
  ]);
  return writeJson('cases.json', rows);
}

function writeJson(name: string, value: unknown): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, JSON.stringify(value));
  return file;
}

it('a text ends there where it ends at home, offers the same, and is worth as much', () => {
  // Every way to end is among them.
  const shares = [home.filter(([end]) => end !== null), home.filter(([, offered]) => offered !== '')];
  for (const { length } of shares) expect(length / caseCount).toBeGreaterThan(0.3);
  for (const mode of ['line', 'statement', 'block'])
    expect(cases.filter(({ context }) => context.mode === mode).length).toBeGreaterThan(caseCount / 10);
  const there = clusterPython(program, [writeCases()]) as typeof home;
  const wrong = there.flatMap((found, i) =>
    JSON.stringify(found.slice(0, 3)) === JSON.stringify(home[i]!.slice(0, 3)) &&
    Math.abs(found[3] - home[i]![3]) < 1e-12
      ? []
      : [{ case: cases[i], home: home[i], there: found }],
  );
  expect(wrong.slice(0, 3)).toEqual([]);
});

/** Deliberate breaks of each rule in ends.py: what stands there, and what shall stand there instead. */
const breaks: readonly (readonly [rule: string, right: string, wrong: string])[] = [
  ['ten lines', 'MAX_BLOCK_LINES = 10', 'MAX_BLOCK_LINES = 11'],
  ['long units of loops', 'MAX_UNIT_CHARS = 60', 'MAX_UNIT_CHARS = 40'],
  ['six copies', 'MIN_COPIES = 6', 'MIN_COPIES = 7'],
  [
    'loops of letters',
    'text.endswith(unit * MIN_COPIES) and LETTER.search(unit)',
    'text.endswith(unit * MIN_COPIES) and unit',
  ],
  ['words that open', 'begin|do|else|then', 'begin|else|then'],
  ['words that close', 'end\\b|done', 'done'],
  ['spelled marks', 'fim_(?:prefix|suffix', 'fim_(?:prefix'],
  ['long strings', `LONG_QUOTES = ('"""', "'''", `, `LONG_QUOTES = ('"""', `],
  ['what is cut off', 'find_end(text, place, not is_cut_off)', 'find_end(text, place, True)'],
  ['the last whole line where there is one', 'is_cut_off and whole.strip() else', 'is_cut_off else'],
  [
    'the rest of the line',
    'fit_to_rest_of_line(kept.rstrip(), place.behind)',
    'fit_to_rest_of_line(kept.rstrip(), "")',
  ],
  ['the next line', 'return "" if is_next_line else', 'return "" if False else'],
  ['a next line of letters', 'place.next_line and LETTER.search(kept)', 'place.next_line'],
  ['the first of two ends', 'min((end for end', 'max((end for end'],
  ['blank lines before a statement', 'at, depth = len(text) - len(text.lstrip()), 0', 'at, depth = 0, 0'],
  ['brackets that close more', 'and depth <= 0', 'and depth == 0'],
  ['escaped quotes', String.raw`if text[at] == "\\":`, 'if False:'],
  ['apostrophes', String.raw`while at < len(text) and text[at] != "\n":`, 'while at < len(text):'],
  ['the line of the cursor', 'body = lines[1:] if place.before.strip() else lines', 'body = lines'],
  ['blank lines below a statement', '<= _indent(body[0].line)', '< _indent(body[0].line)'],
  ['blank lines in front', 'return len(above) > 0', 'return True'],
  ['what is closed already', 'if place.next_line and place.next_line == line.line.strip():', 'if False:'],
  ['closing lines that open again', 'line.is_whole and not BLOCK_OPENING.search(line.line)', 'line.is_whole'],
  ['closing lines that may go on', 'return line.end if line.is_whole and not', 'return line.end if not'],
  ['no deeper than the opener', 'return indent <= opener', 'return indent < opener'],
  ['less deep than the cursor', ' or indent < cursor_indent', ''],
  ['less deep than the first line', 'indent < _indent(first.line)', 'False'],
  ['half of the next line', 'repeats = line.is_whole and', 'repeats ='],
  ['brackets that repeat', 'place.next_line and LETTER.search(place.next_line)', 'place.next_line'],
  ['three equal lines', 'in above[-2:]]', 'in above[-1:] * 2]'],
  ['the first of three', 'copies[-1] + 1 if copies', 'copies[-1] + 2 if copies'],
  [
    'equal lines of letters',
    'line.is_whole and LETTER.search(line.line) is not None and',
    'line.is_whole and',
  ],
  ['tabs', String.raw`.replace("\t", "    ")`, ''],
  ['white space in the rest', 'left = left.rstrip()', 'left = left'],
  ['brackets of the text', 'if not opened and behind', 'if behind'],
  ['the end of a string', 'text[_end_of_string(text, behind) :]', 'text'],
  ['escapes at the end of a string', String.raw`regex.sub(r"(?s)\\.", "  ", text).find`, 'text.find'],
  ['brackets in strings', 'elif not opened or opened[-1] not in QUOTES:', 'else:'],
  ['arrows behind the cursor', String.raw`(?:=>\s*)?`, ''],
];

/** For each break the first case that shows it. */
const breaking = `
import json, pathlib, sys, types
from attune_cluster import ends
cases, home, breaks = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:])
source = pathlib.Path(ends.__file__).read_text()
def is_shown_by(module, case, expected):
    prefix, suffix, mode, text, _, is_cut_off = case
    place = module.Place(prefix, suffix, mode)
    try:
        found = [module.find_end(text, place, False), module.offered_text(text, place, is_cut_off), place.is_mid_word]
    except IndexError:
        return True
    return found != expected[:3]
def first_shown(module):
    return next((i for i, pair in enumerate(zip(cases, home)) if is_shown_by(module, *pair)), None)
def broken(right, wrong):
    assert source.count(right) == 1, right
    module = sys.modules["broken_ends"] = types.ModuleType("broken_ends")
    exec(source.replace(right, wrong), module.__dict__)
    return module
print(json.dumps([first_shown(broken(right, wrong)) for _, right, wrong in breaks]))
`;

it('would tell of a mistake in any rule', () => {
  const files = [writeCases(), writeJson('home.json', home), writeJson('breaks.json', breaks)];
  const shown = clusterPython(breaking, files) as (number | null)[];
  expect(breaks.flatMap(([rule], i) => (shown[i] === null ? [rule] : []))).toEqual([]);
});

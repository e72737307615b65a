import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shapeContext } from '../../src/completion/completionMode.ts';
import { cursorLineOf, isMidWord } from '../../src/completion/context.ts';
import { findEnd } from '../../src/completion/findEnd.ts';
import { trimCompletion } from '../../src/completion/trim.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { scoreAgainstWritten } from '../../src/trainer/rolloutRewards.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

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

const caseCount = 4000;

function randomCases() {
  const random = RandomStream.named(1, 'texts');
  const some = (most: number): string =>
    Array.from({ length: random.nextBelow(most + 1) }, () => pieces[random.nextBelow(pieces.length)]!).join(
      '',
    );
  return Array.from({ length: caseCount }, () => {
    // Half of the cursors stand on an empty line, or behind what opens a block.
    const [before, behind] =
      random.nextBelow(2) === 0 ? ['', ''] : [random.nextBelow(3) === 0 ? ' {' : '\n    ', '\n'];
    const { mode, ...context } = shapeContext({ prefix: some(3) + before, suffix: behind + some(2) });
    const modes = mode === 'line' ? [mode] : (['block', 'statement'] as const);
    const text = some(10);
    const written = random.nextBelow(2) === 0 ? some(8) : text.slice(0, random.nextBelow(12)) + some(2);
    const isCutOff = random.nextBelow(2) === 0;
    return { context: { ...context, mode: modes[random.nextBelow(modes.length)]! }, text, written, isCutOff };
  });
}

it('a text ends there where it ends at home, offers the same, and is worth as much', () => {
  const cases = randomCases();
  const home = cases.map(({ context, text, written, isCutOff }) => {
    const trimmed = trimCompletion(text, context, isCutOff);
    const offered = trimmed.kind === 'text' ? trimmed.text : '';
    const end = findEnd(text, context, false) ?? null;
    return [end, offered, isMidWord(cursorLineOf(context)), scoreAgainstWritten(offered, written)];
  });
  // Every way to end is among them.
  const shares = [home.filter(([end]) => end !== null), home.filter(([, offered]) => offered !== '')];
  for (const { length } of shares) expect(length / caseCount).toBeGreaterThan(0.3);
  for (const mode of ['line', 'statement', 'block'])
    expect(cases.filter(({ context }) => context.mode === mode).length).toBeGreaterThan(caseCount / 10);
  const file = join(temporaryFolder(), 'cases.json');
  const rows = cases.map(({ context: { prefix, suffix, mode }, text, written, isCutOff }) =>
    JSON.stringify([prefix, suffix, mode, text, written, isCutOff]),
  );
  writeFileSync(file, `[${rows.join(',')}]`);
  const there = clusterPython(program, [file]) as typeof home;
  const wrong = there.flatMap((found, i) =>
    JSON.stringify(found.slice(0, 3)) === JSON.stringify(home[i]!.slice(0, 3)) &&
    Math.abs(Number(found[3]) - Number(home[i]![3])) < 1e-12
      ? []
      : [{ case: cases[i], home: home[i], there: found }],
  );
  expect(wrong.slice(0, 3)).toEqual([]);
});

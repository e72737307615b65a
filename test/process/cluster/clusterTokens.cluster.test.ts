import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { writeClusterJob } from '../../../src/process/cluster/clusterJob.ts';
import { textSequence } from '../../../src/trainer/data/exampleTokens.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { askedAt, demonstration, ranking, recordsOf } from '../../trainer/feedbackRecords.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Prints what the trainers would get for each row of a job's files, and what would be learnt of each compared text. */
const program = `
import json, sys
from attune_cluster import data, groups
from attune_cluster.tokens import Vocabulary
import pathlib
folder, job, prompt, new = sys.argv[1:]
read = lambda name: data.read_rows(pathlib.Path(job) / name)
limits = (Vocabulary(folder, None), int(prompt), int(new))
written = data.demonstrations(read("sft.jsonl"), *limits)
believed = {"label_smoothing": 0, "ranking_label_smoothing": 0}
compared = groups.preference_groups(read("preference.jsonl"), limits[0], limits[1:], believed)
# As the exports of two people, one behind the other, of which the newest prompts count.
backwards = list(read("preference.jsonl"))[::-1]
assert groups.preference_groups(backwards, limits[0], limits[1:], believed, 2) == compared[-2:]
batch = groups.Collator(0)(compared)
print(json.dumps({
    "written": [[row["input_ids"], row["completion_mask"]] for row in written],
    "compared": [
        [ids[:length], mask[:length]] for ids, mask, length in zip(
            batch["input_ids"].tolist(), batch["completion_mask"].tolist(), batch["attention_mask"].sum(1).tolist()
        )
    ],
}))
`;

/** Where texts end and prompts are cut differently: a word half typed, a block, brackets behind the cursor, letters of two code units. */
const places: readonly (readonly [cursorText: string, text: string])[] = [
  ['const total = retu█\n', 'rnValue(a, b);'],
  ['def area(r):\n    █\n\nprint(area(2))\n', 'return 3.14 * r * r'],
  ['if (a) {\n  █\n}\n', 'first();\n  second();'],
  ['call(█)', 'one, two'],
  ['const s = "🌍🌍 █";\n', 'über 🌍 und naïve'],
  ['x = [1, 2, █\n', '30, 4000]'],
  ['// a comment with words that go o█\n', 'n for a while'],
  ['', 'import os'],
  ['  return {█};', 'a: 1'],
  [
    `${Array.from({ length: 60 }, (_, i) => `let value${i} = ${i * 7}; // ligne ${i} é🌍`).join('\n')}\nlet last = █\n`,
    'value59 + 1;',
  ],
  [`${'very_long_name_'.repeat(60)}█\n`, '.call()'],
  [`f(█\n${Array.from({ length: 40 }, (_, i) => `  after${i}(); // 🌍`).join('\n')}\n`, 'a, b)'],
  ['say("<|endoftext|> █', 'is no mark here")'],
];

it.each(['tiny-qwen2', 'tiny-llama'])(
  'demonstrations and compared texts are the same tokens there as at home, with the tokenizer of %s',
  async (name) => {
    const folder = join(root, 'test', 'golden', name);
    const { tokenizer } = await openModelFolder(folder);
    const limits = { maxPromptTokens: 96, maxNewTokens: 24 };
    const hyperparameters = { ...defaultHyperparameters, heldOutShare: 0 };
    const work = recordsOf({
      demonstrations: places.map(([at, text], i) => demonstration(askedAt(at, i, `file:///${i}.ts`), text)),
      rankings: places.map(([at, text], i) =>
        ranking(askedAt(at, i, `file:///${i}.ts`), [
          [text, 1],
          ['turn;', 2],
        ]),
      ),
    });
    const job = join(temporaryFolder(), 'job');
    await writeClusterJob(job, work, {
      base: { name, sha256: 'a'.repeat(64), path: folder },
      ...{
        method: 'sft',
        hyperparameters,
        seed: 1,
        storage: '/shared',
        workers: 1,
        usesGpu: false,
        ...limits,
      },
    });
    type Learnt = [ids: number[], mask: number[]];
    const there = clusterPython(program, [folder, job, '96', '24']) as {
      written: Learnt[];
      compared: Learnt[];
    };
    const learnt = ({ prompt: prefix, suffix }: Row, text: string): Learnt => {
      const sequence = textSequence({ prefix, suffix }, text, { tokenizer, ...limits });
      const ids = [...sequence.promptTokens, ...sequence.completionTokens];
      const masked = sequence.promptTokens.length + sequence.freeFrom;
      return [ids, ids.map((_, i) => (i < masked ? 0 : 1))];
    };
    const rows = rowsIn(job, 'sft.jsonl');
    expect(rows.length).toBe(places.length);
    expect(new Set(rows.map(({ completion }) => completion.endsWith('\n')))).toEqual(new Set([true, false]));
    expect(there.written).toEqual(rows.map((row) => learnt(row, row.completion)));

    const pairs = rowsIn(job, 'preference.jsonl');
    expect(pairs.length).toBe(places.length);
    expect(there.compared).toEqual(
      pairs.flatMap((row) => [learnt(row, row.chosen), learnt(row, row.rejected)]),
    );
  },
);

type Row = Readonly<Record<'prompt' | 'suffix' | 'completion' | 'chosen' | 'rejected', string>>;

function rowsIn(job: string, name: string): Row[] {
  const lines = readFileSync(join(job, name), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

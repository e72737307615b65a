import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { writeClusterJob } from '../../src/process/clusterJob.ts';
import { textSequence } from '../../src/trainer/exampleTokens.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { askedAt, demonstration, recordsOf } from '../trainer/feedbackRecords.ts';

const root = join(import.meta.dirname, '..', '..');

/** Prints what SFTTrainer would get for each row of a file. */
const program = `
import json, sys
from attune_cluster.data import demonstrations, read_rows
from attune_cluster.tokens import Vocabulary
import pathlib
folder, rows, prompt, new = sys.argv[1:]
made = demonstrations(read_rows(pathlib.Path(rows)), Vocabulary(folder, None), int(prompt), int(new))
print(json.dumps([[row["input_ids"], row["completion_mask"]] for row in made]))
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
  'a demonstration is the same tokens there as at home, with the tokenizer of %s',
  async (name) => {
    const folder = join(root, 'test', 'golden', name);
    const { tokenizer } = await openModelFolder(folder);
    const limits = { maxPromptTokens: 96, maxNewTokens: 24 };
    const hyperparameters = { ...defaultHyperparameters, heldOutShare: 0 };
    const work = recordsOf({
      demonstrations: places.map(([at, text], i) => demonstration(askedAt(at, i, `file:///${i}.ts`), text)),
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
    const args = ['-c', program, folder, join(job, 'sft.jsonl'), '96', '24'];
    const printed = execFileSync(process.env['ATTUNE_CLUSTER_PYTHON']!, args, {
      cwd: join(root, 'cluster'),
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    const there = JSON.parse(printed.trim().split('\n').at(-1)!) as [number[], number[]][];
    const rows = readFileSync(join(job, 'sft.jsonl'), 'utf8').trim().split('\n').map(readRow);
    expect(rows.length).toBe(places.length);
    expect(new Set(rows.map(({ completion }) => completion.endsWith('\n')))).toEqual(new Set([true, false]));
    const home = rows.map(({ prompt: prefix, suffix, completion: text }) =>
      textSequence({ prefix, suffix }, text, { tokenizer, ...limits }),
    );
    expect(there).toEqual(
      home.map(({ promptTokens, completionTokens, freeFrom }) => {
        const masked = promptTokens.length + freeFrom;
        const ids = [...promptTokens, ...completionTokens];
        return [ids, ids.map((_, i) => (i < masked ? 0 : 1))];
      }),
    );
  },
);

function readRow(line: string) {
  return JSON.parse(line) as {
    readonly prompt: string;
    readonly suffix: string;
    readonly completion: string;
  };
}

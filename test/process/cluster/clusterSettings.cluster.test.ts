import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hyperparametersThere, localOnly } from '../../../src/process/cluster/clusterHyperparameters.ts';
import { writeClusterJob } from '../../../src/process/cluster/clusterJob.ts';
import { inEnglish } from '../../../src/sentences/sentence.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { recordsOf } from '../../trainer/feedbackRecords.ts';

/** For each text of a config: what a job reads of it, or why it ends. */
const program = `
import json, pathlib, sys, tempfile
from attune_cluster.settings import LIMITS, NAMES, REFUSED, read_config, read_number
read = []
ranges = {f"{section}.{name}": allowed for table in (NAMES, LIMITS) for section, names in table.items() for name, allowed in names.items()}

def is_taken(name, value):
    try:
        read_number(name, value, ranges[name])
        return True
    except SystemExit as refusal:
        assert name in str(refusal)
        return False

taken = {name: [is_taken(name, value) for value in json.loads(sys.argv[2])] for name in ranges}
for text in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    folder = pathlib.Path(tempfile.mkdtemp(dir=pathlib.Path(sys.argv[1]).parent))
    (folder / "config.yaml").write_text(text)
    try:
        read.append(read_config(folder))
    except SystemExit as refusal:
        read.append(str(refusal))
print(json.dumps({"read": read, "refused": REFUSED, "taken": taken}))
`;

type Config = Record<string, Record<string, number>>;

const hyperparameters = hyperparametersSchema.parse({
  ...{ adam: { epsilon: 1e-7 }, sft: { maxDemonstrations: 40 }, reward: { labelSmoothing: 0.25 } },
});

/** Lines that somebody wrote into the config of a job, each in place of another, with what the job says. */
const edits: readonly (readonly [name: string, before: RegExp, after: string, says: RegExp])[] = [
  [
    'of a time budget',
    /^hyperparameters:\n/m,
    '$&  timeBudgetMs: 9\n',
    /timeBudgetMs means nothing .*cluster stop ends/,
  ],
  [
    'of windows',
    /^ {2}sft:\n/m,
    '$&    maxWindows: 9\n',
    /sft\.maxWindows means nothing in a job: the files/,
  ],
  ['that there is none of', /^ {2}sft:\n/m, '$&    rate: 9\n', /there is no sft\.rate/],
  ['of no section', /^hyperparameters:\n/m, '$&  grpo: 9\n', /there is no grpo/],
  ['that is missing', /^ {4}mixing: .*\n/m, '', /sft\.mixing is missing/],
  ['that is no number', /^ {4}mixing: .*/m, '    mixing: half', /sft\.mixing is no number/],
  ['of an older export', /^hyperparameters:\n[^]*/m, '', /older export/],
  [
    'beyond what it may be',
    /^ {4}mixing: .*/m,
    '    mixing: 1.5',
    /sft\.mixing is 1\.5, and has to be a number of at least 0 up to 1\.$/,
  ],
  [
    'that is not finite',
    /^ {4}unfinishedScore: .*/m,
    '    unfinishedScore: .inf',
    /ppo\.unfinishedScore is inf, and has to be a number\.$/,
  ],
];

/** The same of what stands above the hyperparameters. */
const editsAbove: typeof edits = [
  ['workers', /^workers: .*/m, 'workers: 0', /workers is 0, and has to be a whole number of at least 1\.$/],
  ['a seed', /^seed: .*/m, 'seed: many', /seed is no number/],
  ['a number missing', /^save_steps: .*\n/m, '', /save_steps is no number/],
  ['a method', /^method: .*/m, 'method: grpo', /method is grpo, and has to be one of sft, ppo, dpo, kto/],
  ['a card', /^use_gpu: .*/m, 'use_gpu: 2', /use_gpu has to be true or false/],
  ['a storage', /^storage: .*/m, 'storage: ~/shared', /storage is ~\/shared, and has to be a whole path/],
  ['a model', /^ {2}path: .*/m, '  path: tiny', /base_model\.path is tiny, and has to be a whole path/],
];

/** Numbers around all bounds that a hyperparameter has. */
const numbers = [
  -1, -0.001, 0, 1e-9, 0.005, 0.01, 0.011, 0.3, 0.5, 0.51, 1, 1.5, 4, 5, 16, 17, 256, 257, 1e6,
];

function namesIn(sections: Readonly<Record<string, object>>): string[] {
  return Object.entries(sections).flatMap(([section, values]) =>
    Object.keys(values).map((name) => `${section}.${name}`),
  );
}

/** The config that an export writes. */
async function exportedConfig(): Promise<string> {
  const job = join(temporaryFolder(), 'job');
  await writeClusterJob(job, recordsOf({}), {
    base: { name: 'tiny', sha256: 'a'.repeat(64), path: '/models/tiny' },
    ...{ method: 'kto', hyperparameters, seed: 1, maxPromptTokens: 64, maxNewTokens: 8 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  return readFileSync(join(job, 'config.yaml'), 'utf8');
}

function readByJob(...configs: readonly string[]) {
  const texts = join(temporaryFolder(), 'texts.json');
  writeFileSync(texts, JSON.stringify(configs));
  return clusterPython(program, [texts, JSON.stringify(numbers)]) as {
    readonly taken: Readonly<Record<string, readonly boolean[]>>;
    readonly read: (Config | string)[];
    readonly refused: Readonly<Record<string, string>>;
  };
}

describe('the config of a job', () => {
  it('says each hyperparameter of a run at home by its own name', async () => {
    const [read] = readByJob(await exportedConfig()).read as [Config];
    const snakeCased = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    for (const [section, values] of Object.entries(hyperparametersThere(hyperparameters))) {
      const named = Object.entries(values).map(([name, value]) => [snakeCased(name), value] as const);
      expect(read[section]).toEqual(Object.fromEntries(named));
    }
    expect(read['sft']!['max_demonstrations']).toBe(40);
    expect(read['method']).toBe('kto');
  });

  it('may be written by hand, with numbers that YAML 1.1 takes for text', async () => {
    const config = (await exportedConfig()).replace(/^ {4}mixing: .*/m, '    mixing: 1e-3');
    const [read] = readByJob(config).read as [Config];
    expect(read['sft']!['mixing']).toBe(0.001);
  });

  it.each(edits)('is refused with a hyperparameter %s', async (_, before, after, says) => {
    const config = await exportedConfig();
    expect(config).toMatch(before);
    expect(readByJob(config.replace(before, after)).read[0]).toMatch(says);
  });

  it.each(editsAbove)('is refused with %s without meaning', async (_, before, after, says) => {
    const config = await exportedConfig();
    expect(config).toMatch(before);
    expect(readByJob(config.replace(before, after)).read[0]).toMatch(says);
  });

  it('takes of each hyperparameter the numbers that a run at home takes', () => {
    const { taken } = readByJob();
    const limits = { sft: { maxDemonstrations: 1 }, reward: { maxPrompts: 1 }, direct: { maxPrompts: 1 } };
    const named = namesIn(hyperparametersThere(hyperparametersSchema.parse(limits)));
    expect(Object.keys(taken).sort()).toEqual(named.sort());
    for (const [name, are] of Object.entries(taken)) {
      const [section, inner] = name.split('.') as [string, string];
      const atHome = numbers.map(
        (number) => hyperparametersSchema.safeParse({ [section]: { [inner]: number } }).success,
      );
      expect(are, name).toEqual(atHome);
    }
  });

  it('refuses all that an export refuses', () => {
    const { refused } = readByJob();
    for (const [name, why] of Object.entries(localOnly))
      expect(refused[name]?.replace(' here', ' there'), name).toContain(inEnglish(why));
  });
});

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
from attune_cluster.settings import REFUSED, read_config
read = []
for text in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    folder = pathlib.Path(tempfile.mkdtemp(dir=pathlib.Path(sys.argv[1]).parent))
    (folder / "config.yaml").write_text(text)
    try:
        read.append(read_config(folder))
    except SystemExit as refusal:
        read.append(str(refusal))
print(json.dumps({"read": read, "refused": REFUSED}))
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
];

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
  return clusterPython(program, [texts]) as {
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

  it('refuses all that an export refuses', () => {
    const { refused } = readByJob();
    for (const [name, why] of Object.entries(localOnly))
      expect(refused[name]?.replace(' here', ' there'), name).toContain(inEnglish(why));
  });
});

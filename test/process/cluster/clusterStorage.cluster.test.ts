import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hyperparametersThere } from '../../../src/process/cluster/clusterHyperparameters.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The entry of a job with everything but the training: in which folder it would train, and what rows lie there. */
const program = `
import json, os, sys
from attune_cluster import train
storages = []
class Trainer:
    def __init__(self, work, train_loop_config, **rest):
        storages.append(train_loop_config["storage"])
    def fit(self):
        pass
train.TorchTrainer, train.ray.init = Trainer, lambda: None
train.finished, train.send, train.tell = (lambda *rest, **named: None,) * 3
for job in sys.argv[1:]:
    os.chdir(job)
    train.main()
print(json.dumps(storages))
`;

function storagesOf(...jobs: string[]): string[] {
  return clusterPython(program, jobs) as string[];
}

function writeJob(storage: string, { rate = 0.01, rows = '{"prompt":"a"}\n' } = {}): string {
  const folder = temporaryFolder();
  const config = { job: 'one', storage, workers: 1, use_gpu: false, max_failures: 5, method: 'sft' };
  const hyperparameters = hyperparametersThere(hyperparametersSchema.parse({ sft: { learningRate: rate } }));
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify({ ...config, hyperparameters }));
  writeFileSync(join(folder, 'sft.jsonl'), rows);
  return folder;
}

it('a job that is sent again goes on in its folder, and one of other rows or numbers begins in another', () => {
  const storage = join(temporaryFolder(), 'storage');
  const [longer, withMore, moved] = [writeJob(storage), writeJob(storage), writeJob(storage, { rows: 'a' })];
  appendFileSync(join(longer, 'sft.jsonl'), '{"prompt":"b"}\n');
  writeFileSync(join(withMore, 'preference.jsonl'), 'c');
  writeFileSync(join(moved, 'preference.jsonl'), 'bc');
  const beforeMove = writeJob(storage, { rows: 'ab' });
  writeFileSync(join(beforeMove, 'preference.jsonl'), 'c');
  const faster = writeJob(storage, { rate: 0.002 });

  const [first, again, ...others] = storagesOf(
    ...[writeJob(storage), writeJob(storage)],
    ...[longer, withMore, moved, beforeMove, faster],
  );
  expect(again).toBe(first);
  expect(new Set([first, ...others]).size).toBe(6);
  expect(readFileSync(join(first!, 'sft.jsonl'), 'utf8')).toBe('{"prompt":"a"}\n');
  // Nothing of one lies in the folder of another.
  expect(existsSync(join(first!, 'preference.jsonl'))).toBe(false);
});

/** Clears the folders that are named, and says of each whether it was refused. */
const clearing = `
import json, os, pathlib, sys, tempfile
from attune_cluster import clear
refused = []
for folder in sys.argv[1:]:
    os.chdir(tempfile.mkdtemp())
    pathlib.Path("clear.json").write_text(json.dumps({"folder": folder}))
    try:
        clear.main()
        refused.append(None)
    except SystemExit as refusal:
        refused.append(str(refusal))
print(json.dumps(refused))
`;

it('the folder of a job is cleared with all in it, and nothing that is none', () => {
  const storage = join(temporaryFolder(), 'storage');
  const [folder, other] = storagesOf(writeJob(storage), writeJob(storage, { rows: 'a' })) as [string, string];
  const foreign = temporaryFolder();
  writeFileSync(join(foreign, 'mine'), '');
  const refused = clusterPython(clearing, [folder, foreign, storage, folder]);
  expect(refused).toEqual([
    null,
    `${foreign} is no folder of a job, so it was left alone.`,
    `${storage} is no folder of a job, so it was left alone.`,
    null,
  ]);
  expect([folder, other, foreign].map((path) => existsSync(path))).toEqual([false, true, true]);
  expect(existsSync(join(foreign, 'mine'))).toBe(true);
});

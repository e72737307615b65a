import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hyperparametersThere } from '../../../src/process/cluster/clusterHyperparameters.ts';
import { writeLoggedFiles } from '../../../src/process/cluster/clusterLog.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The entry of a job with everything but the training: in which folder it would train, or why it would not. */
const program = `
import json, pathlib, sys
from attune_cluster import train
storages = []
class Trainer:
    def __init__(self, work, train_loop_config, **rest):
        storages.append(train_loop_config["storage"])
    def fit(self):
        pass
train.TorchTrainer, train.ray.init, train.hold_storage = Trainer, lambda: None, lambda storage: None
train.finished, train.send, train.tell = (lambda *rest, **named: None,) * 3
for job in sys.argv[1:]:
    train.SENT = pathlib.Path(job)
    try:
        train.main()
    except SystemExit as refusal:
        storages.append(str(refusal))
print(json.dumps(storages))
`;

function storagesOf(...jobs: string[]): string[] {
  return clusterPython(program, jobs) as string[];
}

function writeJob(
  storage: string,
  { rate = 0.01, rows = '{"prompt":"a"}\n', base = { path: '/models/tiny' } } = {},
): string {
  const folder = temporaryFolder();
  const config = {
    ...{ job: 'one', storage, workers: 1, use_gpu: false, max_failures: 5, method: 'sft', seed: 1 },
    ...{ max_prompt_tokens: 64, max_new_tokens: 8, save_steps: 25, base_model: base },
  };
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
from attune_cluster import clear, storage
clear.ray.init, clear.ray.kill, storage.hold_storage = lambda: None, lambda held: None, lambda folder: None
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

it('a job for another base model than lies there ends before it begins, and names both', () => {
  const storage = join(temporaryFolder(), 'storage');
  const path = join(import.meta.dirname, '..', '..', 'golden', 'tiny-qwen2');
  const base = { path, name: 'larger', sha256: 'a'.repeat(64) };
  const [says] = storagesOf(writeJob(storage, { base }));
  expect(says).toMatch(
    /^The job is for larger \(weights a{12}\), and .*tiny-qwen2 has the weights [0-9a-f]{12}\. Copy/,
  );
  expect(existsSync(storage)).toBe(false);
});

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

/** A node of Ray by itself, on which a job trains, is sent again, is cleared too early, and is cleared behind its end. */
const held = `
import json, os, pathlib, sys
# Ray would leave a token in the home of whoever runs this, and ask every cluster here for it from then on.
os.environ.update(RAY_AUTH_MODE="disabled", RAY_USAGE_STATS_ENABLED="0")
import ray
from attune_cluster.storage import clear_storage, hold_storage, open_storage
storage = pathlib.Path(sys.argv[1])
ray.init(num_cpus=1, include_dashboard=False, _temp_dir=sys.argv[2], object_store_memory=100_000_000)
open_storage(storage)
first = hold_storage(storage)
other = hold_storage(storage.with_name("other"))
said = []
for ask in (hold_storage, clear_storage):
    try:
        ask(storage)
    except SystemExit as refusal:
        said.append(str(refusal))
is_left = storage.exists()
ray.kill(first)
clear_storage(storage)
print(json.dumps({"said": said, "isLeft": is_left, "isCleared": not storage.exists()}))
`;

it('two jobs never train in one folder, and none is cleared while a job trains in it', () => {
  const storage = join(temporaryFolder(), 'storage');
  // Sockets of Ray lie below it, and their paths may not be long.
  const ray = mkdtempSync('/tmp/ray-');
  onTestFinished(() => rmSync(ray, { recursive: true, force: true }));
  const says = `The same job still trains in ${storage}. Wait for it, or end it first.`;
  expect(clusterPython(held, [storage, ray])).toEqual({ said: [says, says], isLeft: true, isCleared: true });
});

/** Where Ray unpacks what was sent, and a folder of somebody's own: which rows are left in each. */
const unpacked = `
import json, os, pathlib, sys
from attune_cluster.storage import forget_unpacked
left = []
for folder in map(pathlib.Path, sys.argv[1:]):
    folder.mkdir(parents=True)
    for name in ("sft.jsonl", "config.yaml"):
        (folder / name).touch()
    forget_unpacked(folder)
    forget_unpacked(folder)
    left.append(sorted(os.listdir(folder)))
print(json.dumps(left))
`;

it('rows are removed from where Ray unpacked them, and from nowhere else', () => {
  const folder = temporaryFolder();
  const left = clusterPython(unpacked, [join(folder, 'working_dir_files', 'pkg'), join(folder, 'own')]);
  expect(left).toEqual([['config.yaml'], ['config.yaml', 'sft.jsonl']]);
});

/** Rows as a stage reads them, and the files of the library's home behind that. */
const reading = `
import json, os, pathlib, sys
home, path = sys.argv[1:]
os.environ["HF_HOME"] = home
from attune_cluster.data import read_rows
rows = read_rows(pathlib.Path(path))
print(json.dumps({"rows": rows, "copies": [str(p) for p in pathlib.Path(home).rglob("*.arrow")]}))
`;

it('rows are read as they are, from folders of any name, and no copy of them stays on the node', () => {
  const folder = join(temporaryFolder(), 'a [shared] föld*r');
  mkdirSync(folder);
  const rows = ['2026-01-01', '2026-01-02'].map((completion) => ({ prompt: 'const day = ', completion }));
  writeFileSync(join(folder, 'sft.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const read = clusterPython(reading, [temporaryFolder(), join(folder, 'sft.jsonl')]);
  expect(read).toEqual({ rows, copies: [] });
});

/** Sends a file while another thread says something, as Ray's does that prints what workers said. */
const sending = `
import os, pathlib, sys, threading
from attune_cluster import train
folder, is_sent = pathlib.Path(sys.argv[1]), threading.Event()
(folder / "adapter").write_bytes(os.urandom(4_000_000))

def talk():
    while not is_sent.wait(0.0005):
        print("(RayTrainWorker pid=1) something", flush=True)

thread = threading.Thread(target=talk)
thread.start()
train.send(folder)
is_sent.set()
thread.join()
`;

it('what other threads print comes between the lines of an adapter, never into one', async () => {
  const [folder, out] = [temporaryFolder(), join(temporaryFolder(), 'out')];
  const log = execFileSync(process.env['ATTUNE_CLUSTER_PYTHON']!, ['-c', sending, folder], {
    ...{ cwd: join(import.meta.dirname, '..', '..', '..', 'cluster'), encoding: 'utf8', stdio: 'pipe' },
    maxBuffer: 2 ** 26,
  });
  expect(log).toContain('something');
  await writeLoggedFiles(log, out);
  expect(readFileSync(join(out, 'adapter')).equals(readFileSync(join(folder, 'adapter')))).toBe(true);
});

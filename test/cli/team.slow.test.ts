import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { TeamWinner } from '../../src/process/training/teamAdapter.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';
import { folderLog, startJobsApi } from '../support/jobsApi.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';
import { tinyData } from './tinyData.ts';

const rowsIn = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Two people's data folders over one model, with what they export for a cluster. */
async function twoPeople() {
  const first = await tinyData();
  const model = first.retrain[first.retrain.indexOf('--model') + 1]!;
  const people = [first, await tinyData()].map(({ data }, i) => {
    const hyperparameters = join(data, 'hyperparameters.json');
    const common = ['--data', data, '--model', model, '--hyperparameters', hyperparameters];
    return { data, common, job: join(temporaryFolder(), i === 0 ? 'ada' : 'grace') };
  });
  for (const { common, job } of people) {
    const places = ['--base-path', '/models/tiny', '--storage', '/shared'];
    const { error } = await attune(['cluster', 'export', job, ...common, ...places]);
    if (error !== undefined) throw new Error('nothing was exported', { cause: error });
  }
  return { people, model };
}

/** What a cluster would do with the rows: here another data folder learns from them, with adapters of rank 4. */
async function trainTeam(model: string, files: Readonly<Record<string, string>>): Promise<string> {
  const data = temporaryFolder();
  const [rows, hyperparameters] = [join(data, 'sft.jsonl'), join(data, 'changes.json')];
  writeFileSync(rows, files['sft.jsonl']!);
  writeFileSync(
    hyperparameters,
    JSON.stringify({ lora: { rank: 4, alpha: 8 }, sft: { epochs: 8 }, ppo: { iterations: 0 } }),
  );
  await attune(['feedback', 'import', rows, '--data', data]);
  const retrained = await attune([
    ...['retrain', '--data', data, '--model', model, '--threads', '1'],
    ...['--hyperparameters', hyperparameters],
  ]);
  if (retrained.error !== undefined) throw new Error('no team adapter', { cause: retrained.error });
  const [entry] = await new AdapterStore(join(data, 'adapters')).list();
  const folder = join(temporaryFolder(), 'team');
  await attune(['adapters', 'export', entry!.id, folder, '--data', data]);
  return folder;
}

it('trains one adapter from the exports of two people, and each keeps what wins on their own held-out work', async () => {
  const { people, model } = await twoPeople();
  const [ada, grace] = people;
  const cluster = await startJobsApi();
  onTestFinished(() => cluster.close());
  const at = ['--address', cluster.address];

  const refused = await attune(['cluster', 'submit', ada!.job, grace!.job, ...at], { answer: false });
  expect(refused.printed).toBe('Nothing was sent.');
  expect(cluster.asked).toEqual([]);
  const own = people.map(({ job }) => rowsIn(readFileSync(join(job, 'sft.jsonl'), 'utf8')));
  for (const [i, { job }] of people.entries())
    expect(refused.told).toMatch(
      new RegExp(`${job} holds:\\n(?:  .*\\n)*  sft\\.jsonl: \\d+ bytes, ${own[i]!.length} rows`),
    );
  expect(refused.told).toMatch(/Together \d+ rows of 2 exports train one adapter, as \S+ada says\./);

  const submitted = await attune(['cluster', 'submit', ada!.job, grace!.job, ...at]);
  expect(submitted.error).toBeUndefined();
  const files = await cluster.uploaded();
  expect(rowsIn(files['sft.jsonl']!)).toEqual(own.flat());
  expect(files['config.yaml']).toBe(readFileSync(join(ada!.job, 'config.yaml'), 'utf8'));

  cluster.job.status = 'SUCCEEDED';
  cluster.job.logs = folderLog(await trainTeam(model, files));
  const team = join(temporaryFolder(), 'team');
  expect((await attune(['cluster', 'fetch', 'raysubmit_team', team, ...at])).error).toBeUndefined();
  for (const { data, common } of people) {
    const run = await attune(['adapters', 'import', team, '--on-top', ...common, '--json']);
    expect(run.error).toBeUndefined();
    const choice = JSON.parse(run.printed) as { team: Manifest; onTop: Manifest; winner: TeamWinner };
    // At the team's rank: what it knows would be lost at another.
    expect(choice.onTop.hyperparameters.lora).toEqual(choice.team.hyperparameters.lora);
    expect(choice.onTop.hyperparameters.lora.rank).toBe(4);
    const { serving } = JSON.parse((await attune(['adapters', '--data', data, '--json'])).printed) as {
      serving: string;
    };
    const kept = { before: 'base', team: choice.team.adapterId, onTop: choice.onTop.adapterId };
    expect(serving).toBe(kept[choice.winner]);
    const better = choice.team.verdict.promoted ? 'utilityAfter' : 'utilityBefore';
    expect(choice.onTop.verdict.comparison!.utilityBefore).toBe(choice.team.verdict.comparison![better]);
  }
});

it('begins with an adapter that is named, whichever serves', async () => {
  const { retrain, data } = await tinyData({ ppo: { iterations: 0 } });
  await attune(retrain);
  const store = new AdapterStore(join(data, 'adapters'));
  const [first] = await store.list();
  await attune(['adapters', 'serve', 'base', '--data', data]);
  // At no learning rate to speak of, what comes out is what it began with.
  writeFileSync(
    join(data, 'none.json'),
    JSON.stringify({ heldOutShare: 0.5, sft: { epochs: 1, learningRate: 1e-30 }, ppo: { iterations: 0 } }),
  );
  const again = [...retrain.slice(0, -1), join(data, 'none.json'), '--from', first!.id];
  const { error } = await attune(again);
  expect(error).toBeUndefined();
  const entries = await store.list();
  const second = entries.find(({ id }) => id !== first!.id);
  if (first?.kind !== 'adapter' || second?.kind !== 'adapter') throw new Error('there are not two adapters');
  expect(second.manifest.weightsSha256).toBe(first.manifest.weightsSha256);
  expect(second.manifest.hyperparameters.lora).toEqual({ rank: 2, alpha: 4 });
  expect(await store.learnedFrom(second.id)).toEqual(
    expect.arrayContaining([...(await store.learnedFrom(first.id))!]),
  );
  const missing = await attune([...retrain, '--from', 'nine']);
  expect(missing.error).toMatchObject({ reason: 'adapterMissing' });
});

it('keeps to the rank of an adapter from elsewhere that serves, unless another is named', async () => {
  const { retrain, data } = await tinyData({ lora: { rank: 4, alpha: 8 }, ppo: { iterations: 0 } });
  await attune(retrain);
  const store = new AdapterStore(join(data, 'adapters'));
  const [first] = await store.list();
  const folder = join(temporaryFolder(), 'peft');
  await attune(['adapters', 'export', first!.id, folder, '--data', data]);
  const imported = await attune(['adapters', 'import', folder, '--serve', ...retrain.slice(1)]);
  expect(imported.error).toBeUndefined();
  const other = await writeTinyModelFolder(2);
  const rankWith = async (name: string, changes: object, model: readonly string[] = []) => {
    const file = join(data, name);
    writeFileSync(file, JSON.stringify({ sft: { epochs: 1 }, ppo: { iterations: 0 }, ...changes }));
    const { printed } = await attune([...retrain.slice(0, -1), file, '--json', ...model]);
    return (JSON.parse(printed) as Manifest).hyperparameters.lora.rank;
  };
  // The default is 16. Another model does not begin with it.
  expect(await rankWith('other.json', {}, ['--model', other])).toBe(16);
  expect(await rankWith('none.json', {})).toBe(4);
  await attune(['adapters', 'import', folder, '--serve', ...retrain.slice(1)]);
  expect(await rankWith('named.json', { lora: { rank: 2, alpha: 4 } })).toBe(2);
});

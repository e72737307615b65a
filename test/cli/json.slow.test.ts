import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { folderLog, startJobsApi } from '../support/jobsApi.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';
import { leavesOf } from './programTree.ts';
import { tinyData } from './tinyData.ts';

it('every command prints one JSON value and nothing else where that is wanted', async () => {
  const { data: folder, retrain } = await tinyData();
  expect((await attune(retrain)).error).toBeUndefined();
  const [entry] = await new AdapterStore(join(folder, 'adapters')).list();
  const cluster = await startJobsApi();
  onTestFinished(() => cluster.close());
  const out = temporaryFolder();
  mkdirSync(join(out, 'project'));
  const lines = Array.from({ length: 24 }, (_, i) => `const value${i} = price(${i}, tax);`);
  for (const name of ['a.ts', 'b.ts']) writeFileSync(join(out, 'project', name), `${lines.join('\n')}\n`);

  const [data, training, at] = [['--data', folder], retrain.slice(1), ['--address', cluster.address]];
  const model = retrain.slice(retrain.indexOf('--model')).slice(0, 2);
  // In an order in which each finds what it needs.
  const uses: Readonly<Record<string, () => readonly string[]>> = {
    'adapters list': () => data,
    'adapters export': () => [entry!.id, join(out, 'peft'), ...data],
    'adapters import': () => [join(out, 'peft'), ...training],
    'adapters serve': () => [entry!.id, ...data],
    'adapters roll-back': () => data,
    report: () => [entry!.id, ...data],
    retrain: () => training,
    'feedback count': () => data,
    'feedback export': () => [join(out, 'records.jsonl'), ...data],
    'feedback import': () => [join(out, 'records.jsonl'), ...data],
    'cluster export': () => [
      ...[join(out, 'job'), ...data, ...model, '--base-path', '/base', '--storage', '/shared'],
    ],
    'cluster submit': () => [join(out, 'job'), '--yes', ...at],
    'cluster status': () => ['raysubmit_team', ...at],
    'cluster stop': () => ['raysubmit_team', ...at],
    'cluster fetch': () => {
      Object.assign(cluster.job, { status: 'SUCCEEDED', logs: folderLog(join(out, 'peft')) });
      return ['raysubmit_team', join(out, 'fetched'), ...at];
    },
    'cluster clear': () => {
      cluster.job.logs = 'ATTUNE-STORAGE {"folder":"/shared/id"}';
      return ['raysubmit_team', ...at];
    },
    'feedback forget': () => ['--everything', '--yes', ...data],
    'models list': () => [],
    'models fetch': () => model.slice(1),
    complete: () => [`${join(out, 'project', 'a.ts')}:3:10`, ...model],
    doctor: () => [...data, ...model],
    demo: () => ['--project', join(out, 'project'), ...model, '--max-lines', '40'],
  };
  for (const [name, args] of Object.entries(uses)) {
    const { printed, error } = await attune([...name.split(' '), ...args(), '--json']);
    expect(error, name).toBeUndefined();
    expect(() => JSON.parse(printed) as unknown, `${name}: ${printed}`).not.toThrow();
  }

  const program = makeProgram(processTerminal(new AbortController().signal));
  // What completion prints is for a shell and nobody else.
  const names = leavesOf(program).filter((name) => name !== 'completion');
  expect(Object.keys(uses).sort()).toEqual(names.sort());
});

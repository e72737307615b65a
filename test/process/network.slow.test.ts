import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeEnvironment } from '../../src/process/child.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attemptsIn, canTrace, tracer } from '../vscode/traced.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

it.skipIf(!canTrace)('reaches nobody when ONNX Runtime computes a completion', async () => {
  const folder = temporaryFolder();
  const [trace, document] = [join(folder, 'calls'), join(folder, 'a.py')];
  writeFileSync(document, 'answer = \n');
  const [strace = '', ...traced] = tracer(trace);
  const command = ['complete', `${document}:1:10`, '--model', await writeTinyModelFolder(), '--threads', '1'];
  const { status, stderr } = spawnSync(strace, [...traced, process.execPath, program, ...command]);
  expect(stderr.toString()).not.toMatch(/Error/);
  expect(status).toBe(0);
  expect(attemptsIn(trace).filter(({ address }) => address !== 'unix')).toEqual([]);
});

it('tells the engine and the trainer to report to nobody', () => {
  expect(nodeEnvironment()).toMatchObject({ ORT_DISABLE_TELEMETRY: '1' });
});

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeEnvironment } from '../../src/process/child.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attemptsIn, canTrace, tracer } from '../vscode/traced.ts';

const program = join(import.meta.dirname, 'sessionThatLives.ts');

it.skipIf(!canTrace)('reaches nobody while a model is loaded: ONNX Runtime does not report', async () => {
  const trace = join(temporaryFolder(), 'calls');
  const [strace = '', ...traced] = tracer(trace);
  const { PATH } = process.env;
  const HOME = temporaryFolder();
  const args = [...traced, process.execPath, program, await writeTinyModelFolder()];
  // As a user's: ONNX Runtime keeps quiet by itself where it takes its surroundings for a test.
  const { status, stderr } = spawnSync(strace, args, { env: { PATH, HOME } });
  expect(stderr.toString()).not.toMatch(/Error/);
  expect(status).toBe(0);
  expect(attemptsIn(trace).filter(({ address }) => address !== 'unix')).toEqual([]);
  // What it would report it first keeps in the user's cache folder, and sends half a minute later.
  expect(readdirSync(HOME)).toEqual([]);
});

it('tells the engine and the trainer to report to nobody', () => {
  expect(nodeEnvironment()).toMatchObject({ ORT_DISABLE_TELEMETRY: '1' });
});

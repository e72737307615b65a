import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { ProblemsKeeper } from '../../src/report/keptProblems.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';

beforeEach(() => {
  vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
  vi.stubEnv('ATTUNE_DATA', undefined);
  return () => vi.unstubAllEnvs();
});

describe('doctor', () => {
  it('measures the model and says what it found, without a path', async () => {
    const model = await writeTinyModelFolder();
    const data = temporaryFolder();
    openFeedbackStore(join(data, 'feedback.sqlite'), 0).store.close();
    const { printed, error } = await attune([
      'doctor',
      '--model',
      model,
      '--data',
      data,
      '--threads',
      '1',
      '--device',
      'cpu',
    ]);
    expect(error).toBeUndefined();
    expect(printed).toMatch(/\| Reads \| \d+ prompt tokens\/s \|/);
    expect(printed).toMatch(/\| Writes \| [\d.]+ ms a token \|/);
    expect(printed).toMatch(/\| ONNX Runtime \| \d/);
    expect(printed).toMatch(/\| Stored \| 0 completions/);
    expect(printed).toContain('**Last problems**\n\nnone');
    for (const folder of [model, data]) expect(printed).not.toContain(folder);
  });

  it('says the same as JSON', async () => {
    const model = await writeTinyModelFolder();
    const { printed } = await attune([
      'doctor',
      '--model',
      model,
      '--threads',
      '1',
      '--device',
      'cpu',
      '--json',
    ]);
    expect(JSON.parse(printed)).toMatchObject({
      engine: { kind: 'serves', model: '<path>', speed: { msPerToken: expect.any(Number) as number } },
      adapters: { count: 0 },
      problems: [],
    });
  });

  it('does not download a model, and says what would', async () => {
    const { printed } = await attune(['doctor', '--model', 'smollm2-135m']);
    expect(printed).toContain("it is not here; 'attune models fetch smollm2-135m' brings it");
  });

  it('says what went wrong in the editor last', async () => {
    const data = temporaryFolder();
    const problem = { atMs: 0, severity: 'error', text: 'The engine ended with code 3.' } as const;
    await new ProblemsKeeper(join(data, 'problems.json'), () => ({ paths: [] })).keep(problem);
    const { printed } = await attune(['doctor', '--model', 'smollm2-135m', '--data', data]);
    expect(printed).toContain('- 1970-01-01T00:00:00.000Z error: The engine ended with code 3.');
  });

  it('says what is wrong with a store and a model', async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'adapters'));
    const model = join(data, 'no.gguf');
    writeFileSync(model, 'This is no model.');
    const { printed, error } = await attune(['doctor', '--model', model, '--data', data]);
    expect(error).toBeUndefined();
    expect(printed).toContain('| Store | none |');
    expect(printed.split('**Last problems**')[1]!.match(/^- /gm)).toHaveLength(2);
    expect(printed).not.toContain(data);
  });
});

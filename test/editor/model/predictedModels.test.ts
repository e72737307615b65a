import { describe, expect, it } from 'vitest';
import type { RunningAs } from '../../../src/editor/model/modelMeasurements.ts';
import { predictionText } from '../../../src/editor/model/modelMeasurements.ts';
import { PredictedModels } from '../../../src/editor/model/predictedModels.ts';
import type { PredictedModel, PredictSettings } from '../../../src/process/clients.ts';
import { recordingLog } from '../recordingLog.ts';

const never = new AbortController().signal;
const speed = { promptTokensPerSecond: 612, msPerToken: 18.6 };
const predicted = { ...speed, memoryBytes: 1e9 };

function predicting(
  answer: (asked: PredictSettings, signal: AbortSignal) => Promise<readonly PredictedModel[]> = ({
    models,
  }) => Promise.resolve(models.map((model) => ({ model, speed, memoryBytes: 1e9 }))),
) {
  const asked: PredictSettings[] = [];
  const { log, lines } = recordingLog();
  let settings: RunningAs = { model: 'in use', device: 'auto', threads: 3 };
  const models = new PredictedModels({
    client: {
      predictModels: (settings, signal) => (asked.push(settings), answer(settings, signal)),
      dispose: () => undefined,
    },
    settings: () => settings,
    log,
  });
  const run = (changed: Partial<RunningAs>): unknown => (settings = { ...settings, ...changed });
  return { asked, lines, models, run };
}

describe('PredictedModels', () => {
  it('finds out once how models will run', async () => {
    const { asked, models } = predicting();
    expect(models.of('small')).toBeUndefined();
    await models.predict(['small', 'large'], never);
    expect(models.of('small')).toMatchObject(predicted);
    await models.predict(['small', 'large', 'other'], never);
    expect(asked).toEqual([
      { models: ['small', 'large'], threads: 3 },
      { models: ['other'], threads: 3 },
    ]);
  });

  it('finds out anew for another number of threads', async () => {
    const { asked, models, run } = predicting();
    await models.predict(['small'], never);
    run({ threads: 2 });
    expect(models.of('small')).toBeUndefined();
    await models.predict(['small'], never);
    expect(asked.map(({ threads }) => threads)).toEqual([3, 2]);
  });

  it('says nothing of graphics cards', async () => {
    const { asked, models, run } = predicting();
    run({ device: 'webgpu' });
    await models.predict(['small'], never);
    expect(asked).toEqual([]);
    expect(models.of('small')).toBeUndefined();
  });

  it('logs what went wrong, and goes on without', async () => {
    const { lines, models } = predicting(() => Promise.reject(new Error('no room')));
    await models.predict(['small'], never);
    expect(models.of('small')).toBeUndefined();
    expect(lines).toEqual(['info How models will run was not found out: no room']);
  });

  it('is silent where the user did not wait', async () => {
    const { lines, models } = predicting((_, signal) => Promise.reject(signal.reason as Error));
    await models.predict(['small'], AbortSignal.abort());
    expect(lines).toEqual([]);
  });
});

it.each([
  [predicted, 'expected: reads 610 tokens/s, writes one in 19 ms, 1.0 GB'],
  [
    { promptTokensPerSecond: 47.2, msPerToken: 212, memoryBytes: 2.67e9 },
    'expected: reads 47 tokens/s, writes one in 210 ms, 2.7 GB',
  ],
  [
    { promptTokensPerSecond: 1234, msPerToken: 6.4, memoryBytes: 0.4e9 },
    'expected: reads 1200 tokens/s, writes one in 6 ms, 0.4 GB',
  ],
])('tells a prediction in few digits', (measurement, text) => {
  expect(predictionText(measurement)).toBe(text);
});

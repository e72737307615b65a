import { describe, expect, it } from 'vitest';
import { MeasuredModels, measurementText } from '../../src/editor/measuredModels.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import type { EngineFacts, EngineState } from '../../src/process/clients.ts';
import { quoted } from '../../src/sentences/sentence.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { recordingLog } from './recordingLog.ts';

const speed = { promptTokensPerSecond: 312.4, msPerToken: 20.6 };
const facts: EngineFacts = {
  ...{
    model: 'small',
    device: 'cpu',
    why: quoted('it was chosen'),
    runtimeVersion: '1.0',
    memoryBytes: 0.7e9,
    speed,
  },
};
const ready: EngineState = { kind: 'ready', policyId: 'small' as PolicyId };

function measuring(stored: unknown, measure: () => Promise<EngineFacts> = () => Promise.resolve(facts)) {
  const clock = new FakeClock();
  const { log, lines } = recordingLog();
  let value = stored;
  let times = 0;
  let tell: (state: EngineState) => void = () => undefined;
  const models = new MeasuredModels({
    engine: {
      state: ready,
      measure: () => ((times += 1), measure()),
      onStateChanged: (listener) => ((tell = listener), { dispose: () => (tell = () => undefined) }),
    },
    settings: () => ({ model: 'small' }),
    values: { get: () => value, update: (_, next) => Promise.resolve(void (value = next)) },
    ...{ clock, log },
  });
  return { clock, lines, models, tell: (state: EngineState) => tell(state), times: () => times };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('MeasuredModels', () => {
  it('measures a model once, half a minute after it first serves', async () => {
    const { clock, models, tell, times } = measuring(undefined);
    tell(ready);
    clock.advanceBy(29_000);
    expect(times()).toBe(0);
    clock.advanceBy(1000);
    await settled();
    expect(models.of('small')).toEqual({ ...speed, memoryBytes: 0.7e9 });
    tell(ready);
    clock.advanceBy(60_000);
    expect(times()).toBe(1);
  });

  it('waits anew where the engine goes and comes again, and does nothing once it is disposed', () => {
    const { clock, models, tell, times } = measuring('damaged');
    tell(ready);
    clock.advanceBy(20_000);
    tell({ kind: 'stopped' });
    clock.advanceBy(60_000);
    tell(ready);
    models.dispose();
    clock.advanceBy(60_000);
    expect(times()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('says in the log alone that it could not measure', async () => {
    const { clock, lines, models, tell } = measuring({}, () => Promise.reject(new Error('gone')));
    tell(ready);
    clock.advanceBy(30_000);
    await settled();
    expect(lines).toEqual(['info The model was not measured: gone']);
    expect(models.of('small')).toBeUndefined();
  });
});

it('tells a measurement in a sentence', () => {
  expect(measurementText({ ...speed, memoryBytes: 0.7e9 })).toBe(
    'Measured here: reads 312 tokens/s, writes one in 21 ms, 0.7 GB of memory.',
  );
});

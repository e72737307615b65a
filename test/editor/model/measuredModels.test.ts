import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { lastingPromptSpeeds, MeasuredModels } from '../../../src/editor/model/measuredModels.ts';
import { measurementText, type RunningAs } from '../../../src/editor/model/modelMeasurements.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import type { EngineFacts, EngineState } from '../../../src/process/clients.ts';
import { quoted } from '../../../src/sentences/sentence.ts';
import { recordingLog } from '../recordingLog.ts';

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

const running: RunningAs = { model: 'small', device: 'auto', threads: 0 };

function measuring(stored: unknown, measure: () => Promise<EngineFacts> = () => Promise.resolve(facts)) {
  const clock = new VirtualClock();
  const { log, lines } = recordingLog();
  let value = stored;
  let times = 0;
  let settings = running;
  let tell: (state: EngineState) => void = () => undefined;
  const values = {
    get: () => value,
    update: (_: string, next: unknown) => Promise.resolve(void (value = next)),
  };
  const models = new MeasuredModels({
    engine: {
      state: ready,
      measure: () => ((times += 1), measure()),
      onStateChanged: (listener) => ((tell = listener), { dispose: () => (tell = () => undefined) }),
    },
    settings: () => settings,
    values,
    ...{ clock, log },
  });
  const run = (changed: Partial<RunningAs>) => (settings = { ...running, ...changed });
  return { clock, lines, models, values, run, tell: (state: EngineState) => tell(state), times: () => times };
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
    expect(models.of('small')).toMatchObject({ ...speed, memoryBytes: 0.7e9 });
    tell(ready);
    clock.advanceBy(60_000);
    expect(times()).toBe(1);
  });

  it.each<Partial<RunningAs>>([{ device: 'cpu' }, { threads: 1 }])(
    'measures anew where it runs with %j',
    async (changed) => {
      const { clock, models, run, tell, times } = measuring(undefined);
      tell(ready);
      clock.advanceBy(30_000);
      await settled();
      run(changed);
      expect(models.of('small')).toBeUndefined();
      tell(ready);
      clock.advanceBy(30_000);
      await settled();
      expect(times()).toBe(2);
      expect(models.of('small')).toBeDefined();
    },
  );

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
    'measured: reads 312 tokens/s, writes one in 21 ms, 0.7 GB',
  );
});

it('gives the speed of a prompt as it was known when it was first asked for', async () => {
  const { clock, tell, values } = measuring(undefined);
  const speedOf = lastingPromptSpeeds(values);
  expect(speedOf(running)).toBeUndefined();
  tell(ready);
  clock.advanceBy(30_000);
  await settled();
  expect(speedOf(running)).toBeUndefined();
  expect(lastingPromptSpeeds(values)(running)).toBe(312.4);
  expect(lastingPromptSpeeds(values)({ ...running, device: 'cpu' })).toBeUndefined();
});

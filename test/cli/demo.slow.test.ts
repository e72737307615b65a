import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';

/** A project of two files, enough to hold some of it out. */
function writeProject(): string {
  const project = join(temporaryFolder(), 'shop');
  mkdirSync(project);
  for (const name of ['cart', 'order']) {
    const lines = Array.from({ length: 12 }, (_, i) => `const ${name}${i} = price(${i}, tax);`);
    writeFileSync(join(project, `${name}.ts`), `${lines.join('\n')}\n`);
  }
  return project;
}

interface DemoJson {
  readonly stages: readonly { readonly name: string }[];
  readonly heldOut: Readonly<Record<'before' | 'after', { readonly asked: number }>>;
  readonly verdict: { readonly reason: string };
}

describe('demo', () => {
  it('replays, retrains and reports, and a second run of it adds nothing', async () => {
    const [project, data, model] = [writeProject(), temporaryFolder(), await writeTinyModelFolder()];
    const json = join(data, 'result.json');
    const options = [
      '--project',
      project,
      '--model',
      model,
      '--data',
      data,
      '--threads',
      '1',
      '--json',
      json,
    ];
    const first = await attune(['demo', ...options]);
    expect(first.error).toBeUndefined();
    expect(first.finished).toEqual(expect.arrayContaining(['writing', 'sft', 'gate']));
    const { stages, heldOut, verdict } = JSON.parse(readFileSync(json, 'utf8')) as DemoJson;
    expect(stages.map(({ name }) => name)).toEqual(['sft', 'reward', 'ppo']);
    expect(heldOut.before.asked).toBeGreaterThan(0);
    expect(heldOut.after.asked).toBe(heldOut.before.asked);
    expect(first.printed).toContain(verdict.reason);
    const countsNow = () => {
      const reader = openFeedbackReader(join(data, 'feedback.sqlite'));
      const { completions, rankings, demonstrations } = reader.counts();
      reader.close();
      return { completions, rankings, demonstrations };
    };
    const counts = countsNow();
    expect((await attune(['demo', ...options])).error).toBeUndefined();
    expect(countsNow()).toEqual(counts);
  });
});

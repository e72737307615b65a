import { describe, expect, it } from 'vitest';
import { LearnHere, type LearnAnswer } from '../../../src/editor/stored/learnHere.ts';
import type { Settings } from '../../../src/editor/settings/settings.ts';

interface Situation {
  readonly stored?: unknown;
  readonly collect?: Settings['collect'];
  readonly says?: LearnAnswer | undefined;
}

function situation({ stored, collect = 'ask', says }: Situation = {}) {
  let value = stored;
  let asked = 0;
  let told = 0;
  const open = () =>
    new LearnHere({
      values: { get: () => value, update: (_, next) => Promise.resolve(void (value = next)) },
      collect: () => collect,
      ask: () => Promise.resolve(((asked += 1), says)),
      onAnswered: () => (told += 1),
    });
  return { open, stored: () => value, asked: () => asked, told: () => told };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('LearnHere', () => {
  it('allows nothing before the user said so, and asks once in a session', async () => {
    const { open, asked } = situation();
    const learnHere = open();
    expect(learnHere.isAllowed()).toBe(false);
    await settled();
    expect(learnHere.isAllowed()).toBe(false);
    expect(asked()).toBe(1);
  });

  it.each<[LearnAnswer, boolean, boolean]>([
    ['here', true, true],
    ['notHere', false, true],
    ['later', false, false],
  ])('keeps %s, and tells of it', async (says, isAllowed, isSettled) => {
    const { open, stored, told } = situation({ says });
    const learnHere = open();
    learnHere.isAllowed();
    expect([learnHere.isSettled, told()]).toEqual([false, 0]);
    await settled();
    expect([learnHere.isAllowed(), learnHere.isSettled, told()]).toEqual([isAllowed, isSettled, 1]);
    expect(stored()).toBe(says);
  });

  it('asks again once who said later, or closed the question', async () => {
    const { open, asked, stored } = situation();
    for (let session = 0; session < 4; session++) {
      open().isAllowed();
      await settled();
    }
    expect(asked()).toBe(2);
    expect(stored()).toBe('notHere');
  });

  it('asks nobody whose setting says it, and obeys it whatever was said here', async () => {
    const off = situation({ collect: 'off', stored: 'here' });
    expect(off.open().isAllowed()).toBe(false);
    const on = situation({ collect: 'on', stored: 'notHere' });
    expect(on.open().isAllowed()).toBe(true);
    expect([off.open().isSettled, on.open().isSettled]).toEqual([true, true]);
    await settled();
    expect(off.asked() + on.asked()).toBe(0);
  });

  it('asks anew where what is stored is damaged', () => {
    const { open, asked } = situation({ stored: 7 });
    open().isAllowed();
    expect(asked()).toBe(1);
  });

  it('keeps what a command says, also while the question stands', async () => {
    let answerLater: (answer: LearnAnswer) => void = () => undefined;
    let value: unknown;
    const learnHere = new LearnHere({
      values: { get: () => value, update: (_, next) => Promise.resolve(void (value = next)) },
      collect: () => 'ask',
      ask: () => new Promise((resolve) => (answerLater = resolve)),
      onAnswered: () => undefined,
    });
    learnHere.isAllowed();
    await learnHere.change('here');
    expect(learnHere.isAllowed()).toBe(true);
    answerLater('notHere');
    await settled();
    expect(learnHere.isAllowed()).toBe(false);
  });
});

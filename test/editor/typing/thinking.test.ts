import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { Thinking } from '../../../src/editor/typing/thinking.ts';

function thinkingOf() {
  const clock = new VirtualClock();
  const seen: boolean[] = [];
  const thinking: Thinking = new Thinking(clock, () => seen.push(thinking.isThinking));
  return { clock, seen, thinking };
}

describe('Thinking', () => {
  it('says nothing of what is written at once', async () => {
    const { clock, seen, thinking } = thinkingOf();
    expect(await thinking.during(Promise.resolve('a'))).toBe('a');
    clock.advanceBy(1000);
    expect(seen).toEqual([]);
  });

  it('tells of what takes longer, to the end of the last of several', async () => {
    const { clock, seen, thinking } = thinkingOf();
    const finish: (() => void)[] = [];
    const writings = [0, 1].map(() => thinking.during(new Promise<void>((resolve) => finish.push(resolve))));
    clock.advanceBy(300);
    finish[0]!();
    await writings[0];
    expect(thinking.isThinking).toBe(true);
    finish[1]!();
    await writings[1];
    expect(seen).toEqual([true, true, true, false]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends with what fails', async () => {
    const { clock, thinking } = thinkingOf();
    let fail: (error: Error) => void = () => undefined;
    const writing = thinking.during(new Promise((_, reject) => (fail = reject)));
    clock.advanceBy(300);
    fail(new Error('no'));
    await expect(writing).rejects.toThrow('no');
    expect(thinking.isThinking).toBe(false);
  });
});

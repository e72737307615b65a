import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showProgress } from '../../src/cli/progressBar.ts';

/** A stream like standard error, and what was written to it. */
function streamOf({ isTTY }: { readonly isTTY: boolean }) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  return { stream, written: () => String(stream.read() ?? '') };
}

const showCursor = '\u001B[?25h';
const hideCursor = '\u001B[?25l';

describe('progress without a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is a line at the start, one every quarter of a minute, and one when all is done', () => {
    const { stream, written } = streamOf({ isTTY: false });
    const progress = showProgress('sft', stream);
    for (let step = 0; step <= 10; step++) {
      progress.update(step, 10, 'loss 1.5');
      vi.advanceTimersByTime(4000);
    }
    progress.finish();
    expect(written()).toBe(
      'sft: 0 of 10 loss 1.5\nsft: 4 of 10 loss 1.5\nsft: 8 of 10 loss 1.5\nsft: 10 of 10 loss 1.5\n',
    );
  });

  it('says only once that all is done', () => {
    const { stream, written } = streamOf({ isTTY: false });
    const progress = showProgress('writing', stream);
    for (const note of ['first', 'second']) progress.update(5, 5, note);
    expect(written()).toBe('writing: 5 of 5 first\n');
  });

  it('says again that all is done when a next part of the work is', () => {
    const { stream, written } = streamOf({ isTTY: false });
    const progress = showProgress('model', stream);
    for (const [done, phase] of [
      [1, 'download'],
      [0, 'verify'],
      [1, 'verify'],
    ] as const)
      progress.update(done, 1, phase);
    expect(written()).toBe('model: 1 of 1 download\nmodel: 1 of 1 verify\n');
  });
});

describe('progress in a terminal', () => {
  it('is a bar that gives the cursor back when it ends', () => {
    const { stream, written } = streamOf({ isTTY: true });
    const progress = showProgress('sft', stream);
    progress.update(1, 4, 'loss 2.0');
    expect(written()).toContain(hideCursor);
    progress.update(2, 4, 'loss 1.5');
    progress.finish();
    const end = written();
    expect(end).toContain('50%');
    expect(end).toContain('loss 1.5');
    expect(end.lastIndexOf(showCursor)).toBeGreaterThan(end.lastIndexOf('50%'));
  });

  it('writes nothing when there was nothing to show', () => {
    const { stream, written } = streamOf({ isTTY: true });
    showProgress('model', stream).finish();
    expect(written()).toBe('');
  });

  it('begins anew after its end', () => {
    const { stream, written } = streamOf({ isTTY: true });
    const progress = showProgress('model', stream);
    progress.update(1, 2, 'first');
    progress.finish();
    written();
    progress.update(1, 4, 'second');
    progress.finish();
    expect(written()).toContain('25%');
  });
});

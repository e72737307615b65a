import { describe, expect, it } from 'vitest';
import { RememberingLog, type RememberedProblem } from '../../src/editor/rememberingLog.ts';
import { sentence } from '../../src/sentences/sentence.ts';
import { recordingLog } from './recordingLog.ts';

function remembering() {
  const { log: channel, lines } = recordingLog();
  const shown = { ...channel, show: () => lines.push('shown'), dispose: () => lines.push('disposed') };
  let nowMs = 0;
  const kept: RememberedProblem[] = [];
  const log = new RememberingLog(
    shown,
    () => ++nowMs,
    (problem) => kept.push(problem),
  );
  return { lines, log, kept };
}

describe('RememberingLog', () => {
  it('writes everything to the channel and remembers what went wrong', () => {
    const { log, lines, kept } = remembering();
    log.info('a');
    log.warn('b');
    log.error(sentence`There is no model at ${'c'}.`);
    log.show();
    log.dispose();
    expect(lines).toEqual(['info a', 'warn b', 'error There is no model at c.', 'shown', 'disposed']);
    expect(log.problems).toEqual([
      { atMs: 1, severity: 'warn', message: 'b' },
      { atMs: 2, severity: 'error', message: { text: 'There is no model at {0}.', values: ['c'] } },
    ]);
    expect(kept).toEqual(log.problems);
  });

  it('keeps the last ten', () => {
    const { log } = remembering();
    for (let index = 0; index < 12; index++) log.warn(String(index));
    expect(log.problems.map(({ message }) => message)).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
    ]);
  });
});

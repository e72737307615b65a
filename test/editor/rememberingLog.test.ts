import { describe, expect, it } from 'vitest';
import { RememberingLog } from '../../src/editor/rememberingLog.ts';
import { recordingLog } from './recordingLog.ts';

function remembering() {
  const { log: channel, lines } = recordingLog();
  const shown = { ...channel, show: () => lines.push('shown'), dispose: () => lines.push('disposed') };
  let nowMs = 0;
  return { lines, log: new RememberingLog(shown, () => ++nowMs) };
}

describe('RememberingLog', () => {
  it('writes everything to the channel and remembers what went wrong', () => {
    const { log, lines } = remembering();
    log.info('a');
    log.warn('b');
    log.error(new Error('c'));
    log.show();
    log.dispose();
    expect(lines).toEqual(['info a', 'warn b', 'error Error: c', 'shown', 'disposed']);
    expect(log.problems).toEqual([
      { atMs: 1, severity: 'warn', text: 'b' },
      { atMs: 2, severity: 'error', text: 'c' },
    ]);
  });

  it('keeps the last ten', () => {
    const { log } = remembering();
    for (let index = 0; index < 12; index++) log.warn(String(index));
    expect(log.problems.map(({ text }) => text)).toEqual([
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

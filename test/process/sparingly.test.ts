import { expect, it } from 'vitest';
import type { LoadProgress } from '../../src/process/clients.ts';
import { sparingly } from '../../src/process/sparingly.ts';

it('passes the first of each phase on and then at most ten a second', () => {
  const passed: string[] = [];
  let nowMs = 5000;
  const report = sparingly(
    ({ phase, doneBytes }: LoadProgress) => passed.push(`${phase} ${doneBytes}`),
    () => nowMs,
  );
  for (let doneBytes = 0; doneBytes < 250; doneBytes += 10, nowMs += 10) {
    report({ phase: doneBytes < 120 ? 'download' : 'convert', doneBytes, totalBytes: 250 });
  }
  expect(passed).toEqual(['download 0', 'download 100', 'convert 120', 'convert 220']);
});

import type { Row } from '../../../bench/learning/rows.ts';

/** A row whose completion was refused, unless it says otherwise. */
export function sampleRow(changes: Partial<Row> = {}): Row {
  const { restOfLine = 'return total\n', keptChars = 0 } = changes;
  return {
    documentUri: 'file:///replayed/a.py',
    offset: 0,
    restOfLine,
    // Kept text that goes beyond the line ends with its last one.
    typedChars: Math.max(restOfLine.length, keptChars),
    offered: 'pass',
    taken: 'nothing',
    keptChars,
    latencyMs: 5,
    ...changes,
  };
}

/** A row whose completion was right as a whole. */
export function acceptedRow(offered: string, changes: Partial<Row> = {}): Row {
  return sampleRow({ offered, taken: 'all', keptChars: offered.length, ...changes });
}

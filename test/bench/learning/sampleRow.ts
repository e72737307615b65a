import type { Row } from '../../../bench/learning/rows.ts';

/** A row whose completion was refused, unless it says otherwise. */
export function sampleRow(changes: Partial<Row> = {}): Row {
  return {
    documentUri: 'file:///replayed/a.py',
    offset: 0,
    restOfLine: 'return total\n',
    offered: 'pass',
    taken: 'nothing',
    keptChars: 0,
    keys: 0,
    latencyMs: 5,
    ...changes,
  };
}

/** A row whose completion was right as a whole. */
export function acceptedRow(offered: string, changes: Partial<Row> = {}): Row {
  return sampleRow({ offered, taken: 'all', keptChars: offered.length, keys: 1, ...changes });
}

import type { FeedbackCounts } from '../feedback/storing/feedbackStore.ts';

/** What a store holds, as text for a terminal. */
export function feedbackText(path: string, counts: FeedbackCounts): string {
  const { completions, rankings, demonstrations, imported, outcomes, nothingOffered, notStored, damaged } =
    counts;
  return [
    `Stored in ${path}:`,
    row('completions', completions),
    ...rows(outcomes),
    row('rankings', rankings),
    row('demonstrations', demonstrations),
    ...(imported === 0 ? [] : [row('imported', imported)]),
    ...titled('Nothing was offered, by reason:', nothingOffered),
    ...titled('Not stored, because they may not be, by reason:', notStored),
    ...(damaged === 0 ? [] : [`${damaged} records are damaged; they are left out and stay where they are.`]),
  ].join('\n');
}

/** What was written to a file. */
function titled(title: string, times: Readonly<Record<string, number>>): string[] {
  const lines = rows(times);
  return lines.length === 0 ? [] : [title, ...lines];
}

/** The most frequent first. */
function rows(times: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(times).sort(([, a], [, b]) => b - a);
  return entries.map(([name, count]) => row(`  ${name}`, count));
}

function row(name: string, count: number): string {
  return `  ${name.padEnd(20)}${String(count).padStart(8)}`;
}

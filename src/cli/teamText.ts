import { teamWinner, type TeamChoice, type TeamWinner } from '../process/training/teamAdapter.ts';
import type { Verdict } from '../trainer/adapters/manifest.ts';

/** Which of three policies won on a person's held-out work, and why, as text for a terminal. */
export function teamText({ before, team, onTop }: TeamChoice): string {
  const names: Readonly<Record<TeamWinner, string>> = {
    before: before === undefined ? 'The base model' : `What served before, adapter ${before},`,
    team: `The team’s adapter ${team.adapterId}`,
    onTop: `Your own work on top of it, adapter ${onTop.adapterId},`,
  };
  const rival = team.verdict.promoted ? 'the team’s' : 'what served before';
  const winner = teamWinner({ team, onTop });
  return [
    ...worthLines(team.verdict, onTop.verdict, rival),
    `The team’s against what served before. ${team.verdict.reason}`,
    `Yours on top of it against ${rival}. ${onTop.verdict.reason}`,
    '',
    `${names[winner]} wins on your own held-out work${winner === 'before' ? ' and goes on serving' : ' and serves now'}.`,
  ].join('\n');
}

/** The worth of each policy side by side; nothing where the gate could not compare. */
function worthLines(team: Verdict, onTop: Verdict, rival: string): string[] {
  const [first, second] = [team.comparison, onTop.comparison];
  if (first === undefined || second === undefined) return [];
  const line = (name: string, worth: number, rest: string): string =>
    `  ${name.padEnd(20)}${worth.toFixed(2).padStart(7)}${rest}`;
  return [
    `Worth on ${first.promptCount} prompts of your own held-out work: kept characters a prompt, less a third of the refused.`,
    line('what served before', first.utilityBefore, ''),
    line('the team’s', first.utilityAfter, gainOver(first, 'what served before')),
    line('yours on top of it', second.utilityAfter, gainOver(second, rival)),
    '',
  ];
}

function gainOver({ gain, low, high }: NonNullable<Verdict['comparison']>, rival: string): string {
  return `   gain ${gain.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)}) over ${rival}`;
}

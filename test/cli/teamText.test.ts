import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { teamText } from '../../src/cli/teamText.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';

/** A verdict on a candidate of that worth, against one of another. */
function judged(id: string, promoted: boolean, [before, after]: readonly [number, number]) {
  const gain = after - before;
  const comparison = { promptCount: 30, groupCount: 9, utilityBefore: before, utilityAfter: after, gain };
  const ends = promoted ? { low: gain / 2, high: gain * 2 } : { low: -0.5, high: 0.6 };
  const verdict = {
    promoted,
    reason: promoted ? 'Promoted: so.' : 'Not promoted: so.',
    comparison: { ...comparison, ...ends },
  };
  return tinyManifest(id, { verdict });
}

describe('the choice between a team’s adapter and others', () => {
  it.each([
    {
      team: true,
      onTop: true,
      says: 'Your own work on top of it, adapter top, wins on your own held-out work and serves now.',
    },
    {
      team: false,
      onTop: true,
      says: 'Your own work on top of it, adapter top, wins on your own held-out work and serves now.',
    },
    {
      team: true,
      onTop: false,
      says: 'The team’s adapter team wins on your own held-out work and serves now.',
    },
    {
      team: false,
      onTop: false,
      says: 'What served before, adapter mine, wins on your own held-out work and goes on serving.',
    },
  ])('is told with who won: team $team, on top $onTop', ({ team, onTop, says }) => {
    const text = teamText({
      before: 'mine' as AdapterId,
      team: judged('team', team, [1, 2]),
      onTop: judged('top', onTop, [team ? 2 : 1, 3]),
    });
    expect(text.split('\n').at(-1)).toBe(says);
    expect(text).toContain(`over ${team ? 'the team’s' : 'what served before'}\n\n`);
  });

  it('names the worth of all three, with the intervals', () => {
    const choice = { team: judged('team', true, [1, 2]), onTop: judged('top', false, [2, 2.1]) };
    expect(teamText(choice).split('\n')).toEqual([
      'Worth on 30 prompts of your own held-out work: kept characters a prompt, less a third of the refused.',
      '  what served before     1.00',
      '  the team’s             2.00   gain 1.00 (95 %: 0.50 to 2.00) over what served before',
      '  yours on top of it     2.10   gain 0.10 (95 %: -0.50 to 0.60) over the team’s',
      '',
      'The team’s against what served before. Promoted: so.',
      'Yours on top of it against the team’s. Not promoted: so.',
      '',
      'The team’s adapter team wins on your own held-out work and serves now.',
    ]);
  });
});

import type { AdapterId } from '../../engine/policy.ts';
import { AdapterStore } from '../../trainer/adapters/adapterStore.ts';
import type { Manifest } from '../../trainer/adapters/manifest.ts';
import type { ImportSettings } from '../clients.ts';
import { importAdapter } from './importAdapter.ts';
import { runRetraining, type JobHooks } from './retraining.ts';

/** What three policies came to on one person's held-out work. */
export interface TeamChoice {
  /** The person's own adapter that served; absent: the base model. */
  readonly before?: AdapterId | undefined;
  /** The team's adapter, compared with what served before. */
  readonly team: Manifest;
  /** The person's own work on top of the team's adapter, compared with the better of those. */
  readonly onTop: Manifest;
}

/** Which of the three serves in the end. */
export type TeamWinner = 'before' | 'team' | 'onTop';

/**
 * Lets a person keep a team's adapter, what served before, or own work on top of the team's, whichever wins:
 * the gate compares the first two, then training begins with the team's, whether that won or not, and the
 * gate compares what comes of it with the better one. All on the same held-out work of that person.
 */
export async function chooseFromTeam(settings: ImportSettings, hooks: JobHooks): Promise<TeamChoice> {
  const { adapterId: before } = await new AdapterStore(settings.adaptersFolder).serving();
  const team = await importAdapter(settings, hooks);
  const { manifest: onTop } = await runRetraining({ ...settings, beginsWith: team.adapterId }, hooks);
  return { before, team, onTop };
}

/** The last that was promoted. */
export function teamWinner({ team, onTop }: Pick<TeamChoice, 'team' | 'onTop'>): TeamWinner {
  if (onTop.verdict.promoted) return 'onTop';
  return team.verdict.promoted ? 'team' : 'before';
}

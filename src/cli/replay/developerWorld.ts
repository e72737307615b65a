import { alternativesAt } from '../../completion/alternatives.ts';
import { completeAt } from '../../completion/completeAt.ts';
import type { CompletionId, CompletionLimits } from '../../completion/completion.ts';
import { CompletionCache } from '../../completion/typing/completionCache.ts';
import { Completer } from '../../completion/completer.ts';
import { RefusedTexts } from '../../completion/asking/refusedTexts.ts';
import type { VirtualClock } from '../../completion/virtualClock.ts';
import type { Policy } from '../../engine/policy.ts';
import type { DeveloperWorld } from './replayedDeveloper.ts';
import type { ReplayedProject } from './replayedProject.ts';

/** What a developer's world is made of. */
export interface WorldParts extends Pick<DeveloperWorld, 'signal' | 'onAsked' | 'onJudged' | 'addRanking'> {
  readonly policy: Policy;
  readonly limits: CompletionLimits;
  /** How sure the policy has to be to offer something; absent: it offers whatever it writes. */
  readonly minChance?: number | undefined;
  readonly clock: VirtualClock;
  /** The project that is worked in; absent: prompts show nothing of its other files. */
  readonly project?: ReplayedProject | undefined;
  readonly newId: (kind: string) => string;
}

/**
 * When every replay begins. It is always the same moment, so that the same work and seed give the
 * same records, and from them the same adapter.
 */
export const replayStartMs = Date.UTC(2026, 0, 1);

/** The editor's default; on the virtual clock it costs nothing. */
const debounceMs = 125;

/** A world in which the shipped completer answers, with a policy behind it. */
export function developerWorld({ newId, ...parts }: WorldParts): DeveloperWorld {
  const { policy, limits, minChance = 0, clock, project, signal } = parts;
  const newCompletionId = (): CompletionId => newId('completion') as CompletionId;
  const completer = new Completer({
    complete: (request, requestSignal) => completeAt(request, policy, requestSignal),
    clock,
    cache: new CompletionCache(),
    refused: new RefusedTexts(clock),
    settings: () => ({ isEnabled: true, languages: {}, debounceMs, minChance, ...limits }),
    newId: newCompletionId,
    ...(project && { related: project.relatedAt }),
  });
  completer.setPolicy(policy.id);
  return {
    ...{ ...parts, completer, policyId: policy.id },
    alternatives: (request) => alternativesAt({ ...request, id: newCompletionId() }, policy, signal),
    newRankingId: () => newId('ranking'),
  };
}

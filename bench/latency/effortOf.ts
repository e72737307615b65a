import { completeAt } from '../../src/completion/completeAt.ts';
import type { CompletionRequest } from '../../src/completion/completion.ts';
import type { Effort } from '../../src/engine/generation/effort.ts';
import { loadPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { policyIdOf } from '../../src/engine/policy.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';

/**
 * What a policy does for these requests: how much of the prompts it has in its caches, and how many
 * of the drafted tokens are right. Nothing here is timed, so it asks them again in this process,
 * where the policy can tell.
 */
export async function effortOf(
  base: ModelFolder,
  requests: readonly CompletionRequest[],
  threads: number,
): Promise<Effort> {
  const policy = await loadPolicy(base, { id: policyIdOf('benchmark', undefined), threads });
  try {
    for (const request of requests) await completeAt(request, policy, new AbortController().signal);
    return policy.effort;
  } finally {
    await policy.dispose();
  }
}

import { baseModelOf } from '../../engine/policy.ts';
import type { EngineState } from '../clients.ts';

/** The base model that an engine serves, whether it was chosen last or could not be replaced; undefined while it serves nothing. */
export function servedModelOf(state: EngineState): string | undefined {
  return state.kind === 'ready' ? baseModelOf(state.policyId, state.adapterId) : undefined;
}

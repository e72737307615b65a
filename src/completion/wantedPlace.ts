import type { CompletionId, CompletionRequest } from './completion.ts';
import type { AskedPlace } from './typing/typingAlong.ts';

/** A cursor where a completion is wanted. */
export interface WantedPlace extends Omit<AskedPlace, 'policyId'>, Pick<CompletionRequest, 'trigger'> {
  /** The completion on the screen: the editor keeps that in front, whatever it is given, so no more of it is written. */
  readonly standingId?: CompletionId | undefined;
}

/** As much of a place as settings depend on. */
export type SettingsPlace = Pick<WantedPlace, 'documentUri' | 'languageId'>;

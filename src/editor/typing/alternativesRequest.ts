import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { AlternativesRequest, CompletionId } from '../../completion/completion.ts';
import type { Settings } from '../settings/settings.ts';

/** Hot enough to differ, cool enough to be worth reading: Tabby's value for its alternatives. */
const temperature = 0.8;

/** What alternatives at a place depend on besides. */
export interface AlternativesWanted
  extends
    Pick<Settings, 'maxPromptTokens' | 'maxNewTokens'>,
    Pick<AlternativesRequest, 'promptSuffix' | 'related' | 'first' | 'seen'> {
  readonly id: CompletionId;
  readonly count: number;
  /** When they are asked for: another seed each time, since whoever asks again wants to see others. */
  readonly atMs: number;
  /** Absent where the text itself is gone on with. */
  readonly instruction?: string | undefined;
}

/** The request for several completions at a place, which the user has asked for. */
export function alternativesRequest(
  { prefix, suffix, languageId }: WantedPlace,
  { atMs, ...wanted }: AlternativesWanted,
): AlternativesRequest {
  const seed = Math.floor(atMs % 2 ** 31);
  return { prefix, suffix, languageId, trigger: 'invoked', temperature, seed, ...wanted };
}

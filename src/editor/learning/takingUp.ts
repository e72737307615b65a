import * as l10n from '@vscode/l10n';
import type { Manifest } from '../../trainer/adapters/manifest.ts';
import { servedModel, type WhoServes } from './whoServes.ts';

/** What becomes of an adapter that was promoted while the engine of this window goes on. */
export type TakenUp =
  | { readonly kind: 'serves' }
  /** It waits for its model: another was chosen meanwhile, or none is loaded. */
  | { readonly kind: 'waits'; readonly sentence: string }
  /** What served before goes on. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** What taking up needs. */
export type TakingUpOptions = Omit<WhoServes, 'adapters'>;

/** Lets the engine serve what was promoted, where it serves the model that the adapter is for. */
export async function takeUp(
  { baseModelId }: Pick<Manifest, 'baseModelId'>,
  options: TakingUpOptions,
): Promise<TakenUp> {
  const { engine } = options;
  // Another model may be chosen at any moment, also while the adapter is merged.
  const isOfAnother = (): boolean => servedModel(options) !== baseModelId;
  if (isOfAnother()) return waitsForChoice(baseModelId);
  try {
    await engine.useServingAdapter();
  } catch (error) {
    return isOfAnother() ? waitsForChoice(baseModelId) : { kind: 'failed', error };
  }
  if (isOfAnother()) return waitsForChoice(baseModelId);
  return engine.state.kind === 'ready'
    ? { kind: 'serves' }
    : { kind: 'waits', sentence: l10n.t('The adapter serves as soon as its model is loaded.') };
}

function waitsForChoice(model: string): TakenUp {
  return { kind: 'waits', sentence: l10n.t('The adapter serves as soon as {0} is chosen again.', model) };
}

/** When a promoted adapter serves, as a sentence. */
export function takenUpSentence(taken: TakenUp): string {
  if (taken.kind === 'serves') return l10n.t('It serves from now on.');
  return taken.kind === 'waits'
    ? taken.sentence
    : l10n.t('The adapter could not be loaded, and does not serve yet.');
}

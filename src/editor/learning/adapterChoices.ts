import * as l10n from '@vscode/l10n';
import type { AdapterId } from '../../engine/policy.ts';
import { verdictSentence } from '../../report/verdictSentence.ts';
import type { AdapterEntry } from '../../trainer/adapters/adapterStore.ts';
import type { Manifest } from '../../trainer/adapters/manifest.ts';

/** One policy that can serve, as a list shows it. */
export interface AdapterChoice {
  /** Absent for the base model alone. */
  readonly id?: AdapterId;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** Whom one rolls back from. */
export interface NowServing {
  /** Undefined where the base model serves. */
  readonly servingId: AdapterId | undefined;
  /** The one that shall serve, whether it can or not. */
  readonly promotedId: AdapterId | undefined;
  /** The base model that serves, or is to. */
  readonly model: string;
}

/**
 * What can be rolled back to: every adapter of the model that passed the gate, newest first, and the base model.
 * The one that serves is left out, and so are adapters that were never good enough to serve.
 */
export function adapterChoices(
  entries: readonly AdapterEntry[],
  { servingId, promotedId, model }: NowServing,
): AdapterChoice[] {
  const adapters = entries.flatMap((entry) => (entry.kind === 'adapter' ? [entry] : []));
  const passed = adapters
    .filter(({ manifest }) => manifest.baseModelId === model && manifest.verdict.promoted)
    .filter(({ id }) => id !== servingId)
    .reverse();
  const previous = passed.find(({ id }) => servingId !== undefined && id < servingId)?.id;
  const choices = passed.map(({ id, manifest }) => choiceOf(manifest, id === previous));
  // One that cannot serve, though it is the model's, asks to be replaced.
  const promoted = adapters.find(({ id }) => id === promotedId);
  const isOfAnother = promoted !== undefined && promoted.manifest.baseModelId !== model;
  const isAdapted = servingId !== undefined || (promotedId !== undefined && !isOfAnother);
  return isAdapted ? [...choices, baseChoice] : choices;
}

/** An adapter as a list shows it, with the model that it is for. */
export interface StoredAdapterChoice extends AdapterChoice {
  readonly id: AdapterId;
  readonly baseModelId: string;
}

/** The adapters whose learning report can be opened, newest first. */
export function reportChoices(
  entries: readonly AdapterEntry[],
  servingId: AdapterId | undefined,
): StoredAdapterChoice[] {
  const adapters = entries.flatMap((entry) => (entry.kind === 'adapter' ? [entry] : []));
  const newestFirst = adapters.toSorted((a, b) => b.manifest.finishedAtMs - a.manifest.finishedAtMs);
  return newestFirst.map(({ id, manifest }) => {
    const choice = choiceOf(manifest, false);
    const label = id === servingId ? l10n.t('{0}, serves now', choice.label) : choice.label;
    return { ...choice, label, baseModelId: manifest.baseModelId };
  });
}

const baseChoice: AdapterChoice = {
  label: `$(circle-outline) ${l10n.t('Base model')}`,
  description: l10n.t('without any adapter'),
  detail: l10n.t('As it was before the first retraining. The adapters stay and can be chosen again.'),
};

function choiceOf(manifest: Manifest, isPrevious: boolean) {
  const { adapterId, baseModelId, finishedAtMs, verdict } = manifest;
  const day = new Date(finishedAtMs).toLocaleString();
  return {
    id: adapterId,
    label: `$(history) ${isPrevious ? l10n.t('Previous adapter of {0}', day) : l10n.t('Adapter of {0}', day)}`,
    description: `${baseModelId}, ${originOf(manifest)}`,
    detail: verdictSentence(verdict),
  };
}

function originOf({ data, imported }: Manifest): string {
  if (imported !== undefined) return l10n.t('imported from {0}', imported.path);
  return l10n.t('demonstrations: {0}, preferences: {1}', data.demonstrations, data.preferencePairs);
}

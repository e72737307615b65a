import type { Adapters } from '../process/adapters.ts';

type Entry = Awaited<ReturnType<Adapters['list']>>[number];
type AdapterId = Entry['id'];
type Manifest = Extract<Entry, { kind: 'adapter' }>['manifest'];

/** One policy that can serve, as a list shows it. */
export interface AdapterChoice {
  /** Absent for the base model alone. */
  readonly id?: AdapterId;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/**
 * What can be rolled back to: every adapter that passed the gate, newest first, and the base model.
 * The one that serves is left out, and so are adapters that were never good enough to serve.
 */
export function adapterChoices(entries: readonly Entry[], servingId: AdapterId | undefined): AdapterChoice[] {
  const adapters = entries
    .flatMap((entry) => (entry.kind === 'adapter' ? [entry] : []))
    .filter(({ id, manifest }) => id !== servingId && manifest.verdict.promoted)
    .reverse();
  const previous = adapters.find(({ id }) => servingId !== undefined && id < servingId)?.id;
  const choices = adapters.map(({ id, manifest }) => choiceOf(manifest, id === previous));
  return servingId === undefined ? choices : [...choices, baseChoice];
}

/** The adapters whose learning report can be opened, newest first. */
export function reportChoices(
  entries: readonly Entry[],
  servingId: AdapterId | undefined,
): (AdapterChoice & { readonly id: AdapterId })[] {
  const adapters = entries.flatMap((entry) => (entry.kind === 'adapter' ? [entry] : []));
  const newestFirst = adapters.toSorted((a, b) => b.manifest.finishedAtMs - a.manifest.finishedAtMs);
  return newestFirst.map(({ id, manifest }) => {
    const choice = choiceOf(manifest, false);
    return { ...choice, label: id === servingId ? `${choice.label}, serves now` : choice.label };
  });
}

const baseChoice: AdapterChoice = {
  label: '$(circle-outline) Base model',
  description: 'without any adapter',
  detail: 'As it was before the first retraining. The adapters stay and can be chosen again.',
};

function choiceOf(manifest: Manifest, isPrevious: boolean) {
  const { adapterId, baseModelId, finishedAtMs, verdict } = manifest;
  const day = new Date(finishedAtMs).toLocaleString();
  return {
    id: adapterId,
    label: `$(history) ${isPrevious ? 'Previous adapter' : 'Adapter'} of ${day}`,
    description: `${baseModelId}, ${originOf(manifest)}`,
    detail: verdict.reason,
  };
}

function originOf({ data, imported }: Manifest): string {
  if (imported !== undefined) return `imported from ${imported.path}`;
  return `from ${data.demonstrations} demonstrations, ${data.preferencePairs} preferences`;
}

import * as l10n from '@vscode/l10n';
import type { AdapterId } from '../../engine/policy.ts';
import { adapterChoices } from './adapterChoices.ts';
import { choose } from '../choose.ts';
import type { Notices } from '../notices.ts';
import { doneWithCancel } from '../progressWithCancel.ts';
import { loadingText } from '../status/statusText.ts';
import { nowServing, servedId, type WhoServes } from './whoServes.ts';

/** What rolling back needs. */
export interface RollBackOptions extends WhoServes {
  readonly notices: Notices;
}

/** The command 'Roll Back Adapter': lets the user choose which policy serves from now on. */
export async function rollBack(options: RollBackOptions): Promise<void> {
  const { adapters, notices } = options;
  const now = await nowServing(options);
  const promotedId = await adapters.servingId();
  const choices = adapterChoices(await adapters.list(), { ...now, promotedId });
  if (choices.length === 0) {
    notices.tell(
      'info',
      l10n.t('The base model serves, and there is no adapter to go back to. Retrain to get one.'),
    );
    return;
  }
  const chosen = await choose(choices, {
    title: l10n.t('Attune: Roll Back Adapter'),
    placeHolder: l10n.t('Now {0} serves. What shall serve instead?', policyName(now.servingId)),
  });
  if (chosen !== undefined) await changeServing(() => adapters.serve(chosen.id), options);
}

/**
 * Changes which policy serves, waits for it, and says so with a way back. Where the user has enough of
 * waiting, or it cannot be had, the one before goes on. Gives whether it was changed.
 */
export async function changeServing(
  change: () => Promise<unknown>,
  options: RollBackOptions,
): Promise<boolean> {
  const { adapters, engine, notices } = options;
  const before = await adapters.servingId();
  await change();
  const isServing = await useWithProgress(engine).catch(async (error: unknown) => {
    await adapters.serve(before);
    throw error;
  });
  if (!isServing) {
    await adapters.serve(before);
    return false;
  }
  const undo = async (): Promise<void> => {
    try {
      await changeServing(() => adapters.serve(before), options);
    } catch (error) {
      notices.tellError(error);
    }
  };
  const policy = policyName(await servedId(options));
  const said =
    engine.state.kind === 'ready'
      ? l10n.t('From now on {0} serves.', policy)
      : l10n.t('As soon as the model is loaded, {0} serves.', policy);
  notices.tell('info', said, { [l10n.t('Undo')]: undo });
  return true;
}

function policyName(id: AdapterId | undefined): string {
  return id === undefined ? l10n.t('the base model') : l10n.t('adapter {0}', id);
}

/** Waits for the adapter with a notification; false when the user had enough of waiting. */
function useWithProgress(engine: RollBackOptions['engine']): Promise<boolean> {
  return doneWithCancel('Attune', ({ signal, show }) =>
    engine.useServingAdapter({ signal, onProgress: (state) => show(loadingText(state)) }),
  );
}

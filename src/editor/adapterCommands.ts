import * as vscode from 'vscode';
import type { Adapters } from '../process/adapters.ts';
import type { EngineClient } from '../process/clients.ts';
import { adapterChoices } from './adapterChoices.ts';
import type { Notices } from './notices.ts';

/** What rolling back needs. */
export interface RollBackOptions {
  readonly adapters: Adapters;
  readonly engine: Pick<EngineClient, 'useServingAdapter'>;
  readonly notices: Notices;
}

/** The command 'Roll Back Adapter': lets the user choose which policy serves from now on. */
export async function rollBack({ adapters, engine, notices }: RollBackOptions): Promise<void> {
  const servingId = await adapters.servingId();
  const choices = adapterChoices(await adapters.list(), servingId);
  if (choices.length === 0) {
    notices.tell('info', 'The base model serves, and there is no adapter to go back to. Retrain to get one.');
    return;
  }
  const serving = servingId === undefined ? 'the base model' : `adapter ${servingId}`;
  const chosen = await vscode.window.showQuickPick(choices, {
    title: 'Attune: Roll Back Adapter',
    placeHolder: `Now ${serving} serves. What shall serve instead?`,
  });
  if (chosen === undefined) return;
  await adapters.serve(chosen.id);
  await engine.useServingAdapter();
  const now = chosen.id === undefined ? 'the base model' : `adapter ${chosen.id}`;
  notices.tell('info', `From now on ${now} serves.`);
}

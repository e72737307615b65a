import type { AdapterId } from '../../engine/policy.ts';
import type { Adapters } from '../../process/adapters.ts';
import type { EngineClient } from '../../process/clients.ts';
import { servedModelOf } from '../../process/serving/servedModel.ts';
import type { Settings } from '../settings/settings.ts';

/** What says who serves. */
export interface WhoServes {
  readonly adapters: Adapters;
  readonly engine: Pick<EngineClient, 'useServingAdapter' | 'state'>;
  readonly settings: () => Pick<Settings, 'model'>;
}

/**
 * The adapter that serves, undefined for the base model alone: what the engine says, and while it serves nothing the one
 * that was promoted, which the engine takes only for the model that it was made for.
 */
export async function servedId({ adapters, engine, settings }: WhoServes): Promise<AdapterId | undefined> {
  if (engine.state.kind === 'ready') return engine.state.adapterId;
  const promotedId = await adapters.servingId();
  const entry = (await adapters.list()).find(({ id }) => id === promotedId);
  const isFor = entry?.kind === 'adapter' && entry.manifest.baseModelId === settings().model;
  return isFor ? promotedId : undefined;
}

/** The adapter and the base model that serve. */
export async function nowServing(options: WhoServes) {
  return { servingId: await servedId(options), model: servedModel(options) };
}

/**
 * The base model that serves: what the engine says, where one chosen anew may have failed, and while it serves nothing
 * the one of the settings.
 */
export function servedModel({ engine: { state }, settings }: Omit<WhoServes, 'adapters'>): string {
  return servedModelOf(state) ?? settings().model;
}

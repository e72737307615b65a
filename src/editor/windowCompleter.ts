import { randomUUID } from 'node:crypto';
import type { Clock } from '../completion/clock.ts';
import { Completer } from '../completion/completer.ts';
import type { CompletionId } from '../completion/completion.ts';
import { CompletionCache } from '../completion/completionCache.ts';
import { RefusedTexts } from '../completion/refusedTexts.ts';
import type { EngineClient } from '../process/clients.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { Thinking } from './thinking.ts';
import { completerSettings, type Settings } from './settings.ts';

/** What the completer of a window needs. */
export interface WindowCompleterOptions {
  readonly engine: EngineClient;
  readonly settings: () => Settings;
  readonly openDocuments: Pick<OpenDocuments, 'referencesAt'>;
  readonly clock: Clock;
  readonly thinking: Thinking;
}

/** The completer of this window, which asks its engine. */
export function windowCompleter({
  engine,
  settings,
  openDocuments,
  clock,
  thinking,
}: WindowCompleterOptions): Completer {
  return new Completer({
    complete: (request, signal, watch) => thinking.during(engine.complete(request, signal, watch)),
    prepare: (request, signal) => engine.prepare(request, signal),
    clock,
    cache: new CompletionCache(),
    refused: new RefusedTexts(clock),
    settings: () => completerSettings(settings()),
    newId: () => randomUUID() as CompletionId,
    references: openDocuments.referencesAt,
  });
}

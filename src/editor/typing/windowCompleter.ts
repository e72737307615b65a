import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import { Completer } from '../../completion/completer.ts';
import type { CompletionId } from '../../completion/completion.ts';
import { CompletionCache } from '../../completion/typing/completionCache.ts';
import { RefusedTexts } from '../../completion/asking/refusedTexts.ts';
import type { EngineClient } from '../../process/clients.ts';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { ProjectCode } from './projectCode.ts';
import { completerSettings } from '../settings/settings.ts';
import type { Snooze } from '../status/snooze.ts';
import type { Thinking } from './thinking.ts';

/** What the completer of a window needs. */
export interface WindowCompleterOptions {
  readonly engine: Pick<EngineClient, 'complete' | 'prepare'>;
  readonly settings: Pick<CurrentSettings, 'at' | 'onChanged'>;
  readonly snooze: Pick<Snooze, 'untilMs'>;
  readonly openDocuments: Pick<OpenDocuments, 'referencesAt'>;
  readonly projectCode: Pick<ProjectCode, 'relatedAt' | 'onShownAnew' | 'onForgotten'>;
  readonly clock: Clock;
  readonly thinking: Thinking;
}

/** The completer of this window, which asks its engine. */
export function windowCompleter({
  engine,
  settings,
  snooze,
  openDocuments,
  projectCode,
  clock,
  thinking,
}: WindowCompleterOptions): Completer {
  const completer = new Completer({
    complete: (request, signal, watch) => thinking.during(engine.complete(request, signal, watch)),
    prepare: (request, signal) => engine.prepare(request, signal),
    clock,
    cache: new CompletionCache(),
    refused: new RefusedTexts(clock),
    settings: ({ documentUri, languageId }) => ({
      ...completerSettings(settings.at({ uri: vscode.Uri.parse(documentUri), languageId })),
      isSnoozed: snooze.untilMs !== undefined,
    }),
    newId: () => randomUUID() as CompletionId,
    references: openDocuments.referencesAt,
    related: projectCode.relatedAt,
  });
  projectCode.onShownAnew((file) => completer.noteRelatedChanged(file));
  projectCode.onForgotten(() => completer.forgetRelated());
  settings.onChanged(() => completer.forgetWritten());
  return completer;
}

import * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { isOurs } from './documentPlace.ts';
import { OpenTexts } from './openTexts.ts';
import type { Settings } from '../settings/settings.ts';
import { readingRulesOf } from '../stored/storageRules.ts';

/** The documents that are open in this window, as references of its completions. */
export class OpenDocuments implements vscode.Disposable {
  readonly #texts: OpenTexts;
  readonly #listening: vscode.Disposable;

  constructor(settings: () => Settings) {
    this.#texts = new OpenTexts(async (documentUri) => {
      const { whyDocumentNotStorable } = await import('../../feedback/storing/storable.ts');
      return (await whyDocumentNotStorable(documentUri, readingRulesOf(settings()))) === undefined;
    });
    for (const document of vscode.workspace.textDocuments) this.#turnTo(document);
    for (const { document } of vscode.window.visibleTextEditors) this.#turnTo(document);
    this.#listening = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) this.#turnTo(document);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined) this.#turnTo(editor.document);
      }),
    );
  }

  /** The texts that a completion at a place may repeat passages of. */
  readonly referencesAt = (place: WantedPlace): readonly string[] => {
    const visible = vscode.window.visibleTextEditors.map(({ document }) => document);
    return this.#texts.referencesAt(place, visible);
  };

  dispose(): void {
    this.#listening.dispose();
  }

  #turnTo(document: vscode.TextDocument): void {
    if (isOurs(document)) void this.#texts.turnTo(document);
  }
}

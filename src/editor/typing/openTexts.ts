import type * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { chooseReferences, restAround } from '../../completion/prompt/references.ts';

/** What is asked of a document of the editor. */
export interface EditorDocument extends Pick<
  vscode.TextDocument,
  'languageId' | 'version' | 'isClosed' | 'getText'
> {
  readonly uri: { readonly toString: () => string };
}

/** More documents than have room among the references. */
const maxDocuments = 12;

/**
 * The documents that the user has turned to, as references of completions. What may not be stored is
 * no reference either: references go to the engine, which other windows of the user share.
 */
export class OpenTexts {
  readonly #mayBeStored: (documentUri: string) => Promise<boolean>;
  /** The one that was turned to last comes first. */
  #documents: readonly EditorDocument[] = [];
  /** Those that were found to be storable when they were turned to last. */
  readonly #storable = new WeakSet<EditorDocument>();
  readonly #texts = new WeakMap<EditorDocument, { readonly version: number; readonly text: string }>();

  /** @param mayBeStored whether the text of a document may be kept; a failure means that it may not. */
  constructor(mayBeStored: (documentUri: string) => Promise<boolean>) {
    this.#mayBeStored = mayBeStored;
  }

  /** Notes that the user has turned to a document. Resolves once it is known whether it may be a reference. */
  async turnTo(document: EditorDocument): Promise<void> {
    const others = this.#documents.filter((other) => other !== document && !other.isClosed);
    this.#documents = [document, ...others].slice(0, maxDocuments);
    const isStorable = await this.#mayBeStored(document.uri.toString()).catch(() => false);
    if (isStorable) this.#storable.add(document);
    else this.#storable.delete(document);
  }

  /** The references of a completion at a place: documents in sight first, then by when they were turned to. */
  referencesAt(
    { documentUri, languageId, offset }: Pick<WantedPlace, 'documentUri' | 'languageId' | 'offset'>,
    visible: readonly EditorDocument[],
  ): string[] {
    const documents = [...new Set([...visible, ...this.#documents])];
    const open = documents.filter((document) => this.#storable.has(document) && !document.isClosed);
    const isOwn = (document: EditorDocument): boolean => document.uri.toString() === documentUri;
    const own = open.find(isOwn);
    return chooseReferences(
      { languageId, rest: own === undefined ? [] : restAround(this.#textOf(own), offset) },
      open
        .filter((document) => !isOwn(document))
        .map((document) => ({ languageId: document.languageId, text: this.#textOf(document) })),
    );
  }

  /** Documents in the background change rarely, and reading one joins its lines. */
  #textOf(document: EditorDocument): string {
    const known = this.#texts.get(document);
    if (known?.version === document.version) return known.text;
    const text = document.getText();
    this.#texts.set(document, { version: document.version, text });
    return text;
  }
}

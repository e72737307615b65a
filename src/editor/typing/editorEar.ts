import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { sentence } from '../../sentences/sentence.ts';
import { reportOf, type Logger } from '../logger.ts';

/** Whoever wants to know what happens in the editors. */
export interface EditorListener {
  handle(event: EditorEvent): void;
}

/**
 * Passes what happens in the editors on to all who listen, in order. A listener that fails costs
 * neither the others nor the editor anything.
 */
export class EditorEar implements EditorListener {
  readonly #listeners: readonly EditorListener[];
  readonly #log: Logger;
  #lastEventMs = 0;

  constructor(listeners: readonly EditorListener[], log: Logger) {
    this.#listeners = listeners;
    this.#log = log;
  }

  /** When something last happened; 0 before the first event. */
  get lastEventMs(): number {
    return this.#lastEventMs;
  }

  handle(event: EditorEvent): void {
    this.#lastEventMs = event.atMs;
    for (const listener of this.#listeners) this.#tell(listener, event);
  }

  #tell(listener: EditorListener, event: EditorEvent): void {
    try {
      listener.handle(event);
    } catch (error) {
      this.#log.error(sentence`Feedback missed '${event.kind}': ${reportOf(error)}`);
    }
  }
}

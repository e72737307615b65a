import type { CompletionId } from '../../completion/completion.ts';
import { RecentMap } from '../../completion/recentMap.ts';
import type { AskedAt } from './editorEvent.ts';
import { withoutCarriageReturns } from './survival.ts';

/**
 * A completion comes again as long as the cache has it, which keeps the last 100 that were asked for. Five times
 * as many leave room for other texts for the same cursors.
 */
const maxPrompts = 500;

/** What a completion is asked for: its text ('' when nothing was offered) and what that stands for. */
export interface Answer {
  readonly id: CompletionId;
  readonly text: string;
  /** Characters behind the cursor that the text replaces. */
  readonly replacedChars: number;
}

/** Where the prompt of a record ends, seen from an offer that may be the rest of a text begun there. */
export interface Beginning<Asked extends AskedAt = AskedAt> {
  /** The offer, as it would have been made there. */
  readonly asked: Asked;
  /** All of what is offered, or was when nothing is now. */
  readonly answer: Answer;
  /** What was written from there up to the cursor of now. */
  readonly typedText: string;
  /**
   * Whether it is where the prompt ends. It is not where the completion came first to somebody who was typing along
   * it, and now comes to them further back: what is written there answers another prompt.
   */
  readonly isPromptsEnd: boolean;
}

/** Where a record's prompt ends: at an offset, for a completion comes again only where all before it is as it was. */
interface RecordedPrompt {
  readonly offset: number;
  readonly answer: Answer;
}

/**
 * Where the prompts of this session's records end. A completion keeps its id while its text is typed along, and its
 * record the prompt of the first offer. So what is written is told from there on.
 */
export class RecordedPrompts {
  readonly #prompts = new RecentMap<CompletionId, RecordedPrompt>(maxPrompts);

  /** Where the record of an answer begins; here, for one that comes for the first time. */
  beginningOf<Asked extends AskedAt>(asked: Asked, { id, text, replacedChars }: Answer): Beginning<Asked> {
    const answer = { id, text, replacedChars };
    const recorded = this.#prompts.get(id) ?? { offset: asked.offset, answer };
    this.#prompts.set(id, recorded);
    const typedChars = asked.offset - recorded.offset;
    const isPromptsEnd = typedChars >= 0 && typedChars <= asked.prefix.length;
    const end = asked.prefix.length - (isPromptsEnd ? typedChars : 0);
    const typedText = asked.prefix.slice(end);
    const whole = { ...answer, text: withoutCarriageReturns(typedText) + text };
    return {
      asked: { ...asked, offset: asked.offset - typedText.length, prefix: asked.prefix.slice(0, end) },
      answer: text === '' ? recorded.answer : whole,
      typedText,
      isPromptsEnd,
    };
  }

  /** Notes that a completion has more text than its record said. */
  grow(id: CompletionId, text: string): void {
    const recorded = this.#prompts.get(id);
    if (recorded !== undefined) this.#prompts.set(id, { ...recorded, answer: { ...recorded.answer, text } });
  }
}

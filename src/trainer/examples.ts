import type { WrittenText } from '../completion/completion.ts';
import type { PolicyId } from '../engine/policy.ts';
import type { AskedAt } from '../feedback/editorEvent.ts';
import { sha256OfJson } from './canonicalJson.ts';

/** A cursor at which something was asked, offered or written. */
export interface ExamplePrompt extends AskedAt {
  /** Equal for equal prefix, suffix and instruction: to the policy those are one prompt, whenever and wherever. */
  readonly promptKey: string;
}

/** <prompt, what the user wrote>: what SFT imitates. */
export interface Demonstration extends ExamplePrompt {
  /** What belongs at the cursor; never blank. */
  readonly text: string;
  /** Characters at the start of `suffix` that `text` stands for. */
  readonly replacedChars: number;
  /** How much it counts, above 0 to 1. */
  readonly weight: number;
  /**
   * 'typed' where nothing was offered, 'ownText' into the side panel, 'settled' what stood at a
   * completion's place in the end, 'accepted' a completion that stayed but whose place never settled,
   * 'imported' what a file of examples gave.
   */
  readonly source: 'typed' | 'ownText' | 'settled' | 'accepted' | 'imported';
  readonly recordId: string;
}

/** One of several texts for the same prompt. */
export interface ComparedText {
  /** Empty for silence. */
  readonly text: string;
  /** Characters at the start of `suffix` that `text` stands for. */
  readonly replacedChars: number;
  /** Who wrote it; of an 'imported' one nobody knows. Nobody wrote 'silence': it is the answer to offer nothing. */
  readonly writer: 'policy' | 'user' | 'silence' | 'imported';
  /** What the policy really wrote, token by token. Absent for the other writers. */
  readonly written?: WrittenText;
  readonly policyId?: PolicyId;
}

/** One comparison, as indices into the group's texts. */
export interface ComparedPair {
  readonly better: number;
  readonly worse: number;
  /** 'ranking' is a deliberate opinion, 'behaviour' was read from what the user did. */
  readonly evidence: 'ranking' | 'behaviour';
}

/** All that is known about which text is better at one prompt. A tie, and what is not known, is no pair. */
export interface PreferenceGroup extends ExamplePrompt {
  /** All different. */
  readonly texts: readonly ComparedText[];
  /** At least one; never both ways round. */
  readonly pairs: readonly ComparedPair[];
  readonly recordIds: readonly string[];
}

/** The prompt of a record. */
export function promptOf(record: AskedAt): ExamplePrompt {
  const { atMs, documentUri, languageId, offset, prefix, suffix, instruction } = record;
  const asked = instruction === undefined ? {} : { instruction };
  const promptKey = sha256OfJson([prefix, suffix, ...Object.values(asked)]).slice(0, 16);
  return { promptKey, atMs, documentUri, languageId, offset, prefix, suffix, ...asked };
}

/** Whether two texts are the same code, however it is laid out. A formatter is no opinion. */
export function isSameCode(a: string, b: string): boolean {
  return a.replaceAll(/\s/g, '') === b.replaceAll(/\s/g, '');
}

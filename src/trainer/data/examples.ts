import type { WrittenText } from '../../completion/completion.ts';
import type { PolicyId } from '../../engine/policy.ts';
import type { AskedAt } from '../../feedback/following/editorEvent.ts';
import { sha256OfJson } from '../canonicalJson.ts';

/** A cursor at which something was asked, offered or written. */
export interface ExamplePrompt extends AskedAt {
  /** Equal for equal prefix, suffix and instruction: to the policy those are one prompt, whenever and wherever. */
  readonly promptKey: string;
  /** What a file calls its group, where that is another than `promptKey`: texts of different groups are not compared. */
  readonly groupId?: string;
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
  /** How much it counts where each prompt counts 1, as a file said it. Absent: an equal share of its prompt. */
  readonly weight?: number;
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
export function promptOf(record: AskedAt & { readonly groupId?: string | undefined }): ExamplePrompt {
  const { atMs, documentUri, languageId, offset, prefix, suffix, instruction, groupId } = record;
  const asked = instruction === undefined ? {} : { instruction };
  const promptKey = sha256OfJson([prefix, suffix, ...Object.values(asked)]).slice(0, 16);
  const group = groupId === undefined || groupId === promptKey ? {} : { groupId };
  return { promptKey, atMs, documentUri, languageId, offset, prefix, suffix, ...asked, ...group };
}

/** What tells groups of compared texts apart, here and in files. */
export function groupIdOf({ groupId, promptKey }: Pick<ExamplePrompt, 'groupId' | 'promptKey'>): string {
  return groupId ?? promptKey;
}

/**
 * How much each pair of one prompt counts [K], together at most 1: what a file said, else an equal share. More than 1
 * in all is too much for one prompt, and is shared out.
 */
export function pairShares(pairs: readonly Pick<ComparedPair, 'weight'>[]): number[] {
  const weights = pairs.map(({ weight = 1 / pairs.length }) => weight);
  const whole = Math.max(
    1,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  return weights.map((weight) => weight / whole);
}

/** Whether two texts are the same code, however it is laid out. A formatter is no opinion. */
export function isSameCode(a: string, b: string): boolean {
  return a.replaceAll(/\s/g, '') === b.replaceAll(/\s/g, '');
}

import { countWithin, demonstrationAt } from '../../completion/prompt/demonstration.ts';
import { buildPrompt } from '../../completion/prompt/prompt.ts';
import type { Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import type { CodeWindow } from './codeWindows.ts';
import { pairShares, type Demonstration, type ExamplePrompt, type PreferenceGroup } from './examples.ts';
import { freeTokenCount, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { PreferenceSequences } from '../stages/rewardModel.ts';
import type { WeightedSequence } from '../stages/sft.ts';

/** How examples become tokens: as the prompts and completions that are served. */
export interface Tokenisation {
  readonly tokenizer: Tokenizer;
  readonly maxPromptTokens: number;
  /** Completions are cut to this; a longer text would never be served. */
  readonly maxNewTokens: number;
}

/** Any text at a prompt, ended with the end-of-text token: how reward model and SFT read completions. */
export function textSequence(
  prompt: Pick<ExamplePrompt, 'prefix' | 'suffix'> &
    Partial<Pick<ExamplePrompt, 'languageId' | 'instruction'>>,
  text: string,
  { tokenizer, maxPromptTokens, maxNewTokens }: Tokenisation,
): TokenSequence {
  const sequence = demonstrationAt({ ...prompt, text }, tokenizer, maxPromptTokens);
  return { ...sequence, completionTokens: sequence.completionTokens.slice(0, maxNewTokens) };
}

/** The demonstrations that leave something to learn. */
export function demonstrationSequences(
  demonstrations: readonly Demonstration[],
  tokenisation: Tokenisation,
): WeightedSequence[] {
  return demonstrations
    .map((demonstration) => ({
      ...textSequence(demonstration, demonstration.text, tokenisation),
      weight: demonstration.weight,
    }))
    .filter((sequence) => freeTokenCount(sequence) > 0);
}

/**
 * A window in the form of a prompt, of which less than usual stands above it: what is learned of its tokens in one reading
 * is what a request at each of its places would teach.
 *
 * @param maxTokens more of the window is cut off.
 */
export function windowSequence(
  { prefix, text, suffix }: Omit<CodeWindow, 'rareLines'>,
  { tokenizer, maxPromptTokens }: Pick<Tokenisation, 'tokenizer' | 'maxPromptTokens'>,
  maxTokens: number,
): WeightedSequence {
  const below = buildPrompt({ prefix: '', suffix }, tokenizer, maxPromptTokens).promptTokens;
  const tokens = tokenizer.encode(prefix + text);
  const start = countWithin(tokens, Buffer.byteLength(prefix), tokenizer);
  const above = tokens.slice(Math.max(0, start - (maxPromptTokens - below.length)), start);
  const completionTokens = tokens.slice(start, start + maxTokens);
  return { promptTokens: [...below, ...above], completionTokens, freeFrom: 0, weight: 1 };
}

/** The preferences of each prompt; deliberate rankings are believed more than behaviour. */
export function preferenceSequences(
  groups: readonly PreferenceGroup[],
  tokenisation: Tokenisation,
  { labelSmoothing, rankingLabelSmoothing }: Hyperparameters['reward'],
): PreferenceSequences[] {
  return groups.map((group) => ({
    sequences: group.texts.map(({ text }) => textSequence(group, text, tokenisation)),
    silence: silenceIn(group),
    pairs: group.pairs.map(({ better, worse }) => [better, worse] as const),
    ...(group.pairs.some(({ weight }) => weight !== undefined) ? { shares: pairShares(group.pairs) } : {}),
    labelSmoothing: group.pairs.every(({ evidence }) => evidence === 'ranking')
      ? rankingLabelSmoothing
      : labelSmoothing,
  }));
}

function silenceIn({ texts }: PreferenceGroup): number | undefined {
  const index = texts.findIndex(({ writer }) => writer === 'silence');
  return index === -1 ? undefined : index;
}

import type { Policy } from '../engine/policy.ts';
import { chatTurn, lastLines } from './prompt/instruction.ts';
import { findLoop } from './trimming/repetition.ts';
import { withoutMarks } from './trimming/trim.ts';

/** Long enough for a short letter, short enough to be waited for. */
const maxAnswerTokens = 120;

/** The longest prompt that anybody sets; what is pasted may be longer than any text the engine can hold. */
const maxWordTokens = 2048;

/**
 * What a policy answers to plain words, of very many to the last: in its turn where the model knows turns, otherwise whatever it
 * writes behind them. The likeliest text; '' when the signal is aborted before a word.
 */
export async function answerTo(words: string, policy: Policy, signal: AbortSignal): Promise<string> {
  const { tokenizer } = policy;
  const { chat, endOfText } = tokenizer;
  const heard = lastLines(words, maxWordTokens, tokenizer);
  const promptTokens =
    chat === undefined
      ? [endOfText, ...tokenizer.encode(heard)]
      : [
          ...chatTurn('system\nYou are a helpful assistant.', tokenizer, chat),
          ...chatTurn(`user\n${heard}`, tokenizer, chat),
          chat.start,
          ...tokenizer.encode('assistant\n'),
        ];
  const [written] = await policy.generate(
    {
      ...{ promptTokens, typedText: '', count: 1, temperature: 0, seed: 0, maxNewTokens: maxAnswerTokens },
      shouldStop: (text) => findLoop(text) !== undefined,
    },
    signal,
  );
  const text = withoutMarks(written?.text ?? '');
  return text.slice(0, findLoop(text)).trim();
}

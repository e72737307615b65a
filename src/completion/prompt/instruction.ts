import type { ChatTokens, Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import { cursorLineOf, sliceWhole, type Context } from './context.ts';
import { healPrompt, type HealedPrompt } from './healPrompt.ts';
import { findLoop } from '../trimming/repetition.ts';
import { withoutMarks, type Trimmed } from '../trimming/trim.ts';

/*
 * Code for an instruction in plain words. A model that knows turns of a chat (ChatML) is given the
 * instruction as a turn. Its answer begins inside a fence with the file up to the cursor, as if it had
 * written that already: so it goes on with code, at the right indentation, and repeats nothing.
 *
 *   <|im_start|>system     what to write               <|im_end|>
 *   <|im_start|>user       Write python: INSTRUCTION   <|im_end|>
 *   <|im_start|>assistant  ```python PREFIX
 *
 * Any other model finds the instruction as a comment above the cursor.
 */

/** What was asked for, and in which language the code shall be. */
export interface Instruction {
  readonly instruction: string;
  /** VS Code's language id. */
  readonly languageId: string;
}

const system = 'You write code. Answer with the code alone: no example of its use, no test, no explanation.';

/** One turn of a chat: who speaks on its first line, then what they say. */
export function chatTurn(text: string, tokenizer: Tokenizer, chat: ChatTokens): number[] {
  return [chat.start, ...tokenizer.encode(text), chat.end, ...tokenizer.encode('\n')];
}

/**
 * The prompt of an instruction for a model with turns, healed as that of any completion. Of an instruction that is
 * longer than half of the prompt, such as a long comment, the model sees the end, as of a file.
 */
export function buildChatPrompt(
  asked: Instruction,
  { prefix }: Context,
  { tokenizer, chat }: { readonly tokenizer: Tokenizer; readonly chat: ChatTokens },
  maxPromptTokens: number,
): HealedPrompt {
  const language = languageNames[asked.languageId] ?? asked.languageId;
  const instruction = lastLines(asked.instruction, Math.floor(maxPromptTokens / 2), tokenizer);
  const head = [
    ...chatTurn(`system\n${system}`, tokenizer, chat),
    ...chatTurn(`user\nWrite ${language}: ${instruction}`, tokenizer, chat),
    chat.start,
  ];
  const opening = `assistant\n${fence}${language}\n`;
  const room = maxPromptTokens - head.length - tokenizer.encode(opening).length;
  const { promptTokens, typedText } = healPrompt(opening + lastLines(prefix, room, tokenizer), tokenizer);
  return { promptTokens: [...head, ...promptTokens], typedText };
}

const fence = '```';

/** Where a fence calls a language otherwise than VS Code does. */
const languageNames: Readonly<Record<string, string>> = {
  javascriptreact: 'jsx',
  typescriptreact: 'tsx',
  shellscript: 'bash',
  plaintext: '',
};

/** The last whole lines of a text that fit; where not even one does, what fits of its end. */
export function lastLines(text: string, limit: number, tokenizer: Tokenizer): string {
  const tail = sliceWhole(text, Math.max(0, text.length - maxCharsPerToken * limit));
  const tokens = tokenizer.encode(tail);
  if (tokens.length <= limit) return tail;
  const fitting = tokenizer.decode(tokens.slice(-limit));
  return fitting.slice(fitting.indexOf('\n') + 1);
}

/** No code has more characters a token than this over a whole prompt. */
const maxCharsPerToken = 8;

/**
 * Where an answer ends: with its fence, before a line that stands further out than the cursor, or before
 * what nobody asked for; undefined while it may go on.
 */
export function findAnswerEnd(text: string, context: Context): number | undefined {
  const ends = [
    /^[ \t]*```/m.exec(text)?.index,
    exampleStart.exec(text)?.index,
    outsideStart(text, cursorLineOf(context).before),
    findLoop(text),
  ].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** What small models write behind the code although nobody asked: how it would be used. */
const exampleStart = /^(?:#|\/\/|--|\/\*)\s*(?:example|usage|test)|^if __name__ ==/im;

/** The first line behind the cursor's that is indented less. */
function outsideStart(text: string, before: string): number | undefined {
  const depth = /^[ \t]*/.exec(before)![0].length;
  let start = text.indexOf('\n') + 1;
  while (start > 0 && start < text.length) {
    const line = /^[ \t]*\S/.exec(text.slice(start).split('\n', 1)[0]!);
    if (line !== null && line[0].length - 1 < depth) return start;
    start = text.indexOf('\n', start) + 1;
  }
  return undefined;
}

/**
 * The code of an answer, as it is offered at the cursor.
 *
 * @param isCutOff whether the policy had more to write; the last line is then given up.
 */
export function codeAtCursor(written: string, context: Context, isCutOff: boolean): Trimmed {
  const text = withoutMarks(written);
  const end = findAnswerEnd(text, context);
  const code = (end === undefined && isCutOff ? withoutLastLine(text) : text.slice(0, end)).trimEnd();
  return code === '' ? { kind: 'nothing', reason: 'blank' } : { kind: 'text', text: code, replacedChars: 0 };
}

function withoutLastLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end <= 0 ? text : text.slice(0, end);
}

function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

/** The context with the instruction as a comment on a line of its own above the cursor's, if it is not there already. */
export function withInstructionAbove<C extends Context>(
  context: C,
  { instruction, languageId }: Instruction,
): C {
  const { before } = cursorLineOf(context);
  const above = context.prefix.slice(0, context.prefix.length - before.length);
  if (instructionAbove(context, languageId) !== undefined) return context;
  const { line, end } = commentMarks(languageId);
  const comment = `${indentationOf(before)}${line} ${instruction.replaceAll(/\s+/g, ' ')}${end}\n`;
  return { ...context, prefix: above + comment + before };
}

/** The comment right above an empty line with the cursor on it, as an instruction; undefined where there is none. */
export function instructionAbove(context: Context, languageId: string): string | undefined {
  const { before, behind } = cursorLineOf(context);
  if ((before + behind).trim() !== '') return undefined;
  const lines = context.prefix
    .slice(0, context.prefix.length - before.length)
    .split('\n')
    .slice(0, -1);
  const words: string[] = [];
  for (const line of lines.reverse()) {
    const comment = commentIn(line.trim(), languageId);
    if (comment === undefined) break;
    words.unshift(comment);
  }
  const instruction = words.join(' ').trim();
  return instruction === '' ? undefined : instruction;
}

function commentIn(line: string, languageId: string): string | undefined {
  const { line: mark, end } = commentMarks(languageId);
  if (!line.startsWith(mark)) return undefined;
  const text = line.slice(mark.length);
  return (end !== '' && text.endsWith(end.trim()) ? text.slice(0, -end.trim().length) : text)
    .replace(/^[/!#*]*\s*/, '')
    .trim();
}

/** How a comment of one line begins and ends. */
interface CommentMarks {
  readonly line: string;
  readonly end: string;
}

/** Languages whose comments do not begin with `//`. */
const otherComments: readonly (readonly [CommentMarks, readonly string[]])[] = [
  [
    { line: '#', end: '' },
    [
      'python',
      'ruby',
      'shellscript',
      'yaml',
      'toml',
      'r',
      'perl',
      'julia',
      'makefile',
      'dockerfile',
      'elixir',
      'powershell',
    ],
  ],
  [{ line: '--', end: '' }, ['sql', 'lua', 'haskell', 'elm', 'ada', 'vhdl']],
  [{ line: '<!--', end: ' -->' }, ['html', 'xml', 'markdown', 'vue', 'svelte']],
  [{ line: '/*', end: ' */' }, ['css']],
  [{ line: ';', end: '' }, ['lisp', 'clojure', 'scheme', 'ini']],
  [{ line: '%', end: '' }, ['latex', 'matlab', 'erlang', 'prolog']],
];

function commentMarks(languageId: string): CommentMarks {
  const other = otherComments.find(([, languages]) => languages.includes(languageId));
  return other?.[0] ?? { line: '//', end: '' };
}

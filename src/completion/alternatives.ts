import { diffArrays } from 'diff';
import type { Policy } from '../engine/policy.ts';
import type { Alternative, Completion, CompletionRequest, Finding } from './completion.ts';
import { resultsAt } from './completeAt.ts';
import { cursorLineOf } from './context.ts';
import { syntaxOf, type Syntax } from './syntax.ts';

/** So many more are written than wanted, since some turn out alike: eight rows are decoded at the price of two. */
const spareCount = 3;

/** Texts that share more of their tokens than this are one alternative to whoever reads them. */
const maxLikeness = 0.9;

/**
 * Up to `request.count` completions for one cursor that differ in more than comments, white space or
 * a token among many, in the order in which they were written, each with what was found out about it.
 */
export async function alternativesAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
): Promise<readonly Alternative[]> {
  const results = await resultsAt({ ...request, count: request.count + spareCount }, policy, signal);
  const offered = results.filter((result) => result.kind === 'completion');
  const syntax = await syntaxOf(request.languageId);
  const distinct = distinctOf(offered, (completion) => tokensOf(completion, request, syntax));
  return distinct
    .slice(0, request.count)
    .map((completion) => ({ ...completion, findings: findingsOf(completion, request, syntax) }));
}

/** The completions that are not like one before them. */
function distinctOf(
  completions: readonly Completion[],
  tokensOf: (completion: Completion) => readonly string[],
): Completion[] {
  const kept: { readonly completion: Completion; readonly tokens: readonly string[] }[] = [];
  for (const completion of completions) {
    const tokens = tokensOf(completion);
    if (!kept.some((other) => likeness(other.tokens, tokens) > maxLikeness))
      kept.push({ completion, tokens });
  }
  return kept.map(({ completion }) => completion);
}

/** The share of the tokens of two texts that stand in both, in one order; 0 to 1. */
function likeness(one: readonly string[], other: readonly string[]): number {
  const changes = diffArrays([...one], [...other]);
  const shared = changes.reduce(
    (sum, { added, removed, count }) => (added || removed ? sum : sum + count),
    0,
  );
  return (2 * shared) / Math.max(1, one.length + other.length);
}

function tokensOf(
  { text, replacedChars }: Completion,
  request: CompletionRequest,
  syntax?: Syntax,
): string[] {
  const { prefix } = request;
  if (syntax === undefined) return text.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  const completed = completedText(request, text, replacedChars);
  return syntax.tokensIn(completed, prefix.length, prefix.length + text.length);
}

function findingsOf(
  { text, replacedChars }: Completion,
  request: CompletionRequest,
  syntax: Syntax | undefined,
): Finding[] {
  const findings: (Finding | undefined)[] = [
    syntax && syntaxFinding(request, { text, replacedChars }, syntax),
    repeatsCode(text, request) ? 'repeatsCode' : undefined,
  ];
  return findings.filter((finding) => finding !== undefined);
}

/**
 * What a text does to the syntax around it. A line of a block that is still open parses as little as
 * the document did before, and that is nothing to say.
 */
function syntaxFinding(
  request: CompletionRequest,
  { text, replacedChars }: Pick<Completion, 'text' | 'replacedChars'>,
  syntax: Syntax,
): Finding | undefined {
  const errors = syntax.errorsIn(completedText(request, text, replacedChars));
  if (errors === 0) return 'parses';
  return errors > syntax.errorsIn(completedText(request, '', 0)) ? 'breaksSyntax' : undefined;
}

function completedText({ prefix, suffix }: CompletionRequest, text: string, replacedChars: number): string {
  return prefix + text + suffix.slice(replacedChars);
}

/** So many lines above and below are looked at for repeated ones: about a screen. */
const nearLines = 40;

/** Whether each line of a text that says something stands near the cursor already. */
function repeatsCode(text: string, { prefix, suffix }: CompletionRequest): boolean {
  const { before } = cursorLineOf({ prefix, suffix });
  const above = prefix
    .slice(0, prefix.length - before.length)
    .split('\n')
    .slice(-nearLines);
  const below = suffix.split('\n').slice(1, nearLines + 1);
  const near = new Set([...above, ...below].map((line) => line.trim()));
  const lines = (before + text).split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /\p{L}{3}/u.test(line));
  return telling.length > 0 && telling.every((line) => near.has(line));
}

import { diffArrays } from 'diff';
import type { Policy } from '../engine/policy.ts';
import type {
  Alternative,
  AlternativesRequest,
  Completion,
  CompletionRequest,
  CompletionResult,
  Finding,
} from './completion.ts';
import { completeAt, resultsAt } from './completeAt.ts';
import { cursorLineOf } from './prompt/context.ts';
import { syntaxOf, type Syntax } from './syntax/syntax.ts';

/** So many more are written than wanted, since some turn out alike: eight rows are decoded at the price of two. */
const spareCount = 3;

/** Texts that share more of their tokens than this are one alternative to whoever reads them. */
const maxLikeness = 0.9;

/**
 * Told of an alternative as soon as it is written, while others may still be. The first may be told before that
 * with its first line alone, under the same id and without findings.
 */
export type TellAlternative = (alternative: Alternative) => void;

/** Hears of alternatives while they are written. */
export interface AlternativesWatch {
  readonly onAlternative?: TellAlternative;
  /** Told why the grammar of the language cannot be used: what it would have said is left out. */
  readonly onNoSyntax?: (error: unknown) => void;
}

/**
 * Up to `request.count` completions for one cursor that differ in more than comments, white space or
 * a token among many, each with what was found out about it. The first is told before the others are begun: one
 * that is known, or one that is written alone, which is sooner there than any row of a batch.
 */
export async function alternativesAt(
  request: AlternativesRequest,
  policy: Policy,
  signal: AbortSignal,
  { onAlternative = () => undefined, onNoSyntax }: AlternativesWatch = {},
): Promise<readonly Alternative[]> {
  const syntax = await syntaxOf(request.languageId).catch((error: unknown) => {
    onNoSyntax?.(error);
    return undefined;
  });
  const chosen = new ChosenAlternatives(request, syntax, onAlternative);
  const onFirstLine = (firstLine: Completion): void => chosen.begin(firstLine);
  chosen.add(request.first ?? (await completeAt(alone(request), policy, signal, { onFirstLine })), 0);
  const count = request.count + spareCount - chosen.count;
  const results = await resultsAt({ ...request, count }, policy, signal, {
    onResult: (result, index) => chosen.add(result, 1 + index),
    isEnough: () => chosen.isEnough,
  });
  // A policy that remembers what it wrote tells nothing meanwhile.
  results.forEach((result, index) => chosen.add(result, 1 + index));
  return chosen.all();
}

/** The likeliest completion; for whoever has seen that, one with a seed that none of the others has. */
function alone(request: AlternativesRequest): CompletionRequest {
  const { seen = [], seed } = request;
  const how = seen.length === 0 ? { temperature: 0 } : { seed: seed + 1 };
  return { ...request, ...how, count: 1 };
}

/** One that was taken, and what it is held against others by. */
interface Chosen {
  readonly index: number;
  readonly alternative: Alternative;
  readonly tokens: readonly string[];
}

/**
 * The alternatives among what is written, chosen while it is. The first `request.count` are looked at as
 * they end; each of them that is none, or like one taken before, lets the next of the spare ones in. So
 * a text is not preferred for being short, and as soon as there are enough the rest may end.
 */
class ChosenAlternatives {
  readonly #request: AlternativesRequest;
  readonly #syntax: Syntax | undefined;
  readonly #tell: TellAlternative;
  /** What was shown there before, as tokens. */
  readonly #seen: readonly (readonly string[])[];
  readonly #heard = new Set<number>();
  readonly #waiting = new Map<number, CompletionResult>();
  readonly #chosen: Chosen[] = [];
  #letInCount: number;
  /** The first line of the first, once it was told: it stays, whatever the rest comes to. */
  #begun: Completion | undefined;

  constructor(request: AlternativesRequest, syntax: Syntax | undefined, tell: TellAlternative) {
    this.#request = request;
    this.#syntax = syntax;
    this.#tell = tell;
    this.#seen = (request.seen ?? []).map((one) => tokensOf(one, request, syntax));
    this.#letInCount = request.count;
  }

  get count(): number {
    return this.#chosen.length;
  }

  get isEnough(): boolean {
    return this.count === this.#request.count;
  }

  /** In the order in which they were begun. */
  all(): Alternative[] {
    return this.#chosen.toSorted((a, b) => a.index - b.index).map(({ alternative }) => alternative);
  }

  /** Tells the first line of the first while the rest is written, unless one that was seen begins with it. */
  begin(firstLine: Completion): void {
    if (this.#request.seen?.some(({ text }) => text.startsWith(firstLine.text)) === true) return;
    this.#begun = firstLine;
    this.#tell({ ...firstLine, findings: [] });
  }

  add(result: CompletionResult, index: number): void {
    if (this.#heard.has(index)) return;
    this.#heard.add(index);
    this.#waiting.set(index, result);
    for (let next = this.#nextIn(); next !== undefined; next = this.#nextIn()) this.#judge(next);
  }

  #nextIn(): number | undefined {
    return Array.from(this.#waiting.keys()).find((index) => index < this.#letInCount);
  }

  #judge(index: number): void {
    const begun = index === 0 ? this.#begun : undefined;
    const result = this.#waiting.get(index)!;
    this.#waiting.delete(index);
    const written = result.kind === 'none' && begun !== undefined ? begun : result;
    const tokens = written.kind === 'none' ? [] : tokensOf(written, this.#request, this.#syntax);
    if (written.kind === 'none' || (begun === undefined && this.#isKnown(tokens))) {
      this.#letInCount++;
      return;
    }
    const alternative = { ...written, findings: findingsOf(written, this.#request, this.#syntax) };
    this.#chosen.push({ index, alternative, tokens });
    this.#tell(alternative);
  }

  #isKnown(tokens: readonly string[]): boolean {
    const known = [...this.#seen, ...this.#chosen.map((other) => other.tokens)];
    return known.some((other) => likeness(other, tokens) > maxLikeness);
  }
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
  { text, replacedChars }: Pick<Completion, 'text' | 'replacedChars'>,
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

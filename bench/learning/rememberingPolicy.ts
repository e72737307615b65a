import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { ChanceCurve, GenerateRequest, Generation, Policy, PolicyId } from '../../src/engine/policy.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { sha256OfJson } from '../../src/trainer/canonicalJson.ts';

const generationSchema = z.object({
  tokens: z.array(z.number()),
  logProbs: z.array(z.number()),
  freeFrom: z.number(),
  text: z.string(),
  finish: z.enum(['endOfText', 'stopped', 'length']),
});

const lineSchema = z.object({
  /** Hash of all that decides what is written. */
  key: z.string(),
  ms: z.number(),
  generations: z.array(generationSchema),
});

type Line = z.infer<typeof lineSchema>;

/**
 * A policy that keeps what it wrote in a file, a line of JSON for each request, and never writes the
 * same again: a run that was stopped goes on where it was. A line that a stop cut off is written anew.
 */
export class RememberingPolicy implements Policy {
  readonly #policy: Policy;
  readonly #path: string;
  readonly #further: ChanceCurve | undefined;
  readonly #known: Map<string, Line>;
  #ms = 0;

  /** @param further how far it goes on, which decides what is written; absent where that was not measured. */
  constructor(policy: Policy, path: string, further?: ChanceCurve) {
    this.#policy = policy;
    this.#path = path;
    this.#further = further;
    const lines = readLines(path);
    this.#known = new Map(lines.map((line) => [line.key, line]));
    // Behind half a line nothing can be appended.
    if (existsSync(path)) writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  get id(): PolicyId {
    return this.#policy.id;
  }

  get tokenizer(): Tokenizer {
    return this.#policy.tokenizer;
  }

  /** How long writing took since this was last asked: 0 where nothing had to be written. */
  takeMs(): number {
    const ms = this.#ms;
    this.#ms = 0;
    return ms;
  }

  async generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const key = keyOf(request, this.#further);
    const line = this.#known.get(key) ?? (await this.#write(key, request, signal));
    this.#ms += line.ms;
    return line.generations;
  }

  async #write(key: string, request: GenerateRequest, signal: AbortSignal): Promise<Line> {
    const startedMs = performance.now();
    const generations = await this.#policy.generate(request, signal);
    signal.throwIfAborted();
    const line = lineSchema.parse({ key, ms: performance.now() - startedMs, generations });
    this.#known.set(key, line);
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
    return line;
  }
}

/** What else ends a continuation follows from the texts around the cursor, which are the references. */
function keyOf(
  { promptTokens, typedText, count, temperature, ...request }: GenerateRequest,
  further: ChanceCurve | undefined,
): string {
  const { maxNewTokens, seed, references, onlyAscii } = request;
  return sha256OfJson({
    promptTokens,
    typedText,
    count,
    temperature,
    maxNewTokens,
    seed,
    references,
    onlyAscii,
    further,
  });
}

function readLines(path: string): Line[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text) => {
      const line = lineSchema.safeParse(parseJson(text));
      return line.success ? [line.data] : [];
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The end of a line is missing: the process was stopped while it wrote it.
  }
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { defaultLimits } from '../../src/cli/options.ts';
import { projectFolder } from '../../src/cli/replay/replayedProject.ts';
import { linesOf, type TypedDocument } from '../../src/cli/replay/typedWork.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { contextAround, type Context } from '../../src/completion/prompt/context.ts';
import { naturalPauses } from '../../src/completion/asking/naturalPauses.ts';
import type { LoraConfig } from '../../src/engine/model/lora.ts';
import { RandomStream } from '../../src/engine/random.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { textSequence, type Tokenisation } from '../../src/trainer/data/exampleTokens.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { freeTokenCount, type TokenSequence } from '../../src/trainer/graphs/sequenceBatch.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { groupsOfWork } from '../../src/trainer/gate/groupsOfWork.ts';
import { scoreLogProbs, type Scorer } from '../../src/trainer/stages/scoring.ts';
import { showSteps } from '../report/timeLeft.ts';
import { relativeFigure, type RelativeFigure } from './measures.ts';
import type { Project } from './measureProject.ts';
import { kept } from './resultFolders.ts';

/*
 * How far a policy's likeliest text is right, at every natural pause of some held-out lines. The requests of a
 * replayed developer say what one is offered, but some 80 of them move by a tenth with a single long line. Here
 * nothing is written: the policy reads what the author wrote, and a token counts as long as each one up to it was
 * the likeliest, which is how far greedy writing would have come. Pauses of neighbouring lines share one reading of
 * their prompt, so some 250 places cost as much as 30 requests.
 */

/** Where a line goes on behind one of its natural pauses. */
interface Place extends Context {
  /** The whole document as it stands. */
  readonly documentText: string;
  /** The rest of the line, without its line end. */
  readonly rest: string;
}

/** Lines that were written one after the other, from each of their natural pauses. */
export interface Stretch {
  readonly documentUri: string;
  readonly places: readonly Place[];
}

const reachSchema = z.object({
  documentUri: z.string(),
  places: z.number(),
  /** UTF-8 bytes of the rests of lines, and how many of them are right from their start. */
  bytes: z.number(),
  right: z.number(),
});

/** How far a policy is right in a stretch. */
export type StretchReach = z.infer<typeof reachSchema>;

/** A policy's in the same stretches as every other's. */
export type Reach = readonly StretchReach[];

/** With their prompt, completions of so many characters make a batch of some 650 tokens. */
const stretchChars = 450;

/** Some 250 places, which leave a gain of a twentieth outside of the interval more often than not. */
const maxStretches = 24;

/** At this temperature all of the probability is the likeliest token's, ties aside. */
const coldTemperature = 1 / 50;

/**
 * How far each of some policies is right, in the same stretches of a project's held-out work.
 *
 * @param thetas of the adapters, by the name of what left them; undefined is the model without one.
 */
export async function measureEveryPause(
  project: Project,
  lora: LoraConfig,
  thetas: Readonly<Record<string, Float32Array | undefined>>,
): Promise<Record<string, Reach>> {
  const { base, options, work } = project;
  const model = trainedModel(base, lora);
  const none = new Float32Array(model.layout.size);
  const stretches = drawStretches(work.heldOut, options.seed);
  const sessions = new GraphSessions(cpuSessions(base, options.threads));
  const reading = {
    tokenisation: { tokenizer: base.tokenizer, ...defaultLimits },
    terminal: project.terminal,
  };
  const reaches: [string, Reach][] = [];
  try {
    for (const [name, theta] of Object.entries(thetas)) {
      const folder = theta === undefined ? project.folder : project.trainingFolder;
      const read = () => readStretches(name, stretches, reading, { sessions, model, theta: theta ?? none });
      reaches.push([name, await kept(join(folder, `${name}.everyPause.json`), z.array(reachSchema), read)]);
    }
    return Object.fromEntries(reaches);
  } finally {
    await sessions.dispose();
  }
}

/** What stretches are read with. */
export interface Reading {
  readonly tokenisation: Tokenisation;
  readonly terminal: Pick<Terminal, 'signal' | 'showProgress'>;
}

/** How far a policy is right in some stretches; `name` is shown beside the progress. */
export async function readStretches(
  name: string,
  stretches: readonly Stretch[],
  { tokenisation, terminal }: Reading,
  { sessions, ...scorer }: Scorer & { readonly sessions: GraphSessions },
): Promise<StretchReach[]> {
  const label = `every pause, ${name}`;
  const progress = showSteps(label, stretches.length, terminal.showProgress(label));
  const reach: StretchReach[] = [];
  try {
    for (const stretch of stretches) {
      terminal.signal.throwIfAborted();
      const sequences = sequencesOf(stretch, tokenisation);
      const logProbs = await scoreLogProbs(sessions, scorer, sequences, coldTemperature);
      reach.push(reachIn(stretch.documentUri, sequences, logProbs, tokenisation.tokenizer));
      progress.done(`${reach.reduce((sum, { places }) => sum + places, 0)} places`);
    }
    return reach;
  } finally {
    progress.finish();
  }
}

/** As many stretches as are looked at, drawn by the seed, in the order of the work. */
export function drawStretches(documents: readonly TypedDocument[], seed: number): Stretch[] {
  const all = documents.flatMap((document) => [...stretchesIn(document)]);
  const drawn = RandomStream.named(seed, 'every pause')
    .shuffled([...all.keys()])
    .slice(0, maxStretches);
  return drawn.sort((a, b) => a - b).map((index) => all[index]!);
}

/** The typed lines of a document in stretches. */
export function* stretchesIn({ path, before, regions }: TypedDocument): Generator<Stretch> {
  const documentUri = pathToFileURL(join(projectFolder, path)).href;
  let text = before;
  for (const { offset, deletedChars, typedText } of regions) {
    const [above, below] = [text.slice(0, offset), text.slice(offset + deletedChars)];
    for (const places of inStretches(placesIn(typedText, above, below))) yield { documentUri, places };
    text = above + typedText + below;
  }
}

function* placesIn(typedText: string, above: string, below: string): Generator<Place> {
  // Whole lines before others are typed into a line of their own.
  const behind = typedText.endsWith('\n') && /^[^\n]/.test(below) ? `\n${below}` : below;
  let prefix = above;
  for (const line of linesOf(typedText)) {
    const written = line.trimEnd();
    for (const pause of naturalPauses(line)) {
      const start = prefix + line.slice(0, pause);
      const documentText = start + behind;
      const context = contextAround(documentText, start.length);
      yield { documentText, ...context, rest: written.slice(pause) };
    }
    prefix += line;
  }
}

function* inStretches(places: Iterable<Place>): Generator<Place[]> {
  let [stretch, chars]: [Place[], number] = [[], 0];
  for (const place of places) {
    stretch.push(place);
    chars += place.rest.length;
    if (chars < stretchChars) continue;
    yield stretch;
    [stretch, chars] = [[], 0];
  }
  if (stretch.length > 0) yield stretch;
}

/** What goes on behind the prompt of each place, where that leaves anything to write. */
export function sequencesOf({ places }: Stretch, tokenisation: Tokenisation): TokenSequence[] {
  const sequences = places.map((place) => textSequence(place, place.rest, tokenisation));
  return sequences.filter((sequence) => freeTokenCount(sequence) > 0);
}

/** Counts the tokens of each rest up to its line end, which may be one token with what stands before it. */
export function reachIn(
  documentUri: string,
  sequences: readonly TokenSequence[],
  logProbs: readonly Float32Array[],
  tokenizer: Pick<Tokenizer, 'bytesOf'>,
): StretchReach {
  let [bytes, right] = [0, 0];
  for (const [index, { completionTokens, freeFrom }] of sequences.entries()) {
    let isRight = true;
    for (const [i, token] of completionTokens.slice(freeFrom).entries()) {
      const spelled = tokenizer.bytesOf(token);
      if (endsLine(spelled)) break;
      isRight &&= Math.exp(logProbs[index]![i]!) > 1 / 2;
      bytes += spelled.length;
      if (isRight) right += spelled.length;
    }
  }
  return { documentUri, places: sequences.length, bytes, right };
}

const newline = 0x0a;

/** Whether a token's bytes have a line end. */
export function endsLine(spelled: Uint8Array): boolean {
  return spelled.includes(newline);
}

/** How much further one policy is right than another, with its interval over files. */
export function compareReach(before: Reach, after: Reach, seed: number): RelativeFigure {
  const places = before.map(({ documentUri }, index) => ({ documentUri, atMs: index, index }));
  const groups = groupsOfWork(places).map((group) => ({
    before: group.map(({ index }) => before[index]!),
    after: group.map(({ index }) => after[index]!),
  }));
  return relativeFigure(
    groups,
    (drawn) => totalOf(drawn.flat()).right,
    RandomStream.named(seed, 'every pause'),
  );
}

/** All stretches together. */
export function totalOf(reach: Reach): Omit<StretchReach, 'documentUri'> {
  const sum = (key: 'places' | 'bytes' | 'right'): number =>
    reach.reduce((total, one) => total + one[key], 0);
  return { places: sum('places'), bytes: sum('bytes'), right: sum('right') };
}

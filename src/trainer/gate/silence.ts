import { minChances, surePart } from '../../completion/trimming/confidence.ts';
import type { ChanceCurve } from '../../engine/policy.ts';
import { fitChanceCurve, type JudgedPart } from './chanceCurve.ts';
import { groupsOfWork } from './groupsOfWork.ts';
import { judgeOffered, type HeldOutAnswer, type WrittenAnswer } from './heldOutEvaluation.ts';
import type { HeldOutPlace } from './heldOutPlaces.ts';
import type { Manifest } from '../adapters/manifest.ts';
import { utilityOf } from './utility.ts';

/** What a policy wrote at a held-out place. */
export interface HeldOutWriting extends HeldOutPlace {
  readonly answer: WrittenAnswer;
}

/** A policy that keeps silent where it is unsure. */
export interface SilentPolicy {
  readonly calibration: ChanceCurve;
  /** What it offers at the same places, each by a calibration that was fitted without that place's group. */
  readonly answers: readonly HeldOutAnswer[];
  /** What it does to them. */
  readonly effect: NonNullable<Manifest['silence']>;
}

/**
 * Of the characters that would be kept, the share that a silence may give up under a calibration that has not seen
 * the texts. It only keeps out one that hides nearly all: at some hundred places three long lines that were right
 * against the odds are more than a tenth of them (`docs/learning.md`).
 */
const maxGivenUp = 1 / 3;

/**
 * The policy with the silence it learns from its own answers: it offers a text as far as its chance of being kept
 * makes showing worth more than silence, and doubtful first lines beyond that (`firstLineLeniency`).
 * Answers are judged by a calibration that has not seen them or others of their group of work (`groupsOfWork`: their
 * document, or where there are few a stretch of one), so the gate may count them (cross-fitting, Chernozhukov et al. 2018,
 * section 3).
 *
 * `undefined` where silence cannot be learned, gains nothing, or gives up too much of what would be kept.
 */
export function learnSilence(writings: readonly HeldOutWriting[]): SilentPolicy | undefined {
  const calibration = curveFor(writings);
  if (calibration === undefined) return undefined;
  const answers = crossFitted(writings);
  const before = writings.map(({ answer }) => answer);
  const isBetter = worthOf(answers) > worthOf(before);
  const isGenerous = keptIn(answers) >= (1 - maxGivenUp) * keptIn(before);
  return isBetter && isGenerous ? { calibration, answers, effect: effectOf(before, answers) } : undefined;
}

function effectOf(before: readonly HeldOutAnswer[], after: readonly HeldOutAnswer[]): SilentPolicy['effect'] {
  return {
    hidden: shownOf(before) - shownOf(after),
    // A text that ends sooner may keep a word that the whole one does not.
    givenUpChars: Math.max(0, keptIn(before) - keptIn(after)),
    sparedChars: refusedIn(before) - refusedIn(after),
  };
}

/** What is offered of an answer under a calibration; all of it where there is none. */
export function withSilence(
  { written, answer }: HeldOutWriting,
  calibration: ChanceCurve | undefined,
): HeldOutAnswer {
  if (calibration === undefined || answer.text === '') return answer;
  const text = surePart(answer.text, answer.ends, { calibration, minChance: minChances.balanced });
  return text === answer.text ? answer : judgeOffered(text, written);
}

function crossFitted(writings: readonly HeldOutWriting[]): HeldOutAnswer[] {
  const places = writings.map((writing, index) => {
    const { documentUri, atMs } = writing.demonstration;
    return { documentUri, atMs, index, writing };
  });
  const offered = new Array<HeldOutAnswer>(writings.length);
  for (const group of groupsOfWork(places)) {
    const others = places.filter((place) => !group.includes(place));
    const calibration = curveFor(others.map(({ writing }) => writing));
    for (const { index, writing } of group) offered[index] = withSilence(writing, calibration);
  }
  return offered;
}

function curveFor(writings: readonly HeldOutWriting[]): ChanceCurve | undefined {
  return fitChanceCurve(writings.flatMap(({ answer }) => judgedParts(answer)));
}

/** The parts of an answer, each up to where it might end; those of a line weigh as much as any other line. */
function judgedParts({ text, keptChars, ends }: WrittenAnswer): JudgedPart[] {
  const lineOf = (chars: number): number => text.slice(0, chars).trimStart().split('\n').length;
  const parts = ends.map(({ chars, logProb }, index) => {
    const start = index === 0 ? 0 : ends[index - 1]!.chars;
    const kept = Math.min(Math.max(keptChars - start, 0), chars - start);
    return { logProb, keptShare: kept / (chars - start), size: chars - start, line: lineOf(chars) };
  });
  const sizes = new Map<number, number>();
  for (const { line, size } of parts) sizes.set(line, (sizes.get(line) ?? 0) + size);
  return parts.map(({ size, line, ...part }) => ({ ...part, weight: size / sizes.get(line)! }));
}

function worthOf(answers: readonly HeldOutAnswer[]): number {
  return answers.reduce((sum, { keptChars, refusedChars }) => sum + utilityOf(keptChars, refusedChars), 0);
}

function keptIn(answers: readonly HeldOutAnswer[]): number {
  return answers.reduce((sum, { keptChars }) => sum + keptChars, 0);
}

function refusedIn(answers: readonly HeldOutAnswer[]): number {
  return answers.reduce((sum, { refusedChars }) => sum + refusedChars, 0);
}

function shownOf(answers: readonly HeldOutAnswer[]): number {
  return answers.filter(({ text }) => text !== '').length;
}

import { minChances, surePart } from '../../completion/trimming/confidence.ts';
import { furtherPart } from '../../completion/trimming/goingOn.ts';
import type { Calibration } from '../../engine/policy.ts';
import { fitChanceCurve, fitFurtherCurve, type JudgedPart } from './chanceCurve.ts';
import { groupsOfWork } from './groupsOfWork.ts';
import { judgeOffered, knownPart, type HeldOutAnswer, type WrittenAnswer } from './heldOutEvaluation.ts';
import type { HeldOutPlace } from './heldOutPlaces.ts';
import type { Manifest } from '../adapters/manifest.ts';
import { utilityOf } from './utility.ts';

/** What a policy wrote at a held-out place. */
export interface HeldOutWriting extends HeldOutPlace {
  readonly answer: WrittenAnswer;
}

/** A policy that keeps silent where it is unsure. */
export interface SilentPolicy {
  readonly calibration: Calibration;
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
  const calibration = calibrationFor(writings);
  if (calibration === undefined) return undefined;
  const answers = crossFitted(writings);
  const before = writings.map((writing) => offeredBy(writing, undefined));
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

/** What is offered of an answer under a calibration; without one no line or statement is held back. */
export function offeredBy(
  { written, answer }: HeldOutWriting,
  calibration: Calibration | undefined,
): HeldOutAnswer {
  const whole = furtherPart(answer.text, answer, calibration);
  const ends = answer.ends.filter(({ chars }) => chars <= whole.length);
  const minChance = minChances.balanced;
  const text = calibration === undefined ? whole : surePart(whole, ends, { calibration, minChance });
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
    const calibration = calibrationFor(others.map(({ writing }) => writing));
    for (const { index, writing } of group) offered[index] = offeredBy(writing, calibration);
  }
  return offered;
}

function calibrationFor(writings: readonly HeldOutWriting[]): Calibration | undefined {
  const curve = fitChanceCurve(writings.flatMap(shapedParts));
  return curve && { ...curve, further: fitFurtherCurve(writings.flatMap(furtherParts)) };
}

/** The parts of a line or statement, each up to where it might end; those of a line weigh as much as any other line. */
function shapedParts({ answer }: HeldOutWriting): JudgedPart[] {
  const { text, shapedChars } = answer;
  const lineOf = (chars: number): number => text.slice(0, chars).trimStart().split('\n').length;
  const parts = judgedEnds(answer).filter(({ chars }) => chars <= shapedChars);
  const sizes = new Map<number, number>();
  for (const { chars, size } of parts) sizes.set(lineOf(chars), (sizes.get(lineOf(chars)) ?? 0) + size);
  return parts.map(({ logProb, keptShare, chars, size }) => {
    return { logProb, keptShare, weight: size / sizes.get(lineOf(chars))! };
  });
}

/** The lines that a text goes on with, as far as it is known what was written there. */
function furtherParts({ written, answer }: HeldOutWriting): JudgedPart[] {
  const known = knownPart(answer.text, written).length;
  const parts = judgedEnds(answer).filter(({ chars }) => chars > answer.shapedChars && chars <= known);
  return parts.map(({ logProb, keptShare }) => ({ logProb, keptShare, weight: 1 / parts.length }));
}

/** How much was kept of what stands before each end, from the end before on. */
function judgedEnds({ ends, keptChars }: WrittenAnswer) {
  return ends.map(({ chars, logProb }, index) => {
    const start = ends[index - 1]?.chars ?? 0;
    const size = chars - start;
    const kept = Math.min(Math.max(keptChars - start, 0), size);
    return { chars, size, logProb, keptShare: kept / size };
  });
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

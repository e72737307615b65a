import { minChances, surePart } from '../completion/confidence.ts';
import type { Calibration } from '../engine/policy.ts';
import { fitCalibration, type JudgedText } from './calibration.ts';
import type { Demonstration } from './examples.ts';
import { groupsOfWork } from './groupsOfWork.ts';
import { judgeOffered, type HeldOutAnswer, type WrittenAnswer } from './heldOutEvaluation.ts';
import { utilityOf } from './utility.ts';

/** What a policy wrote at a held-out prompt. */
export interface HeldOutWriting {
  readonly demonstration: Demonstration;
  readonly answer: WrittenAnswer;
}

/** A policy that keeps silent where it is unsure. */
export interface SilentPolicy {
  readonly calibration: Calibration;
  /** What it offers at the same prompts, each by a calibration that was fitted without that prompt's group. */
  readonly answers: readonly HeldOutAnswer[];
}

/**
 * The policy with the silence it learns from its own answers: it offers a text as far as its chance of
 * being kept makes showing worth more than silence. Answers are judged by a calibration that has not
 * seen them or others of their document, so the gate may count them (cross-fitting, Chernozhukov et al.
 * 2018, section 3).
 *
 * `undefined` where silence cannot be learned, or gains nothing.
 */
export function learnSilence(writings: readonly HeldOutWriting[]): SilentPolicy | undefined {
  const calibration = fitCalibration(writings.flatMap(judgedLines));
  if (calibration === undefined) return undefined;
  const answers = crossFitted(writings);
  const before = writings.map(({ answer }) => answer);
  return worthOf(answers) > worthOf(before) ? { calibration, answers } : undefined;
}

/** What is offered of an answer under a calibration; all of it where there is none. */
export function withSilence(
  { demonstration, answer }: HeldOutWriting,
  calibration: Calibration | undefined,
): HeldOutAnswer {
  if (calibration === undefined || answer.text === '') return answer;
  const text = surePart(answer.text, answer.lines, { calibration, minChance: minChances.balanced });
  return text === answer.text ? answer : judgeOffered(text, demonstration.text);
}

function crossFitted(writings: readonly HeldOutWriting[]): HeldOutAnswer[] {
  const places = writings.map((writing, index) => {
    const { documentUri, atMs } = writing.demonstration;
    return { documentUri, atMs, index, writing };
  });
  const offered = new Array<HeldOutAnswer>(writings.length);
  for (const group of groupsOfWork(places)) {
    const others = places.filter((place) => !group.includes(place));
    const calibration = fitCalibration(others.flatMap(({ writing }) => judgedLines(writing)));
    for (const { index, writing } of group) offered[index] = withSilence(writing, calibration);
  }
  return offered;
}

/** Each line of an answer, and how much of it would be kept: what the next line is worth decides whether it is shown. */
function judgedLines({ answer: { text, keptChars, lines } }: HeldOutWriting): JudgedText[] {
  if (text === '') return [];
  return lines.map(({ chars, logProb }, index) => {
    const start = index === 0 ? 0 : lines[index - 1]!.chars;
    const kept = Math.min(Math.max(keptChars - start, 0), chars - start);
    return { logProb, keptShare: kept / (chars - start) };
  });
}

function worthOf(answers: readonly HeldOutAnswer[]): number {
  return answers.reduce((sum, { keptChars, refusedChars }) => sum + utilityOf(keptChars, refusedChars), 0);
}

import { commonLength } from '../engine/commonLength.ts';
import type { KeptComparison } from '../trainer/adapters/keptComparisons.ts';

/** An offered text in two parts: what the user would have kept of it, and the rest. */
export interface Offer {
  readonly kept: string;
  /** What would have had to be refused. */
  readonly refused: string;
  /** UTF-16 code units of the whole text and of its kept part as they were offered, indentation and all. */
  readonly offeredChars: number;
  readonly keptChars: number;
}

/** One held-out place with what was written there and what both policies offered. */
export interface Sample {
  readonly documentUri: string;
  /** Lines above the cursor's, without their common indentation; '' where there are none. */
  readonly linesAbove: string;
  /** The cursor's line up to the cursor. */
  readonly lineBefore: string;
  readonly written: string;
  readonly before: Offer;
  readonly after: Offer;
  /** Characters kept of the new policy's text beyond those of the old one's. */
  readonly keptGain: number;
  /** The same of characters that would have had to be refused. */
  readonly refusedGain: number;
}

/** As many on each side as one reads. */
const maxSamples = 5;

/**
 * The places that gained and that lost most kept characters. Where as many are kept, the one that
 * makes its reader refuse less is better; where both policies offered the same, there is nothing to see.
 */
export function bestAndWorst(comparisons: readonly KeptComparison[]): {
  readonly best: Sample[];
  readonly worst: Sample[];
} {
  const byGain = comparisons.toSorted((a, b) => compareGains(gainOf(b), gainOf(a)));
  const better = byGain.filter((comparison) => compareGains(gainOf(comparison), noGain) > 0);
  const worse = byGain.filter((comparison) => compareGains(gainOf(comparison), noGain) < 0).reverse();
  return { best: better.slice(0, maxSamples).map(toSample), worst: worse.slice(0, maxSamples).map(toSample) };
}

interface Gain {
  readonly keptChars: number;
  readonly refusedChars: number;
}

const noGain: Gain = { keptChars: 0, refusedChars: 0 };

function gainOf({ before, after }: KeptComparison): Gain {
  return {
    keptChars: after.keptChars - before.keptChars,
    refusedChars: after.refusedChars - before.refusedChars,
  };
}

/** Above 0 when the first is better. */
function compareGains(a: Gain, b: Gain): number {
  return a.keptChars - b.keptChars || b.refusedChars - a.refusedChars;
}

function toSample(comparison: KeptComparison): Sample {
  const { demonstration, before, after } = comparison;
  const lines = demonstration.prefix.split('\n');
  const above = lines
    .slice(0, -1)
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '');
  const lineBefore = lines.at(-1) ?? '';
  const texts = [demonstration.text, before.text, after.text];
  const indentation = commonIndentation([
    ...above.split('\n'),
    lineBefore,
    ...texts.flatMap((text) => text.split('\n').slice(1)),
  ]);
  const offer = ({ text, keptChars }: KeptComparison['before']): Offer => ({
    kept: cutBehindLineEnds(text.slice(0, keptChars), indentation),
    refused: cutRest(text, keptChars, indentation),
    offeredChars: text.length,
    keptChars,
  });
  const gain = gainOf(comparison);
  return {
    documentUri: demonstration.documentUri,
    linesAbove: cutBehindLineEnds(`\n${above}`, indentation).slice(1),
    lineBefore: lineBefore.startsWith(indentation) ? lineBefore.slice(indentation.length) : lineBefore,
    written: cutBehindLineEnds(demonstration.text, indentation),
    before: offer(before),
    after: offer(after),
    keptGain: gain.keptChars,
    refusedGain: gain.refusedChars,
  };
}

/** The white space that all lines with something in them begin with. */
function commonIndentation(lines: readonly string[]): string {
  const indentations = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  return indentations.reduce(
    (common, next) => common.slice(0, commonLength(common, next)),
    indentations[0] ?? '',
  );
}

function cutBehindLineEnds(text: string, indentation: string): string {
  return text.replaceAll(`\n${indentation}`, '\n');
}

/** What is left of a text behind its kept part, which may end with a line. */
function cutRest(text: string, keptChars: number, indentation: string): string {
  const rest = text.slice(keptChars);
  const begins = text.slice(0, keptChars).endsWith('\n') && rest.startsWith(indentation);
  return cutBehindLineEnds(begins ? rest.slice(indentation.length) : rest, indentation);
}

// The small build of zod: a page holds all of it, also one that is written to a file.
import * as l10n from '@vscode/l10n';
import * as z from 'zod/mini';
import type { Calibration } from './calibration.ts';
import { details, escapeHtml, percent, shortNumber, table } from './html.ts';
import type { Curve, StagePart } from './stageParts.ts';
import { inUnits, onlyValue, unitName, valueAt } from './units.ts';

/** What a page's script draws; it reads it from the `data-plot` of a figure. */
export const plotSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('curve'),
    title: z.string(),
    unit: z.enum(['step', 'iteration']),
    values: z.array(z.number()),
  }),
  z.object({
    kind: z.literal('calibration'),
    /** Sorted by `predicted`. */
    bins: z.array(z.object({ predicted: z.number(), observed: z.number(), pairs: z.number() })),
  }),
]);

export type Plot = z.infer<typeof plotSchema>;

/** A curve as a figure: its drawing, what the drawing shows in words, and its numbers. */
export function curveFigure({ title, meaning, values }: Curve, unit: StagePart['unit']): string {
  const rows = values.map((value, i) => [String(i + 1), shortNumber(value)]);
  return plotFigure(
    { kind: 'curve', title, unit, values: [...values] },
    {
      caption: `<b>${escapeHtml(title)}</b> ${escapeHtml(meaning)}`,
      spoken: `${title}: ${courseOf(values, unit)}`,
      seen: `${shortNumber(values[0])} → ${shortNumber(values.at(-1))}`,
      numbers: table(rows, { head: [unitName(unit), title] }),
    },
  );
}

/** What the reward model claimed against what happened, as a figure. */
export function calibrationFigure({ bins }: Extract<Calibration, { kind: 'bins' }>): string {
  const rows = bins.map(({ predicted, observed, pairs }) => [
    percent(predicted),
    percent(observed),
    String(pairs),
  ]);
  const spoken = rows.map((cells) => l10n.t('{0} sure, {1} right ({2} pairs)', ...cells));
  return plotFigure(
    { kind: 'calibration', bins: [...bins] },
    {
      caption: `<b>${escapeHtml(l10n.t('How sure, and how often right'))}</b> ${escapeHtml(l10n.t('On the dashed line its probabilities can be believed.'))}`,
      spoken: l10n.t('Calibration of the reward model: {0}', spoken.join('; ')),
      seen: l10n.t('{0} groups of pairs, by how sure it was', bins.length),
      numbers: table(rows, { head: [l10n.t('How sure'), l10n.t('How often right'), l10n.t('Pairs')] }),
    },
  );
}

interface FigureText {
  /** Markup. */
  readonly caption: string;
  /** What somebody hears who does not see the drawing. */
  readonly spoken: string;
  /** A line below the drawing, which makes room for the value under the pointer. */
  readonly seen: string;
  /** Markup. */
  readonly numbers: string;
}

function plotFigure(plot: Plot, { caption, spoken, seen, numbers }: FigureText): string {
  return [
    `<figure class="plot" data-plot="${escapeHtml(JSON.stringify(plot))}">`,
    `<figcaption>${caption}</figcaption>`,
    `<div class="drawing" role="img" aria-label="${escapeHtml(spoken)}"></div>`,
    `<p class="seen">${escapeHtml(seen)}</p>`,
    details(l10n.t('Numbers'), numbers),
    '</figure>',
  ].join('');
}

/** How a curve goes, in words. */
function courseOf(values: readonly number[], unit: StagePart['unit']): string {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return l10n.t('no values');
  if (values.length === 1) return onlyValue(shortNumber(first), unit);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const at = (value: number): string => valueAt(shortNumber(value), unit, values.indexOf(value) + 1);
  return l10n.t(
    'from {0} to {1} {2}, lowest {3}, highest {4}',
    ...([shortNumber(first), shortNumber(last), inUnits(values.length, unit), at(low), at(high)] as const),
  );
}

import * as l10n from '@vscode/l10n';
import type uPlot from 'uplot';
import { withDecimalSign } from '../../../report/html.ts';
import type { Plot } from '../../../report/plots.ts';

/** What uPlot draws, and how to say what is under the pointer. */
export interface Drawing {
  readonly options: uPlot.Options;
  readonly data: uPlot.AlignedData;
  /** The point with that index in words; '' where there is none. */
  readonly tell: (index: number) => string;
}

/** A curve's course is seen, and three rows fit on a screen. */
const heightPx = 150;

/** The drawing of a plot in the colours of now, as wide as it is given. */
export function drawingOf(plot: Plot, widthPx: number): Drawing {
  return plot.kind === 'curve' ? curveDrawing(plot, widthPx) : calibrationDrawing(plot, widthPx);
}

function curveDrawing({ unit, values }: Extract<Plot, { kind: 'curve' }>, widthPx: number): Drawing {
  return {
    data: [values.map((_, i) => i + 1), values],
    options: {
      ...frame(widthPx),
      scales: {
        x: { time: false, range: (_, low, high) => (low === high ? [low - 1, high + 1] : [low, high]) },
      },
      axes: [{ ...axis(), incrs: wholeSteps }, valueAxis()],
      series: [{}, line(values.length)],
    },
    tell: (index) => {
      const value = values[index];
      if (value === undefined) return '';
      const told = withDecimalSign(String(Number(value.toPrecision(4))));
      return unit === 'step'
        ? l10n.t('step {0}: {1}', index + 1, told)
        : l10n.t('iteration {0}: {1}', index + 1, told);
    },
  };
}

/** There is no half step. */
const wholeSteps = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1000].map((power) => digit * power))
  .sort((a, b) => a - b);

/** From a coin's 50 % on, because the reward model's choice is always at least that sure. */
function calibrationDrawing({ bins }: Extract<Plot, { kind: 'calibration' }>, widthPx: number): Drawing {
  const sure = [0.5, ...bins.map(({ predicted }) => predicted), 1];
  const values = (_: uPlot, ticks: number[]): string[] => ticks.map(inPercent);
  const believable = {
    stroke: colour('--vscode-descriptionForeground'),
    dash: [4, 4],
    points: { show: false },
  };
  return {
    data: [sure, sure, [null, ...bins.map(({ observed }) => observed), null]],
    options: {
      ...frame(widthPx),
      scales: { x: { time: false, range: [0.5, 1] }, y: { range: [0, 1] } },
      axes: [
        { ...axis(), values },
        { ...valueAxis(), values },
      ],
      series: [{}, believable, line(bins.length)],
    },
    tell: (index) => {
      const bin = bins[index - 1];
      if (bin === undefined) return '';
      return l10n.t(
        '{0} sure, {1} right in {2} pairs',
        inPercent(bin.predicted),
        inPercent(bin.observed),
        bin.pairs,
      );
    },
  };
}

function frame(width: number) {
  return {
    width,
    height: heightPx,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
  };
}

/** Up to so many values each is a dot of its own. */
const maxDots = 40;

function line(count: number): uPlot.Series {
  const stroke = colour('--vscode-charts-blue');
  return { stroke, width: 1.6, points: { show: count <= maxDots, size: 5, fill: stroke } };
}

function axis(): uPlot.Axis {
  const grid = { stroke: colour('--report-grid'), width: 1 };
  return {
    stroke: colour('--vscode-descriptionForeground'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    grid,
    ticks: { ...grid, size: 4 },
    ...{ gap: 4, size: 26, space: 40 },
  };
}

function valueAxis(): uPlot.Axis {
  return { ...axis(), size: 54, space: 26 };
}

/** The value of a CSS variable now, as a canvas understands it. */
function colour(variable: string): string {
  return getComputedStyle(document.body).getPropertyValue(variable).trim();
}

function inPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

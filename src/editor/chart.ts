import { escapeHtml } from './webviewHtml.ts';

/** Size of the drawing; it scales with the page. */
const width = 220;
const height = 64;
const margin = 4;

/**
 * A curve as a small drawing with its first, lowest or highest, and last number below: SVG markup.
 * Values that are no numbers leave a gap.
 */
export function curveChart(name: string, values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const caption =
    finite.length === 0 ? 'no values' : `${shortNumber(values[0])} → ${shortNumber(values.at(-1))}`;
  const range = finite.length === 0 ? '' : `${shortNumber(low)} to ${shortNumber(high)}`;
  return [
    '<figure class="chart">',
    `<figcaption>${escapeHtml(name)}</figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${name}: ${caption}`)}">`,
    ...stretches(values).map((stretch) => drawing(stretch, values.length, { low, high })),
    '</svg>',
    `<p>${escapeHtml(caption)}<span title="lowest to highest">${escapeHtml(range)}</span></p>`,
    '</figure>',
  ].join('');
}

interface Point {
  readonly index: number;
  readonly value: number;
}

interface Span {
  readonly low: number;
  readonly high: number;
}

/** The runs of finite values: a curve is not drawn across what is missing. */
function stretches(values: readonly number[]): Point[][] {
  return values.reduce<Point[][]>((all, value, index) => {
    if (!Number.isFinite(value)) return all;
    const last = all.at(-1);
    const continues = last?.at(-1)?.index === index - 1;
    return continues ? [...all.slice(0, -1), [...last, { index, value }]] : [...all, [{ index, value }]];
  }, []);
}

function drawing(points: readonly Point[], count: number, span: Span): string {
  const at = points.map((point) => placeOf(point, count, span));
  const [only] = at;
  if (at.length === 1 && only !== undefined) return `<circle cx="${only.x}" cy="${only.y}" r="2.5"/>`;
  return `<polyline points="${at.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`;
}

function placeOf({ index, value }: Point, count: number, { low, high }: Span) {
  const x = margin + (count === 1 ? 0.5 : index / (count - 1)) * (width - 2 * margin);
  const share = high === low ? 0.5 : (value - low) / (high - low);
  return { x: round(x), y: round(height - margin - share * (height - 2 * margin)) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A number with three digits that count. */
export function shortNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : value.toPrecision(3);
}

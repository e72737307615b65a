import { mkdirSync, writeFileSync } from 'node:fs';
import { ratioChartSvg, type RatioChart } from './ratioChart.ts';

/** Draws a chart into the project's `docs/`. */
export function drawIntoDocs(fileName: string, chart: RatioChart): void {
  const docs = new URL('../../docs/', import.meta.url);
  mkdirSync(docs, { recursive: true });
  writeFileSync(new URL(fileName, docs), ratioChartSvg(chart));
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactsFolder, type Workbench } from './workbench.ts';

/** How long it took from a key to the frame that shows its character. */
export interface KeystrokeTimes {
  readonly count: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/**
 * Types a text and measures, inside the page, from each key's event to the first frame after the
 * editor's lines changed.
 */
export async function timeKeystrokes(workbench: Workbench, text: string): Promise<KeystrokeTimes> {
  const { page } = workbench;
  await page.evaluate(startMeasuring);
  await workbench.type(text);
  await page.waitForTimeout(500);
  const times = await page.evaluate<number[]>('window.attuneKeystrokeTimes');
  const sorted = [...times].sort((a, b) => a - b);
  const rounded = (ms: number | undefined) => Math.round((ms ?? Infinity) * 10) / 10;
  return {
    count: sorted.length,
    medianMs: rounded(sorted[Math.floor(sorted.length / 2)]),
    slowestMs: rounded(sorted.at(-1)),
  };
}

/** Keeps what was measured beside the pictures. */
export function keepTimes(name: string, times: Readonly<Record<string, KeystrokeTimes>>): void {
  mkdirSync(artifactsFolder, { recursive: true });
  writeFileSync(join(artifactsFolder, `${name}.json`), `${JSON.stringify(times, undefined, 2)}\n`);
}

/** Runs in the page, as text: what it uses is known there only. */
const startMeasuring = `(() => {
  const times = (window.attuneKeystrokeTimes = []);
  window.attuneStopMeasuring?.();
  let pressedAtMs;
  const note = () => (pressedAtMs = performance.now());
  const observer = new MutationObserver(() => {
    if (pressedAtMs === undefined) return;
    const sinceMs = pressedAtMs;
    pressedAtMs = undefined;
    requestAnimationFrame(() => times.push(performance.now() - sinceMs));
  });
  document.addEventListener('keydown', note, true);
  const lines = document.querySelector('.editor-instance .monaco-editor .view-lines');
  observer.observe(lines, { subtree: true, childList: true, characterData: true });
  window.attuneStopMeasuring = () => {
    observer.disconnect();
    document.removeEventListener('keydown', note, true);
  };
})()`;

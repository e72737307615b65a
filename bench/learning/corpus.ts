import { basename } from 'node:path';
import type { Versions } from '../../src/cli/replay/versions.ts';

/** Two pinned versions of a published package. */
export interface CorpusPair {
  readonly client: 'npm' | 'pip';
  readonly name: string;
  readonly old: string;
  readonly new: string;
}

/*
 * Packages that are published as they are written: sources, not bundles. All versions, the older ones
 * too, came out after mid-2024, so what was typed between them is in no training data of the base
 * models (Qwen2.5-Coder is of September 2024, with data up to February).
 */

/** Looked at while choosing how to learn. */
export const developmentPairs: readonly CorpusPair[] = [
  { client: 'npm', name: 'zod', old: '4.0.5', new: '4.1.5' },
  { client: 'npm', name: 'effect', old: '3.8.0', new: '3.12.0' },
  { client: 'npm', name: 'undici', old: '7.0.0', new: '7.10.0' },
  { client: 'pip', name: 'mcp', old: '1.2.0', new: '1.9.0' },
  { client: 'pip', name: 'smolagents', old: '1.4.0', new: '1.14.0' },
  { client: 'pip', name: 'cyclopts', old: '3.0.0', new: '3.20.0' },
];

/** Never used for a choice; measured once, when all is chosen. */
export const setAsidePairs: readonly CorpusPair[] = [
  { client: 'npm', name: 'svelte', old: '5.20.0', new: '5.30.0' },
  { client: 'pip', name: 'pydantic-ai-slim', old: '0.0.20', new: '0.1.0' },
];

/** What one version's folder is called. */
export function folderNameOf(name: string, version: string): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}`;
}

/** Whether some pairs are the development pairs, wherever they lie: what the documentation shows is of them. */
export function isCorpus(pairs: readonly Versions[]): boolean {
  const names = ({ old, new: newer }: Versions): string => `${basename(old)} ${basename(newer)}`;
  const wanted = developmentPairs.map(({ name, old, new: newer }) =>
    names({ old: folderNameOf(name, old), new: folderNameOf(name, newer) }),
  );
  return pairs.map(names).sort().join() === wanted.sort().join();
}

/** The command that measures some pairs, once they lie in a folder. */
export function learningCommand(
  folderOf: (name: string, version: string) => string,
  pairs: readonly CorpusPair[],
): string {
  const versions = pairs.map(
    ({ name, old, new: newer }) =>
      `--old ${quoted(folderOf(name, old))} --new ${quoted(folderOf(name, newer))}`,
  );
  return ['npm run bench:learning --', ...versions].join(' \\\n  ');
}

/** A path as every shell takes it for one word. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

import { resolve, sep } from 'node:path';
import type { ProjectRun } from './measureProject.ts';
import type { Versions } from '../../src/cli/replay/versions.ts';

/** What some pairs are called: by their folders, with as many of those above as it takes to tell each from the others. */
export function namesOf(pairs: readonly Versions[]): string[] {
  return pairs.map((pair) => {
    const depths = Array.from(partsOf(pair.new), (_, index) => index + 1);
    const isAlone = (depth: number): boolean => {
      const name = nameOf(pair, depth);
      return pairs.every((other) => other === pair || nameOf(other, depth) !== name);
    };
    return nameOf(pair, depths.find(isAlone) ?? 1);
  });
}

/** A run under another name than its work has: the folder of its results is called by that, whatever is measured beside. */
export function named(run: ProjectRun, name: string): ProjectRun {
  const { work, later } = run;
  return {
    ...run,
    work: { ...work, name },
    later: later && { ...later, run: named(later.run, `${name}, later`) },
  };
}

function nameOf({ old, new: newer }: Versions, depth: number): string {
  return [old, newer].map((folder) => partsOf(folder).slice(-depth).join('/')).join(' to ');
}

function partsOf(folder: string): string[] {
  return resolve(folder).split(sep);
}

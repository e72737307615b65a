import { showProgress } from '../../src/cli/progressBar.ts';
import { bringModelFolder } from '../../src/cli/models.ts';

/** The folder of a model, brought first where it is not there yet, with progress. */
export function bringFolder(model: string): Promise<string> {
  return bringModelFolder(model, { signal: new AbortController().signal, showProgress });
}

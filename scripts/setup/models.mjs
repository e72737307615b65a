import { withProgress } from './progress.mjs';
import { SetupError } from './setupError.mjs';

/**
 * A step that brings models of the catalogue, ready to be opened. The engine itself fetches, checks
 * and converts them, so this needs the npm packages and a Node that runs TypeScript.
 *
 * @param {string[]} ids
 * @returns {() => Promise<void>}
 */
export function bringModels(...ids) {
  return async () => {
    const { ensureModelFolder } = await import('../../src/engine/catalogue/ensureModelFolder.ts');
    for (const id of ids) await bringModel(id, ensureModelFolder).catch(explain);
  };
}

/** Shows nothing for a model that is there: progress begins with the first word about work. */
async function bringModel(id, ensureModelFolder) {
  let share;
  const { promise: workBegan, resolve: begin } = Promise.withResolvers();
  const onProgress = ({ doneBytes, totalBytes }) => {
    share = doneBytes / totalBytes;
    begin();
  };
  const ready = ensureModelFolder(id, { signal: new AbortController().signal, onProgress });
  await Promise.race([ready, workBegan]);
  if (share === undefined) return;
  await withProgress(
    `Model ${id}`,
    () => ready,
    () => share,
  );
}

/** The engine's own errors say already what to do. */
function explain(error) {
  throw error.name === 'EngineError' ? new SetupError(error.message) : error;
}

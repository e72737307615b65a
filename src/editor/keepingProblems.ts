import { Late } from './late.ts';
import { logged } from './logger.ts';
import { privateTextsOf } from './privateTexts.ts';
import type { KeepProblem } from './rememberingLog.ts';
import type { Settings } from './settings/settings.ts';

/** Keeps what goes wrong in a window in a file, in English as the log has it. The code for it is loaded with the first problem. */
export function keepingProblems(path: string, settings: () => Settings): KeepProblem {
  const keeper = new Late(async () => {
    const { ProblemsKeeper } = await import('../report/keptProblems.ts');
    return new ProblemsKeeper(path, () => privateTextsOf(settings()));
  });
  return ({ message, ...problem }) => {
    const kept = keeper.get().then((made) => made.keep({ ...problem, text: logged(message) }));
    // The log has it still, and to say that it cannot be kept would be one more problem to keep.
    kept.catch(() => undefined);
  };
}

import { makeProgram } from '../../src/cli/program.ts';
import type { Progress } from '../../src/cli/progressBar.ts';

/** What a command did on the terminal. */
export interface Ran {
  /** Results, in order. */
  readonly printed: string;
  /** What was told beside them. */
  readonly told: string;
  /** Questions that had to be confirmed. */
  readonly asked: readonly string[];
  /** The label of everything that progress was shown of and that came to its end, in order. */
  readonly finished: readonly string[];
  /** What the command ended with; undefined when all went well. */
  readonly error: unknown;
}

interface RunOptions {
  /** What the user answers when a command wants to be sure. */
  readonly answer?: boolean;
  readonly signal?: AbortSignal;
  /** Called with each piece of progress. */
  readonly onProgress?: (label: string) => void;
}

/** Runs the command line with these arguments, as a user would, and gives what there was to see. */
export async function attune(
  args: readonly string[],
  { answer = true, signal = new AbortController().signal, onProgress = () => undefined }: RunOptions = {},
): Promise<Ran> {
  const [printed, told, asked, finished]: string[][] = [[], [], [], []];
  const program = makeProgram({
    signal,
    print: (text) => printed!.push(text),
    tell: (text) => told!.push(text),
    confirm: (question) => {
      asked!.push(question);
      return Promise.resolve(answer);
    },
    showProgress: (label): Progress => ({
      update: () => onProgress(label),
      finish: () => finished!.push(label),
    }),
  });
  const error: unknown = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  return { printed: printed!.join('\n'), told: told!.join('\n'), asked: asked!, finished: finished!, error };
}

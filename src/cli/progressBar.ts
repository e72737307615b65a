import { SingleBar, Presets } from 'cli-progress';

/** Shows how far a piece of work is: a bar in a terminal, a line now and then elsewhere. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  /**
   * Ends the bar; further updates begin a new one. A bar that is not ended keeps the process alive
   * and the cursor hidden.
   */
  finish(): void;
}

/** Where progress is written: standard error, so that standard output stays the result. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & NodeJS.WritableStream;

/** Without a terminal a log line this often is enough. */
const logIntervalMs = 15_000;

/** The progress of one piece of work. */
export function showProgress(label: string, stream: ProgressStream = process.stderr): Progress {
  return stream.isTTY ? terminalProgress(label, stream) : loggedProgress(label, stream);
}

function terminalProgress(label: string, stream: ProgressStream): Progress {
  const format = `${label.padEnd(14)} {bar} {percentage}% | {duration_formatted} | {note}`;
  const bar = new SingleBar({ format, hideCursor: true, stream }, Presets.shades_classic);
  return {
    update(done, total, note) {
      if (!bar.isActive) bar.start(total, done, { note });
      bar.setTotal(total);
      bar.update(done, { note });
    },
    finish: () => bar.stop(),
  };
}

/** A line at the start, one every quarter of a minute, and one when all is done. */
function loggedProgress(label: string, stream: ProgressStream): Progress {
  let loggedAtMs = -Infinity;
  let isDone = false;
  return {
    update(done, total, note) {
      const wasDone = isDone;
      isDone = done >= total;
      const nowMs = performance.now();
      const isNews = isDone ? !wasDone : nowMs - loggedAtMs >= logIntervalMs;
      if (!isNews) return;
      loggedAtMs = nowMs;
      stream.write(`${label}: ${done} of ${total} ${note}`.trimEnd() + '\n');
    },
    finish: () => undefined,
  };
}

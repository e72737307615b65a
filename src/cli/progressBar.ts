import { SingleBar, Presets } from 'cli-progress';

/** Shows how far a piece of work is: a bar in a terminal, a line now and then elsewhere. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  /** Ends the bar; further updates begin a new one. */
  finish(): void;
}

/** Without a terminal a log line this often is enough. */
const logIntervalMs = 15_000;

/** Progress on standard error, so that standard output stays the result. */
export function showProgress(label: string): Progress {
  return process.stderr.isTTY ? terminalProgress(label) : loggedProgress(label);
}

function terminalProgress(label: string): Progress {
  const format = `${label.padEnd(14)} {bar} {percentage}% | {duration_formatted} | {note}`;
  const bar = new SingleBar({ format, hideCursor: true, stream: process.stderr }, Presets.shades_classic);
  return {
    update(done, total, note) {
      if (!bar.isActive) bar.start(total, done, { note });
      bar.setTotal(total);
      bar.update(done, { note });
    },
    finish: () => bar.stop(),
  };
}

function loggedProgress(label: string): Progress {
  let loggedAtMs = -Infinity;
  return {
    update(done, total, note) {
      const nowMs = performance.now();
      if (nowMs - loggedAtMs < logIntervalMs && done < total) return;
      loggedAtMs = nowMs;
      process.stderr.write(`${label}: ${done} of ${total} ${note}\n`);
    },
    finish: () => undefined,
  };
}

import { logged, type Logger, type Message } from '../../src/editor/logger.ts';

/** A log that keeps its lines, each with its level before it. */
export function recordingLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const log = {
    info: (message: Message) => void lines.push(`info ${logged(message)}`),
    warn: (message: Message) => void lines.push(`warn ${logged(message)}`),
    error: (message: Message) => void lines.push(`error ${logged(message)}`),
  };
  return { log, lines };
}

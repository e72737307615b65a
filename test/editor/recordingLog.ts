import type { Logger } from '../../src/editor/logger.ts';

/** A log that keeps its lines, each with its level before it. */
export function recordingLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const log = {
    info: (text: string) => void lines.push(`info ${text}`),
    warn: (text: string) => void lines.push(`warn ${text}`),
    error: (text: string | Error) => void lines.push(`error ${String(text)}`),
  };
  return { log, lines };
}

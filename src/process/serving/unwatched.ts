import type { LoadWatch } from '../clients.ts';

/** Nobody waits for it, nor ends it: a change that another process made, and what served before one that was cancelled. */
export const unwatched: LoadWatch = { signal: new AbortController().signal, onProgress: () => undefined };

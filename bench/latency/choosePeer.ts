import { median } from '../report/statistics.ts';
import type { LlamaModels } from './llamaModels.ts';
import { LlamaServer } from './llamaServer.ts';

/** One way to run the peer. */
export interface PeerChoice {
  readonly name: string;
  readonly ggufPath: string;
  readonly flags: readonly string[];
}

/** A way to run the peer, and how long it took for a cold prompt with a completion behind it. */
export interface TriedPeer extends PeerChoice {
  readonly ms: number;
}

/** Tokens a trial has written: as many as a long completion of one line has. */
export const trialTokens = 32;

/**
 * Its drafts are made for chats that repeat whole paragraphs: they begin at 12 equal tokens and go on
 * for 48. Sizes that suit code serve it better here.
 */
const draftSizes = { match: '4', draft: '8' };

/**
 * Every way to run the peer that might be its best: the file as shipped and requantised, and with
 * drafts from the text itself.
 */
export function peerChoices({ shipped, fastest }: LlamaModels): PeerChoice[] {
  const flash = ['--flash-attn', 'on'];
  const drafting = (kind: string): PeerChoice => {
    const { match, draft } = draftSizes;
    const sizes = [`--spec-${kind}-size-n`, match, `--spec-${kind}-size-m`, draft];
    return {
      name: `Q4_0, flash attention, drafts by ${kind}`,
      ggufPath: fastest,
      flags: [...flash, '--spec-type', kind, ...sizes],
    };
  };
  return [
    { name: 'as shipped', ggufPath: shipped, flags: [] },
    { name: 'as shipped, flash attention', ggufPath: shipped, flags: flash },
    { name: 'Q4_0, flash attention', ggufPath: fastest, flags: flash },
    drafting('ngram-simple'),
    drafting('ngram-map-k'),
  ];
}

/** Tries every way on the same prompts and gives them from the fastest to the slowest. */
export async function tryPeers(
  choices: readonly PeerChoice[],
  prompts: readonly (readonly number[])[],
  start: Readonly<{ folder: string; threads: number }>,
): Promise<TriedPeer[]> {
  const tried: TriedPeer[] = [];
  for (const choice of choices) {
    const server = await LlamaServer.start({ ...start, ...choice });
    try {
      const times: number[] = [];
      for (const tokens of prompts) {
        times.push((await server.complete({ tokens, maxNewTokens: trialTokens })).ms);
      }
      tried.push({ ...choice, ms: median(times) });
    } finally {
      server.stop();
    }
  }
  return tried.toSorted((a, b) => a.ms - b.ms);
}

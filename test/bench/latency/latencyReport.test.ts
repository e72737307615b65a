import { describe, expect, it } from 'vitest';
import { latencyChart, modelText, sumUp, type Measured } from '../../../bench/latency/latencyReport.ts';
import { describeMachine } from '../../../bench/report/machine.ts';

const measured: Measured = {
  model: 'some-model',
  longPrompts: [
    { ours: { coldMs: 100, decodeMsPerToken: 2 }, peer: { coldMs: 400, decodeMsPerToken: 8 } },
    { ours: { coldMs: 120, decodeMsPerToken: NaN }, peer: { coldMs: 440, decodeMsPerToken: NaN } },
    { ours: { coldMs: 110, decodeMsPerToken: 4 }, peer: { coldMs: 420, decodeMsPerToken: 8 } },
  ],
  typing: {
    asked: [10, 20, 30].map((ms) => ({ ours: ms, peer: 4 * ms, promptTokens: [1], peerCachedTokens: 1 })),
    knownCount: 1,
    knownMs: 0.2,
  },
  rssMb: { ours: 300, peer: 200 },
  effort: {
    ...{ promptTokens: 100, reusedTokens: 90, passes: 20 },
    ...{ writtenTokens: 30, draftedTokens: 16, acceptedTokens: 12 },
  },
  tokenLoss: { fp32: 2, served: 2.02 },
  peer: 'Q4_0',
  peersTried: { Q4_0: 500 },
};

describe('sumUp', () => {
  it('gives the numbers of both sides and their ratios', () => {
    const { ours, peer, ratio, tokenLoss } = sumUp(measured);
    expect(ours).toEqual({
      ...{ p50Ms: 20, p90Ms: 28, p99Ms: 29.8 },
      ...{ cold512Ms: 110, decodeMsPerToken: 3, rssMb: 300 },
    });
    expect(peer).toMatchObject({ p50Ms: 80, cold512Ms: 420, decodeMsPerToken: 8 });
    expect(ratio).toEqual({ p50: 0.25, p90: 0.25, p99: 0.25, cold512: 0.262, decode: 0.375 });
    expect(tokenLoss).toEqual({ fp32: 2, served: 2.02 });
  });

  it('gives what caches and drafts did', () => {
    expect(sumUp(measured).details).toMatchObject({
      ...{ reuseShare: 0.9, peerReuseShare: 1, tokensPerPass: 1.5, draftAcceptance: 0.75 },
    });
  });

  it("tells what is left of the peer's times where it has the debounce to work in as well", () => {
    const asked = [100, 150, 200].map((peer) => ({ ours: 0, peer, promptTokens: [1], peerCachedTokens: 1 }));
    const { ratio, details } = sumUp({ ...measured, typing: { ...measured.typing, asked } });
    expect(details.peerAtKey).toEqual({ p50Ms: 25, p90Ms: 65 });
    expect(ratio.p50).toBe(0);
  });

  it('tells apart the text that drafts suit best from the one they suit least', () => {
    expect(sumUp(measured).details.decodeRatioRange).toEqual([0.25, 0.5]);
  });
});

describe('modelText', () => {
  it('shows every ratio beside its numbers', () => {
    const text = modelText(sumUp(measured));
    expect(text).toMatch(/first line, p50 \(ms\)\s+20\s+80\s+0\.25x/);
    expect(text).toContain('1.0 % more');
  });

  it('shows tokens a second', () => {
    const text = modelText(sumUp(measured));
    expect(text).toMatch(/cold 512-token prompt \(tokens\/s\)\s+4654\.5\s+1219\.0/);
    expect(text).toMatch(/decode \(tokens\/s\)\s+333\.3\s+125\.0/);
  });
});

describe('latencyChart', () => {
  it('has a group per model, with all times and without the memory', () => {
    const chart = latencyChart({ machine: describeMachine({}), models: [sumUp(measured)] });
    expect(chart.groups.map(({ name, rows }) => [name, rows.length])).toEqual([['some-model', 5]]);
  });
});

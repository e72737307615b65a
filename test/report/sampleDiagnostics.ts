import type { Diagnostics } from '../../src/report/diagnostics.ts';

/** Of an engine that serves, with names of the user's in it. */
export const sampleDiagnostics: Diagnostics = {
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  versions: { Attune: '0.1.0', 'VS Code': '1.104.0', 'Node.js': '24.0.0' },
  machine: {
    ...{ system: 'linux 6.1 x64', processor: 'A | B', cores: 2 },
    ...{ memoryBytes: 8e9, freeMemoryBytes: 3.25e9 },
  },
  engine: {
    kind: 'serves',
    model: '/home/jo/models/plans.gguf',
    device: 'cpu',
    why: 'it was chosen',
    runtimeVersion: '1.30.0',
    speed: { promptTokensPerSecond: 312.4, msPerToken: 21.06 },
    memoryBytes: 0.7e9,
  },
  maxPromptTokens: 896,
  store: {
    bytes: 1.5e6,
    counts: {
      ...{ completions: 3, rankings: 1, demonstrations: 2, imported: 0, damaged: 0 },
      ...{ outcomes: { accepted: 1, dismissed: 2 }, nothingOffered: {}, notStored: { gitIgnored: 4 } },
    },
  },
  adapters: { count: 2, servingId: '2026-01-01-abcd' },
  settings: { model: '/home/jo/models/plans.gguf', 'store.excluded': ['plans/**'], threads: 2 },
  problems: [{ atMs: 0, severity: 'error', text: '/home/jo/plans.ts is no model' }],
};

import { describe, expect, it } from 'vitest';
import { diagnosticsText, shareable } from '../../src/report/diagnostics.ts';
import { sampleDiagnostics as sample } from './sampleDiagnostics.ts';

const shared = shareable(sample, { paths: ['/home/jo'] });

describe('diagnostics', () => {
  it('tell all that helps, in Markdown', () => {
    expect(diagnosticsText(shared).split('\n')).toEqual([
      '### Attune diagnostics, 2026-01-02T03:04:05.000Z',
      '',
      '| | |',
      '|---|---|',
      '| Attune | 0.1.0 |',
      '| VS Code | 1.104.0 |',
      '| Node.js | 24.0.0 |',
      '| System | linux 6.1 x64 |',
      '| Processor | A \\| B, 2 threads |',
      '| Memory | 8.0 GB, 3.3 GB free |',
      '| ONNX Runtime | 1.30.0 |',
      '| Model | <path> |',
      '| Device | cpu: it was chosen |',
      '| Reads | 312 prompt tokens/s |',
      '| Writes | 21.1 ms a token |',
      '| Engine | 0.7 GB of memory |',
      '| Sees | 896 tokens at most |',
      '| Store | 1.5 MB |',
      '| Stored | 3 completions, 1 rankings, 2 demonstrations, 0 imported, 0 damaged |',
      '| Outcomes | dismissed 2, accepted 1 |',
      '| Nothing offered | none |',
      '| Not stored | gitIgnored 4 |',
      '| Adapter | 2026-01-01-abcd serves; 2 kept |',
      '',
      '**Settings that are not at their defaults**',
      '',
      '- attune.model: "<path>"',
      '- attune.store.excluded: "1 entries"',
      '- attune.threads: 2',
      '',
      '**Last problems**',
      '',
      '- 1970-01-01T00:00:00.000Z error: <path> is no model',
    ]);
  });

  it('say nothing private, as text or as JSON', () => {
    for (const text of [diagnosticsText(shared), JSON.stringify(shared)]) {
      expect(text).not.toContain('/home/jo');
      expect(text).not.toContain('plans');
    }
  });

  it('say why no model serves, and that nothing is stored', () => {
    const text = diagnosticsText({
      ...sample,
      engine: { kind: 'none', model: 'tiny', why: 'it is loading' },
      store: undefined,
      adapters: { count: 0 },
    });
    expect(text).toContain('| Engine | does not serve: it is loading |');
    expect(text).toContain('| Store | none |');
    expect(text).toContain('| Adapter | none serves, the base model does; 0 kept |');
  });
});

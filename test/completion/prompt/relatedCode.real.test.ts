import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { CompletionId, RelatedCode } from '../../../src/completion/completion.ts';
import { CodeIndex, relatedAt } from '../../../src/completion/prompt/relatedCode.ts';
import { loadPolicy, type ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import { openRealModel } from '../../support/realModels.ts';

const pressure = `"""Units of the tyre shop."""


def mbar_from_psi(reading_psi: float, *, altitude_m: float) -> float:
    """The absolute pressure of a gauge reading at an altitude."""
    return reading_psi * 68.9476 + ambient_mbar(altitude_m)


def ambient_mbar(altitude_m: float) -> float:
    return 1013.25 * (1 - 2.25577e-5 * altitude_m) ** 5.25588
`;

const filler = ['orders', 'customers', 'invoices'].map((topic) => ({
  path: `shop/${topic}.py`,
  text: `def list_${topic}(database):\n    return database.read("${topic}")\n`,
}));

const prefix = `from shop.pressure import mbar_from_psi


def check(tyre):
    return mbar_from_psi(tyre.reading, `;

describe('what Qwen2.5-Coder writes where a function of another file is called', () => {
  let policy: ModelPolicy;
  beforeAll(async () => {
    policy = await loadPolicy(await openRealModel('qwen2.5-coder-0.5b'), {
      id: policyIdOf('qwen2.5-coder-0.5b', undefined),
      threads: 2,
    });
  });
  afterAll(() => policy.dispose());

  async function write(related: RelatedCode | undefined): Promise<string> {
    const result = await completeAt(
      {
        ...{
          id: 'c' as CompletionId,
          prefix,
          suffix: '',
          languageId: 'python',
          trigger: 'automatic',
          count: 1,
        },
        ...{ temperature: 0, seed: 1, maxPromptTokens: 512, maxNewTokens: 32, ...(related && { related }) },
      },
      policy,
      new AbortController().signal,
    );
    return result.kind === 'completion' ? result.text : '';
  }

  it('has its keyword argument, which nothing in the document tells', async () => {
    const index = new CodeIndex();
    for (const file of [...filler, { path: 'shop/pressure.py', text: pressure }])
      index.set({ ...file, documentUri: `file:///${file.path}` });
    const own = { documentUri: 'file:///shop/check.py', path: 'shop/check.py', documentText: prefix };
    const related = relatedAt(index, { ...own, prefix, suffix: '' }, 512);
    expect(await write(undefined)).not.toContain('altitude_m');
    expect(await write(related)).toMatch(/^altitude_m=/);
  });
});

import { describe, expect, it } from 'vitest';
import { judgeWork, type JudgedWork } from '../../../src/cli/replay/judgeWork.ts';
import type { JudgedAnswer } from '../../../src/cli/replay/replayedDeveloper.ts';
import { TurnPolicy, type Turn } from '../turnPolicy.ts';
import { typed } from './developer.ts';

async function judge(
  typedText: string,
  turns: readonly Turn[],
  { seed = 1, ...given }: Partial<Pick<JudgedWork, 'seed' | 'projectFiles' | 'documents' | 'asking'>> = {},
) {
  const answers: JudgedAnswer[] = [];
  const policy = new TurnPolicy(turns);
  await judgeWork({
    ...{ policy, seed, limits: { maxPromptTokens: 256, maxNewTokens: 64 } },
    ...{ folder: '/project', documents: [typed(typedText)], signal: new AbortController().signal },
    asking: { kind: 'pauses', count: 3, of: 6 },
    onJudged: (answer) => answers.push(answer),
    ...given,
  });
  return { answers, policy };
}

const text = 'const a = b;\nconst c = d;\n';

describe('judgeWork', () => {
  it('asks every policy at the same places with the same prompts, right or wrong', async () => {
    const [right, wrong] = [await judge(text, ['const a = b;', 'c = d;']), await judge(text, ['nonsense'])];
    const placesOf = ({ answers }: typeof right) => answers.map(({ offset, written }) => [offset, written]);
    expect(placesOf(right)).toEqual(placesOf(wrong));
    expect(right.answers).toHaveLength(3);
    expect(right.policy.requests[0]).toMatchObject({ promptTokens: wrong.policy.requests[0]!.promptTokens });
  });

  it('judges by what was written from the cursor on', async () => {
    const { answers } = await judge(text, ['nonsense']);
    for (const { offset, written } of answers) expect(text.slice(offset)).toBe(written);
    expect(answers.every(({ taken }) => taken.kind === 'nothing')).toBe(true);
  });

  it('says why where nothing was offered', async () => {
    const { answers } = await judge(text, ['']);
    expect(answers[0]!.result).toMatchObject({ kind: 'none', reason: 'silence' });
  });

  it('asks elsewhere with another seed', async () => {
    const placesOf = async (seed: number) =>
      (await judge(text, [''], { seed })).answers.map(({ offset }) => offset);
    const [one, ...others] = await Promise.all([1, 2, 3, 4].map(placesOf));
    expect(others.some((other) => other.join() !== one!.join())).toBe(true);
  });

  it('shows what the project had in its other files, and has by the time', async () => {
    // Nothing is related to an empty document, and it is looked again only behind some text.
    const long = 'a'.repeat(150);
    const [first, second] = [
      { ...typed(`const invoiceTotal = sum(taxRate, ${long}, one(taxRate));\n`), path: 'first.ts' },
      { ...typed(`print(invoiceTotal, ${long}, one(invoiceTotal));\n`), path: 'second.ts' },
    ];
    const projectFiles = [
      { documentUri: 'file:///project/tax.ts', text: 'const taxRate = 0.2;' },
      ...['x', 'y', 'z'].map((name) => ({
        documentUri: `file:///project/${name}.ts`,
        text: `const ${name}123 = 1;`,
      })),
    ];
    const shown = async (given: { projectFiles?: typeof projectFiles }) => {
      const { answers, policy } = await judge('', ['nonsense'], {
        ...{ documents: [first, second], asking: { kind: 'pauses', count: 20, of: 20 } },
        ...given,
      });
      const texts = policy.requests.map(({ promptTokens }) => policy.tokenizer.decode(promptTokens));
      return { count: answers.length, texts };
    };
    const [without, withProject] = [await shown({}), await shown({ projectFiles })];
    expect(withProject.count).toBe(without.count);
    expect(without.texts.join()).not.toContain('tax.ts');
    expect(withProject.texts.some((text) => text.includes('tax.ts\nconst taxRate = 0.2;'))).toBe(true);
    expect(withProject.texts.some((text) => text.includes('first.ts\nconst invoiceTotal'))).toBe(true);
  });
});

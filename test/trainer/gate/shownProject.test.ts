import { describe, expect, it } from 'vitest';
import type { RelatedCode } from '../../../src/completion/completion.ts';
import type { CodeFile } from '../../../src/completion/prompt/relatedCode.ts';
import { namesOf, type Renaming } from '../../../src/feedback/files/documentNames.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import type { Demonstration } from '../../../src/trainer/data/examples.ts';
import { shownAt } from '../../../src/trainer/gate/shownProject.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

function fileOf(path: string, text: string): CodeFile {
  return { documentUri: `file:///project/${path}`, path, text };
}

/** What was written in a document, a line a minute. */
function workIn(path: string, lines: readonly string[]): Demonstration[] {
  return lines.map((line, minute) => {
    const above = lines.slice(0, minute).map((each) => `${each}\n`);
    const asked = askedAt(`${above.join('')}█`, minute, `file:///project/${path}`);
    return demonstrationOfText(demonstration(asked, line))!;
  });
}

const written = [
  'import { invoiceTotal } from "./invoice";',
  'const firstTotal = invoiceTotal(first);',
  'const secondTotal = invoiceTotal(second);',
  'show(firstTotal + secondTotal);',
];
const work = workIn('deep/shop.ts', written);
const heldOut = { demonstrations: work, preferenceGroups: [], prompts: work };
const whole = written.join('\n');
const invoice = fileOf('invoice.ts', 'export function invoiceTotal(items: Item[]): number {}');

/** Without files about something else no name would be rare. */
const others = ['apple', 'pear', 'plum'].map((topic) => fileOf(`${topic}.ts`, `grow(${topic});`));

/** What is shown at the last place. */
function shownIn(files: readonly CodeFile[], renamings: readonly Renaming[] = []): RelatedCode {
  const project = {
    files: [...others, ...files],
    namesOf: (uri: string) => namesOf(uri, renamings),
    maxPromptTokens: 4,
  };
  return shownAt(heldOut, project)(work.at(-1)!)!;
}

function pathsIn({ pieces }: RelatedCode): string[] {
  return pieces.map(({ path }) => path).toSorted();
}

describe('what a prompt at a held-out place shows of the project', () => {
  it('is code of other files that is like what stands there, under the path of its document', () => {
    const related = shownIn([invoice, fileOf('deep/shop.ts', whole)]);
    expect(related.pieces).toContainEqual({ path: 'invoice.ts', text: invoice.text });
    expect(related.path).toBe('deep/shop.ts');
  });

  it('is nothing that its document says now', () => {
    const now = fileOf('deep/shop.ts', `${whole}\nconst tax = invoiceTotal(third);`);
    for (const { text } of shownIn([now, invoice]).pieces) expect(text).not.toContain('tax');
  });

  it('is nothing of a file that was the document under another name', () => {
    const [fromUri, toUri] = ['file:///project/deep/shop.ts', 'file:///project/store.ts'];
    const moved = fileOf('store.ts', 'something(invoiceTotal);');
    expect(pathsIn(shownIn([moved, invoice]))).toContain('store.ts');
    const related = shownIn([moved, invoice], [{ fromUri, toUri, atMs: 60 * 60_000 }]);
    expect(related.path).toBe('store.ts');
    for (const { text } of related.pieces) expect(text).not.toBe(moved.text);
  });

  it('is nothing of a copy that nobody told of, but of a file that says one line of it', () => {
    const copy = fileOf('copy.ts', `// moved\n${whole}`);
    const user = fileOf('user.ts', `${written[1]!}\nconst other = 1;`);
    const paths = pathsIn(shownIn([copy, user, invoice]));
    expect(paths).not.toContain('copy.ts');
    expect(paths).toEqual(expect.arrayContaining(['invoice.ts', 'user.ts']));
  });

  it('stays the same for places nearby, as while one types', () => {
    const relatedTo = shownAt(heldOut, { files: [invoice], namesOf: () => [], maxPromptTokens: 4 });
    expect(relatedTo(work[2]!)).toBe(relatedTo(work[3]!));
  });
});

import { describe, expect, it } from 'vitest';
import { OpenTexts, type EditorDocument } from '../../../src/editor/typing/openTexts.ts';

type MayBeStored = ConstructorParameters<typeof OpenTexts>[0];

/** A document of the editor whose text is its own name, until a test changes it. */
class FakeDocument implements EditorDocument {
  readonly uri: { readonly toString: () => string };
  readonly languageId: string;
  version = 1;
  isClosed = false;
  text: string;
  reads = 0;

  constructor(name: string, languageId: string) {
    this.uri = { toString: () => `file:///${name}` };
    this.languageId = languageId;
    this.text = name;
  }

  getText(): string {
    this.reads++;
    return this.text;
  }
}

function documentOf(name: string, languageId = 'typescript'): FakeDocument {
  return new FakeDocument(name, languageId);
}

const mayAll: MayBeStored = () => Promise.resolve(true);

async function turnedTo(documents: readonly EditorDocument[], mayBeStored = mayAll): Promise<OpenTexts> {
  const texts = new OpenTexts(mayBeStored);
  for (const document of documents) await texts.turnTo(document);
  return texts;
}

const place = { documentUri: 'file:///own', languageId: 'typescript', offset: 0 };

describe('the documents of an editor as references', () => {
  it('come in sight first, then by when they were turned to, their language before others', async () => {
    const [a, b, c, own] = [documentOf('a'), documentOf('b'), documentOf('c', 'python'), documentOf('own')];
    const texts = await turnedTo([a, c, b, own]);
    expect(texts.referencesAt(place, [own])).toEqual(['b', 'a', 'c']);
    expect(texts.referencesAt(place, [own, a])).toEqual(['a', 'b', 'c']);
    expect(texts.referencesAt({ ...place, languageId: 'python' }, [own])).toEqual(['c', 'b', 'a']);
  });

  it('are left out where they may not be stored, or where that cannot be told', async () => {
    const mayBeStored: MayBeStored = (uri) =>
      uri.endsWith('unreadable') ? Promise.reject(new Error('no')) : Promise.resolve(!uri.endsWith('.env'));
    const texts = await turnedTo(
      [documentOf('.env'), documentOf('unreadable'), documentOf('a')],
      mayBeStored,
    );
    expect(texts.referencesAt(place, [])).toEqual(['a']);
  });

  it('go when they are closed, and when they become unstorable', async () => {
    const [a, b] = [documentOf('a'), documentOf('b')];
    let isAllowed = true;
    const texts = await turnedTo([a, b], () => Promise.resolve(isAllowed));
    b.isClosed = true;
    expect(texts.referencesAt(place, [])).toEqual(['a']);
    isAllowed = false;
    await texts.turnTo(a);
    expect(texts.referencesAt(place, [])).toEqual([]);
  });

  it('are read again only when they have changed', async () => {
    const a = documentOf('a');
    const texts = await turnedTo([a]);
    for (let i = 0; i < 3; i++) expect(texts.referencesAt(place, [])).toEqual(['a']);
    expect(a.reads).toBe(1);
    Object.assign(a, { version: 2, text: 'changed' });
    expect(texts.referencesAt(place, [])).toEqual(['changed']);
  });

  it('are, of the document itself, what its context leaves out', async () => {
    const own = documentOf('own');
    own.text = 'a'.repeat(20_000);
    const texts = await turnedTo([own]);
    expect(texts.referencesAt({ ...place, offset: 15_000 }, []).join('').length).toBeLessThan(20_000 - 6_144);
    expect(texts.referencesAt({ ...place, offset: 15_000 }, []).join('').length).toBeGreaterThan(8_000);
  });
});

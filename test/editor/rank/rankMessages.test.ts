import { describe, expect, it } from 'vitest';
import { toExtensionSchema, toPageSchema } from '../../../src/editor/rank/rankMessages.ts';

const place = { title: 'a.ts:1', languageId: 'typescript', lineAbove: '', lineBefore: 'a', lineBehind: ')' };
const answer = { ranks: [1, null], noneIsGood: false, ownText: '' };

describe('messages of the panel', () => {
  it.each([
    [{ kind: 'idle' }],
    [{ kind: 'asking', round: 1, place }],
    [
      {
        kind: 'alternatives',
        round: 1,
        place,
        alternatives: [
          null,
          {
            text: 'x',
            replacedChars: 1,
            findings: ['parses'],
            types: { kind: 'checked', count: 1, first: 'No.' },
          },
          {
            text: 'y',
            replacedChars: 0,
            findings: [],
            types: { kind: 'unchecked', why: 'It does not parse.' },
          },
        ],
        isWriting: true,
      },
    ],
    [
      {
        kind: 'alternatives',
        round: 1,
        place,
        alternatives: [{ text: 'x', replacedChars: 0, findings: [] }],
        isWriting: false,
        whyNotStored: 'off',
        whyTypesUnchecked: 'python',
      },
    ],
    [{ kind: 'saved', round: 1, message: 'ok' }],
  ])('to the page: %j', (message) => {
    expect(toPageSchema.parse(message)).toEqual(message);
  });

  it.each([
    [{ kind: 'ready' }],
    [{ kind: 'insert', round: 2, index: 0 }],
    [{ kind: 'save', round: 2, answer }],
  ])('to the extension: %j', (message) => {
    expect(toExtensionSchema.parse(message)).toEqual(message);
  });

  it.each([
    [{ kind: 'erase' }],
    [{ kind: 'insert', round: 1, index: -1 }],
    [{ kind: 'save', round: 1, answer: { ...answer, ranks: [0] } }],
    ['save'],
  ])('refuses %j', (message) => {
    expect(toExtensionSchema.safeParse(message).success).toBe(false);
  });
});

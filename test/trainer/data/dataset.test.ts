import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildExamples, type Examples, type FeedbackRecords } from '../../../src/trainer/data/dataset.ts';
import type { SourceFile } from '../../../src/trainer/data/codeWindows.ts';
import {
  askedAt,
  completion,
  demonstration,
  keptBy,
  ranking,
  recordsOf,
  refusedFor,
} from '../feedbackRecords.ts';

/** A prompt of its own for each minute, in one of three documents. */
const askedIn = (minute: number, documentUri = `file:///${minute % 3}.ts`) =>
  askedAt(`const value${minute} = █;\n`, minute, documentUri);

const examplesOf = (
  records: FeedbackRecords,
  heldOutShare: number,
  sourceFiles: readonly SourceFile[] = [],
): Examples => buildExamples(records, sourceFiles, { heldOutShare, maxWindows: 8, seed: 1 });

const textsOf = (demonstrations: Examples['demonstrations']) => demonstrations.map(({ text }) => text);

describe('buildExamples', () => {
  it('gives nothing for nothing', () => {
    const found = examplesOf(recordsOf({}), 0.2);
    expect(found).toMatchObject({ demonstrations: [], preferenceGroups: [], prompts: [] });
    expect(found.summary).toMatchObject({
      demonstrations: 0,
      preferencePairs: 0,
      heldOutDemonstrations: 0,
      withheld: 0,
    });
  });

  it('holds out the newest prompts, whatever order the records come in', () => {
    const demonstrations = [3, 9, 1, 7, 5, 2, 10, 8, 4, 6].map((minute) =>
      demonstration(askedIn(minute), `text${minute}`),
    );
    const found = examplesOf(recordsOf({ demonstrations }), 0.2);
    expect(textsOf(found.demonstrations)).toEqual([
      'text1',
      'text2',
      'text3',
      'text4',
      'text5',
      'text6',
      'text7',
      'text8',
    ]);
    expect(textsOf(found.heldOut.demonstrations)).toEqual(['text9', 'text10']);
  });

  it('holds out nothing that was learned from before, nor what is older, however much old work was imported', () => {
    const demonstrations = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((minute) =>
      demonstration(askedIn(minute), `text${minute}`),
    );
    const learnedBefore = new Set(demonstrations.slice(0, 8).map(({ id }) => id));
    const found = buildExamples(recordsOf({ demonstrations }), [], {
      ...{ heldOutShare: 0.5, maxWindows: 8, seed: 1, learnedBefore },
    });
    expect(textsOf(found.heldOut.demonstrations)).toEqual(['text9', 'text10']);
    expect(found.demonstrations).toHaveLength(8);
  });

  it('holds out nothing when no share is asked for', () => {
    const demonstrations = [1, 2].map((minute) => demonstration(askedIn(minute), `text${minute}`));
    expect(examplesOf(recordsOf({ demonstrations }), 0).heldOut.demonstrations).toEqual([]);
  });

  it('keeps everything about one prompt on one side', () => {
    const again = { ...askedIn(1), atMs: 600_000 };
    const found = examplesOf(
      recordsOf({
        completions: [
          completion(askedIn(1), 'wrong', refusedFor('right')),
          completion(askedIn(2), 'fine', keptBy(1)),
        ],
        rankings: [
          ranking(again, [
            ['wrong', 2],
            ['better', 1],
          ]),
        ],
      }),
      0.5,
    );
    expect(found.heldOut.preferenceGroups).toHaveLength(1);
    expect(found.heldOut.preferenceGroups[0]).toMatchObject({
      recordIds: [expect.anything(), expect.anything()],
    });
    expect(textsOf(found.heldOut.demonstrations)).toEqual(['right']);
    expect(textsOf(found.demonstrations)).toEqual(['fine']);
    expect(found.prompts.map(({ prefix }) => prefix)).toEqual(['const value2 = ']);
  });

  it('withholds older examples that show a line of the held-out work in the same document', () => {
    const lateText = 'first();\n  const answer = secret();\n  third();';
    const rows = [
      { minute: 1, text: lateText, documentUri: 'file:///a.ts' },
      { minute: 2, text: lateText, documentUri: 'file:///b.ts' },
      { minute: 3, text: 'other();\n}\n', documentUri: 'file:///a.ts' },
    ];
    const newest = demonstration(askedAt('  const answer = █\n', 4, 'file:///a.ts'), 'secret();\n}');
    const found = examplesOf(
      recordsOf({
        demonstrations: [
          ...rows.map(({ minute, text, documentUri }) => demonstration(askedIn(minute, documentUri), text)),
          newest,
        ],
      }),
      0.25,
    );
    expect(found.heldOut.demonstrations).toHaveLength(1);
    expect(found.demonstrations.map(({ documentUri }) => documentUri)).toEqual([
      'file:///b.ts',
      'file:///a.ts',
    ]);
    expect(found.prompts).toHaveLength(2);
    expect(found.summary.withheld).toBe(1);
  });

  const secretAt = (minute: number, documentUri: string, text = 'secret();') =>
    demonstration(askedAt('const answer = █\n', minute, documentUri), text);
  const shownAt = (minute: number, documentUri: string) =>
    demonstration(askedIn(minute, documentUri), 'first();\nconst answer = secret();');

  it.each([
    {
      when: 'before the newest work',
      demonstrations: [shownAt(1, 'file:///old.ts'), secretAt(4, 'file:///new/a.ts')],
    },
    {
      when: 'after older work at a prompt that came up again',
      demonstrations: [
        secretAt(1, 'file:///old.ts'),
        shownAt(3, 'file:///new/a.ts'),
        secretAt(4, 'file:///b.ts', 'other();'),
      ],
    },
  ])('knows a document that was renamed $when', ({ demonstrations }) => {
    const renamings = [{ fromUri: 'file:///old.ts', toUri: 'file:///new/a.ts', atMs: 2 * 60_000 }];
    expect(examplesOf(recordsOf({ demonstrations }), 0.5).demonstrations).toHaveLength(1);
    expect(examplesOf(recordsOf({ demonstrations, renamings }), 0.5).demonstrations).toEqual([]);
  });

  it.each([
    ['file:///w/(a)/@b.ts', 'file:///w/%28a%29/%40b.ts'],
    ['file:///C:/b.ts', 'file:///c%3A/b.ts'],
  ])('knows a document by both spellings, %s and %s', (nodes, vsCodes) => {
    const line = 'const answer = secret();';
    const older = demonstration(askedIn(1, nodes), `first();\n${line}`);
    const newest = demonstration(askedAt('const answer = █\n', 2, vsCodes), 'secret();');
    const found = examplesOf(recordsOf({ demonstrations: [older, newest] }), 0.5);
    expect(found.heldOut.demonstrations).toHaveLength(1);
    expect(found.demonstrations).toEqual([]);
  });

  it('knows a held-out line where something stood behind the cursor, and was replaced or stayed', () => {
    const line = 'const total = sum(items, tax);';
    const older = demonstration(askedIn(1, 'file:///a.ts'), `first();\n  ${line}`);
    const withheldBy = (newest: Parameters<typeof recordsOf>[0]) => {
      const demonstrations = [older, ...(newest.demonstrations ?? [])];
      return examplesOf(recordsOf({ ...newest, demonstrations }), 0.5).summary.withheld;
    };
    const asked = askedAt('  const total = sum(█);\nnext();\n', 2, 'file:///a.ts');
    expect(withheldBy({ demonstrations: [demonstration(asked, 'items, tax')] })).toBe(1);
    expect(withheldBy({ demonstrations: [demonstration(asked, 'items, fee')] })).toBe(0);
    const kept = { ...keptBy(1), replacedChars: 2 };
    expect(withheldBy({ completions: [completion(asked, 'items, tax);', kept)] })).toBe(1);
  });

  it('does not withhold an example because the policy once guessed the held-out line', () => {
    const guess = completion(
      askedIn(1, 'file:///a.ts'),
      'guess();\nconst answer = secret();',
      refusedFor('mine()'),
    );
    const newest = demonstration(askedAt('const answer = █\n', 2, 'file:///a.ts'), 'secret();');
    const found = examplesOf(recordsOf({ completions: [guess], demonstrations: [newest] }), 0.5);
    expect(found.preferenceGroups).toHaveLength(1);
  });

  it('counts the same text at the same prompt once', () => {
    const demonstrations = [1, 2].map((minute) => demonstration(askedAt('let a = █', minute), 'text'));
    const found = examplesOf(recordsOf({ demonstrations }), 0);
    expect(found.demonstrations).toHaveLength(1);
    expect(found.prompts).toHaveLength(1);
  });

  it('offers every prompt for rollouts, also where nothing is known about the answer', () => {
    const unseen = completion(askedIn(1), 'x', { outcome: { kind: 'unseen', shownMs: 1 } });
    const found = examplesOf(recordsOf({ completions: [unseen] }), 0.2);
    expect(found.prompts).toHaveLength(1);
    expect(found.demonstrations).toEqual([]);
  });

  it('hashes what it found: the same records give the same hash, others another', () => {
    const records = (text: string) => recordsOf({ demonstrations: [demonstration(askedIn(1), text)] });
    const hashOf = (text: string) => examplesOf(records(text), 0.2).summary.sha256;
    expect(hashOf('a')).toBe(hashOf('a'));
    expect(hashOf('a')).not.toBe(hashOf('b'));
  });

  it('never lets the two sides share a prompt, and holds out only what is newer than all it trains on', () => {
    const record = fc.record({
      minute: fc.nat(40),
      prompt: fc.nat(12),
      document: fc.nat(2),
      isKept: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 40 }),
        fc.constantFrom(0.1, 0.3, 0.6),
        (rows, heldOutShare) => {
          const completions = rows
            .sort((a, b) => a.minute - b.minute)
            .map(({ minute, prompt, document, isKept }) => {
              const asked = askedAt(`p${prompt}█`, minute, `file:///${document}.ts`);
              return completion(asked, 'text', isKept ? keptBy(1) : refusedFor(`mine${minute}`));
            });
          const { heldOut, ...training } = examplesOf(recordsOf({ completions }), heldOutShare);
          const keysOf = (set: Pick<Examples, 'demonstrations' | 'preferenceGroups' | 'prompts'>) =>
            [...set.demonstrations, ...set.preferenceGroups, ...set.prompts].map(
              ({ promptKey }) => promptKey,
            );
          const heldOutKeys = new Set(keysOf(heldOut));
          expect(keysOf(training).filter((key) => heldOutKeys.has(key))).toEqual([]);
          const newestOf = (groups: Examples['preferenceGroups']) => groups.map(({ atMs }) => atMs);
          expect(Math.max(-1, ...newestOf(training.preferenceGroups))).toBeLessThan(
            Math.min(Infinity, ...newestOf(heldOut.preferenceGroups)),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the files of the workspace', () => {
  const fileAt = (documentUri: string, languageId = 'typescript'): SourceFile => ({
    ...{ documentUri, path: documentUri.slice('file:///'.length), languageId },
    text: 'const first = 1;\nconst second = first + 1;\n',
  });
  const workIn = (newest: string) =>
    [0, 1, 2, 3, 4].map((minute) =>
      demonstration(askedIn(minute, minute === 4 ? newest : 'file:///older.ts'), `text${minute}`),
    );
  const demonstrations = workIn('file:///newest.ts');
  const documentsOf = (files: readonly SourceFile[], records = recordsOf({ demonstrations })) =>
    examplesOf(records, 0.2, files).windows.map(({ documentUri }) => documentUri);

  it('are learned from', () => {
    const { windows, summary } = examplesOf(recordsOf({ demonstrations }), 0.2, [fileAt('file:///other.ts')]);
    expect(windows).toHaveLength(1);
    expect(summary.windows).toBe(1);
  });

  it('are left out where held-out work stands in them', () => {
    expect(documentsOf([fileAt('file:///newest.ts'), fileAt('file:///older.ts')])).toEqual([
      'file:///older.ts',
    ]);
  });

  it.each([
    ['file:///w/(auth)/@types/a.ts', 'file:///w/%28auth%29/%40types/a.ts'],
    ['file:///C:/w/a.ts', 'file:///c%3A/w/a.ts'],
  ])('are left out by whichever spelling of their URI, %s or %s', (nodes, vsCodes) => {
    const documents = (file: string, work: string) =>
      documentsOf([fileAt(file)], recordsOf({ demonstrations: workIn(work) }));
    expect(documents(nodes, vsCodes)).toEqual([]);
    expect(documents(vsCodes, nodes)).toEqual([]);
  });

  it.each([
    [
      'a file',
      'file:///(a)/newest.ts',
      'file:///%28a%29/newest.ts',
      'file:///%28a%29/named.ts',
      'file:///(a)/named.ts',
    ],
    ['its folder', 'file:///w/a/newest.ts', 'file:///w/a', 'file:///w/b', 'file:///w/b/newest.ts'],
  ])('are left out where held-out work was written before %s was renamed', (_, work, fromUri, toUri, now) => {
    const records = { demonstrations: workIn(work) };
    const renamings = [{ fromUri, toUri, atMs: 5 * 60_000 }];
    expect(documentsOf([fileAt(now)], recordsOf({ ...records, renamings }))).toEqual([]);
    const before = [{ fromUri, toUri, atMs: 3 * 60_000 }];
    expect(documentsOf([fileAt(now)], recordsOf({ ...records, renamings: before }))).toEqual([now]);
  });

  it('are not learned from where they show a line of held-out work, as one moved or copied outside of the editor', () => {
    const line = 'const first = secretAnswer();';
    const newest = demonstration(askedAt('const first = █\n', 5, 'file:///moved.ts'), 'secretAnswer();');
    const records = recordsOf({ demonstrations: [...workIn('file:///older.ts').slice(0, 4), newest] });
    const copy = { ...fileAt('file:///copy.ts'), text: `one();\n  ${line}\n` };
    expect(documentsOf([copy, fileAt('file:///other.ts')], records)).toEqual(['file:///other.ts']);
  });

  it('are left out where nothing of their language was written', () => {
    expect(documentsOf([fileAt('file:///other.py', 'python')])).toEqual([]);
  });

  it('change the hash of what a run learns from', () => {
    const hashOf = (files: readonly SourceFile[]) =>
      examplesOf(recordsOf({ demonstrations }), 0.2, files).summary.sha256;
    expect(hashOf([fileAt('file:///other.ts')])).not.toBe(hashOf([]));
  });
});

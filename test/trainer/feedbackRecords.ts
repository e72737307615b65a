import type { CompletionId, WrittenText } from '../../src/completion/completion.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import type {
  CompletionRecord,
  Correction,
  DemonstrationRecord,
  ImportedRecord,
  RankingRecord,
  StoredRecord,
} from '../../src/feedback/completionRecord.ts';
import { namesOf, type Renaming } from '../../src/feedback/files/documentNames.ts';
import type { FeedbackRecords } from '../../src/trainer/data/dataset.ts';

/** What the fake policy wrote, so that a test can find it again: one token per character. */
export function writtenAs(text: string): WrittenText {
  const completionTokens = Array.from(text, (char) => char.codePointAt(0)!);
  return {
    promptTokens: [1, 2, 3],
    typedText: '',
    completionTokens,
    behaviourLogProbs: completionTokens.map(() => -1),
    freeFrom: 0,
    temperature: 1,
  };
}

/** Where `prefix█suffix` was asked in minute `atMinute`. */
export function askedAt(cursorText: string, atMinute: number, documentUri = 'file:///a.ts') {
  const [prefix = '', suffix = ''] = cursorText.split('█');
  return {
    atMs: atMinute * 60_000,
    documentUri,
    languageId: 'typescript',
    offset: prefix.length,
    prefix,
    suffix,
  };
}

type Asked = ReturnType<typeof askedAt>;

/** A completion that was offered; `changes` say what became of it. */
export function completion(
  asked: Asked,
  text: string,
  changes: Partial<CompletionRecord> = {},
): CompletionRecord {
  return {
    id: `completion ${asked.atMs} ${text}` as CompletionId,
    policyId: 'tiny' as PolicyId,
    ...asked,
    written: writtenAs(text),
    text,
    latencyMs: 100,
    shownMs: 2000,
    survival: [],
    ...changes,
  };
}

/** What becomes of a completion that is taken and stays to that share. */
export function keptBy(survivalShare: number): Partial<CompletionRecord> {
  return { outcome: { kind: 'accepted' }, survival: [{ afterMs: 600_000, survivalShare }] };
}

/** What becomes of a completion that the user answers with other text. */
export function refusedFor(finalText?: string): Partial<CompletionRecord> {
  const evidence = { kind: 'command', why: 'The dismiss command ran.' } as const;
  return { outcome: { kind: 'dismissed' }, evidence, ...(finalText !== undefined && { finalText }) };
}

/** What the user says of a completion in place of what was observed. */
export function corrected(label: Correction['label']): Partial<CompletionRecord> {
  return { correction: { label, atMs: 1 } };
}

export function demonstration(
  asked: Asked,
  text: string,
  source: DemonstrationRecord['source'] = 'typed',
): DemonstrationRecord {
  return { id: `demonstration ${asked.atMs} ${text}`, ...asked, text, source };
}

export function ranking(
  asked: Asked,
  alternatives: readonly (readonly [text: string, rank?: number])[],
  changes: Partial<RankingRecord> = {},
): RankingRecord {
  return {
    id: `ranking ${asked.atMs}`,
    policyId: 'tiny' as PolicyId,
    ...asked,
    alternatives: alternatives.map(([text, rank]) => ({
      text,
      written: writtenAs(text),
      ...(rank !== undefined && { rank }),
    })),
    noneIsGood: false,
    ...changes,
  };
}

/** Records of each kind. */
interface Records {
  readonly completions: readonly CompletionRecord[];
  readonly rankings: readonly RankingRecord[];
  readonly demonstrations: readonly DemonstrationRecord[];
  readonly imported: readonly ImportedRecord[];
}

function foundIn(
  { completions, rankings, demonstrations, imported }: Records,
  id: string,
): StoredRecord | undefined {
  const all: StoredRecord[] = [
    ...completions.map((record) => ({ kind: 'completion' as const, record })),
    ...rankings.map((record) => ({ kind: 'ranking' as const, record })),
    ...demonstrations.map((record) => ({ kind: 'demonstration' as const, record })),
    ...imported.map((record) => ({ kind: 'imported' as const, record })),
  ];
  return all.find(({ record }) => record.id === id);
}

/** A store's reading side that holds just these records. */
export function recordsOf(records: {
  completions?: CompletionRecord[];
  rankings?: RankingRecord[];
  demonstrations?: DemonstrationRecord[];
  imported?: ImportedRecord[];
  renamings?: Renaming[];
}): FeedbackRecords {
  const { completions = [], rankings = [], demonstrations = [], imported = [], renamings = [] } = records;
  return {
    completions: () => completions,
    rankings: () => rankings,
    demonstrations: () => demonstrations,
    imported: () => imported,
    find: (id) => foundIn({ completions, rankings, demonstrations, imported }, id),
    namesOf: (documentUri) => namesOf(documentUri, renamings),
  };
}

import type { CompletionId } from '../../src/completion/completion.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import type {
  CompletionRecord,
  DemonstrationRecord,
  ImportedRecord,
  RankingRecord,
} from '../../src/feedback/completionRecord.ts';

const askedAt = {
  atMs: 1000,
  documentUri: 'file:///a.ts',
  languageId: 'typescript',
  offset: 4,
  prefix: 'a = ',
  suffix: '\n',
};

const written = {
  promptTokens: [1, 2],
  typedText: '',
  completionTokens: [3],
  behaviourLogProbs: [-0.25],
  freeFrom: 0,
  temperature: 0,
};

export const completionId = (id: string): CompletionId => id as CompletionId;

/** A completion that was just offered, with what a test wants otherwise. */
export function sampleCompletion(id: string, changes: Partial<CompletionRecord> = {}): CompletionRecord {
  const policyId = 'base' as PolicyId;
  const asked = { ...askedAt, id: completionId(id), policyId };
  return { ...asked, written, text: 'foo(bar)', latencyMs: 12, survival: [], ...changes };
}

export function sampleRanking(id: string, changes: Partial<RankingRecord> = {}): RankingRecord {
  const alternatives = [
    { text: 'foo', written, rank: 1 },
    { text: 'bar', written },
  ];
  return { ...askedAt, id, policyId: 'base' as PolicyId, alternatives, noneIsGood: false, ...changes };
}

export function sampleDemonstration(
  id: string,
  changes: Partial<DemonstrationRecord> = {},
): DemonstrationRecord {
  return { ...askedAt, id, text: 'foo();', source: 'typed', ...changes };
}

export function sampleImported(id: string, changes: Partial<ImportedRecord> = {}): ImportedRecord {
  const example = { kind: 'prompt-completion', completion: 'foo();', weight: 1 } as const;
  return { ...askedAt, id, importedFrom: 'team.jsonl', importedAtMs: 2000, example, ...changes };
}

import { describe, expect, it } from 'vitest';
import {
  loadingText,
  spokenOf,
  statusOf,
  tooltipOf,
  type StatusFacts,
} from '../../../src/editor/status/statusText.ts';
import type { AdapterId, PolicyId } from '../../../src/engine/policy.ts';
import { quoted, sentence } from '../../../src/sentences/sentence.ts';

const ready = { kind: 'ready', policyId: 'tiny' as PolicyId } as const;
const withAdapter = {
  ...ready,
  policyId: 'tiny+a' as PolicyId,
  adapterId: '2026-11-24-10-20-30-0123abcd' as AdapterId,
};
const loading = { kind: 'loading', phase: 'download', doneBytes: 43e6, totalBytes: 100e6 } as const;

const missing = { model: 'small', bytes: 98.4e6 };

const usual: StatusFacts = {
  engine: ready,
  isEnabled: true,
  isLanguageOn: true,
  session: { shown: 0, accepted: 0, kept: 0 },
  storedRecords: 0,
};

const slow = { ...usual.session, policyId: ready.policyId, medianLatencyMs: 1449, isSlow: true };

describe('statusOf', () => {
  it.each<[string, Partial<StatusFacts>, string]>([
    ['ready with the base model', {}, '$(sparkle) Attune base'],
    ['ready with an adapter', { engine: withAdapter }, '$(sparkle) Attune 2026-11-24 abcd'],
    ['turned off', { isEnabled: false }, '$(circle-slash) Attune off'],
    ['stopped', { engine: { kind: 'stopped' } }, '$(circle-slash) Attune off'],
    ['waiting for a document', { engine: { kind: 'stopped' }, isWaiting: true }, '$(circle-outline) Attune'],
    [
      'waiting for a document, in front of one of a language that is off',
      { engine: { kind: 'stopped' }, isWaiting: true, isLanguageOn: false },
      '$(debug-pause) Attune paused',
    ],
    ['without a model', { engine: { kind: 'stopped' }, missing }, '$(cloud-download) Attune: choose a model'],
    ['loading', { engine: loading }, '$(loading~spin) Attune loading 43 %'],
    [
      'loading without a size',
      { engine: { ...loading, doneBytes: 0, totalBytes: 0 } },
      '$(loading~spin) Attune loading',
    ],
    ['off for this language', { isLanguageOn: false }, '$(debug-pause) Attune paused'],
    ['snoozed', { snoozedUntilMs: 1 }, '$(bell-slash) Attune snoozed'],
    ['snoozed and off', { snoozedUntilMs: 1, isEnabled: false }, '$(circle-slash) Attune off'],
    ['only when asked', { isOnlyWhenAsked: true }, '$(circle-outline) Attune base'],
    ['retraining', { retraining: { stage: 'PPO', share: 0.409 } }, '$(sync~spin) Attune PPO 40 %'],
    [
      'retraining with its time left',
      { retraining: { stage: 'PPO', share: 0.409, minutesLeft: 3 } },
      '$(sync~spin) Attune PPO 40 %, 3 min left',
    ],
    ['writing', { isThinking: true }, '$(loading~spin) Attune base'],
    [
      'retraining while turned off',
      { retraining: { stage: 'SFT', share: 0 }, isEnabled: false },
      '$(sync~spin) Attune SFT 0 %',
    ],
    [
      'failed',
      { engine: { kind: 'failed', sentence: quoted('No.') }, isEnabled: false },
      '$(error) Attune failed',
    ],
  ])('%s', (_, facts, text) => {
    expect(statusOf({ ...usual, ...facts }).text).toBe(text);
  });

  it('says why it failed', () => {
    const engine = { kind: 'failed', sentence: sentence`The file ${'a.gguf'} is gone.` } as const;
    expect(statusOf({ ...usual, engine })).toMatchObject({
      isFailed: true,
      sentence: 'The file a.gguf is gone.',
    });
  });
});

it('says that nothing is downloaded unasked, and how large the model is', () => {
  const { sentence: said } = statusOf({ ...usual, engine: { kind: 'stopped' }, missing });
  expect(said).toMatch(
    /^The model small .* is not downloaded before you say so: choose one, or download this one \(98 MB\)/,
  );
});

describe('tooltipOf', () => {
  it.each<[string, Partial<StatusFacts>, string | undefined]>([
    ['ready', {}, undefined],
    [
      'failed',
      { engine: { kind: 'failed', sentence: quoted('No.') } },
      '[Start Model](command:attune.startEngine) · [Choose Model](command:attune.chooseModel) · [Show Diagnostics](command:attune.showDiagnostics)',
    ],
    ['stopped', { engine: { kind: 'stopped' } }, '[Start Model](command:attune.startEngine)'],
    [
      'a model that is missing',
      { engine: { kind: 'stopped' }, missing },
      '[Choose Model](command:attune.chooseModel) · [Download small (98 MB)](command:attune.startEngine)',
    ],
    ['off', { isEnabled: false }, '[Enable or Disable](command:attune.toggle)'],
    [
      'off, with no model loaded',
      { isEnabled: false, engine: { kind: 'stopped' } },
      '[Enable or Disable](command:attune.toggle)',
    ],
    [
      'off for the language, before the model is loaded',
      { isLanguageOn: false, isWaiting: true, engine: { kind: 'stopped' } },
      '[Enable or Disable for This Language](command:attune.toggleLanguage)',
    ],
    ['slow', { session: slow }, '[Choose Model](command:attune.chooseModel)'],
    [
      'slow until it failed',
      { session: slow, engine: { kind: 'stopped' } },
      '[Start Model](command:attune.startEngine)',
    ],
  ])('offers the remedies of %s', (_, facts, links) => {
    const lines = tooltipOf({ ...usual, ...facts }).split('\n');
    expect(lines.find((line) => line.includes('command:'))).toBe(links);
  });

  it('tells the counts, the latency, the records and the policy', () => {
    const session = { shown: 12, accepted: 5, kept: 4, medianLatencyMs: 233.4 };
    const lines = tooltipOf({ ...usual, session, storedRecords: 99 });
    expect(lines).toContain('Policy: tiny.');
    for (const row of ['| Shown in this session | 12 |', '| Accepted | 5 |', '| Kept at the last look | 4 |'])
      expect(lines).toContain(row);
    expect(lines).toContain('| Time to write one (median) | 233 ms |');
    expect(lines).toContain('| Records stored | 99 |');
  });

  it('says that completions are slow, and what helps', () => {
    const says =
      '$(warning) Completions take long on this machine: 1.4 s to write one, at the median of the last 20. A smaller model is quicker.';
    expect(tooltipOf({ ...usual, session: slow })).toContain(says);
    const others = [{}, { session: { ...slow, isSlow: false } }, { session: slow, engine: loading }];
    for (const facts of [...others, { session: slow, engine: withAdapter }])
      expect(tooltipOf({ ...usual, ...facts })).not.toContain('$(warning)');
  });

  it('says until when it is snoozed, that it waits to be asked, and why nothing is offered here', () => {
    const untilMs = new Date(2026, 10, 28, 14, 5).getTime();
    expect(tooltipOf({ ...usual, snoozedUntilMs: untilMs })).toMatch(/unasked until 0?2:05|14:05/);
    expect(tooltipOf({ ...usual, isOnlyWhenAsked: true })).toContain('only when you ask');
    expect(tooltipOf({ ...usual, whyNotHere: 'It is too large.' })).toContain('$(info) It is too large.');
  });

  it('says that there is no store', () => {
    expect(tooltipOf({ ...usual, storedRecords: 'noStore' })).toContain('none: there is no store');
  });

  it('says nothing of the store before it is open', () => {
    expect(tooltipOf({ ...usual, storedRecords: undefined })).not.toContain('stored');
  });

  it('says what a model lacks that cannot fill in the middle', () => {
    const lacks = 'it sees only what stands before the cursor';
    expect(tooltipOf({ ...usual, engine: { ...ready, seesOnlyBefore: true } })).toContain(lacks);
    expect(tooltipOf(usual)).not.toContain(lacks);
  });

  it('tells what the engine wants to have known', () => {
    expect(
      tooltipOf({ ...usual, engine: { ...ready, notice: quoted('The adapter is damaged.') } }),
    ).toContain('$(warning) The adapter is damaged.');
  });
});

it('keeps what a tooltip quotes as it is', () => {
  const path = String.raw`C:\me\.cache\a_b_[c]*d*|$(x).gguf`;
  const [first] = tooltipOf({ ...usual, engine: { kind: 'failed', sentence: quoted(path) } }).split('\n');
  expect(first).toBe(String.raw`**Attune** — C:\\me\\.cache\\a\_b\_\[c\]\*d\*\|\$(x).gguf`);
});

it('is heard without the marks of icons and tables', () => {
  const said = spokenOf({ ...usual, engine: { ...ready, notice: quoted('It is slow.') }, storedRecords: 99 });
  expect(said).toBe(
    'Attune base. Ready. Policy: tiny. It is slow. Shown in this session: 0. Accepted: 0. Kept at the last look: 0. Time to write one (median): –. Records stored: 99.',
  );
});

it('names the phases of loading, with the size where it is known', () => {
  expect(loadingText(loading)).toBe('Downloading the model: 43 % of 100 MB');
  expect(loadingText({ ...loading, phase: 'load', totalBytes: 0 })).toBe('Loading the model');
});

import * as l10n from '@vscode/l10n';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CompletionId } from '../../src/completion/completion.ts';
import { accepted, judgeEnding, judgeUndone, superseded } from '../../src/feedback/following/ending.ts';
import { decidePromotion, withSilenceAlone } from '../../src/trainer/gate/gateDecision.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { judgeRewardModel } from '../../src/trainer/gate/rewardGate.ts';
import { reasonOfTime } from '../../src/trainer/timeBudget.ts';
import { whyTooFar, whyToUndo } from '../../src/trainer/stages/trainingGuards.ts';
import { marking, unmarked } from '../support/markedLanguage.ts';
import { askedAt, completion, corrected, keptBy, ranking, refusedFor } from '../trainer/feedbackRecords.ts';
import { sampleDiagnostics } from './sampleDiagnostics.ts';
import { sampleKept, wholeRun } from './sampleRun.ts';

type Report = typeof import('../../src/report/reportBody.ts') &
  typeof import('../../src/report/learningReport.ts') &
  typeof import('../../src/report/storedEntry.ts') &
  typeof import('../../src/report/lessons.ts') &
  typeof import('../../src/report/storedSentences.ts') &
  typeof import('../../src/report/diagnostics.ts');

let report: Report;

beforeAll(async () => {
  // Stored sentences are English: they are made before there is a language.
  stored = storedSentences();
  l10n.config({ contents: marking });
  report = {
    ...(await import('../../src/report/reportBody.ts')),
    ...(await import('../../src/report/learningReport.ts')),
    ...(await import('../../src/report/storedEntry.ts')),
    ...(await import('../../src/report/lessons.ts')),
    ...(await import('../../src/report/storedSentences.ts')),
    ...(await import('../../src/report/diagnostics.ts')),
  };
});

let stored: readonly string[];

function storedSentences(): string[] {
  const id = 'other' as CompletionId;
  const facts = { text: 'text', shownMs: 2000, acceptance: undefined };
  const acceptance = { acceptedChars: 3, textBefore: '', atMs: 0, evidence: 'command' } as const;
  const endings = [
    judgeUndone(2000),
    judgeUndone(10),
    ...[accepted('command'), accepted('text'), superseded(id)],
    judgeEnding(facts, { kind: 'written' }),
    judgeEnding({ ...facts, acceptance }, { kind: 'startChanged' }),
    ...([{ kind: 'diverged', atChar: 1 }, { kind: 'startChanged' }, { kind: 'dismissCommand' }] as const).map(
      (cause) => judgeEnding(facts, cause),
    ),
  ];
  const { guard } = defaultHyperparameters;
  const well = { meanRatio: 1, clipShare: 0 };
  const pair = { promptKey: 'a', chosenChars: 1, rejectedChars: 2, chosenLogProb: -1, rejectedLogProb: -2 };
  const nothing = { keptChars: 0, refusedChars: 0 };
  const fewStretches = Array.from({ length: 45 }, (_, atMs) => ({
    ...{ documentUri: `${atMs % 5}`, atMs, before: nothing, after: nothing },
  }));
  const reasons = [
    reasonOfTime(3, 20),
    whyTooFar(1e3, guard),
    whyToUndo({ ...well, meanRatio: 9 }, guard),
    whyToUndo({ ...well, clipShare: 1 }, guard),
    judgeRewardModel([]).reason,
    judgeRewardModel([], 1).reason,
    judgeRewardModel([{ ...pair, margin: 1, headsAgree: true }]).reason,
    decidePromotion([], 1).reason,
    decidePromotion(fewStretches, 1).reason,
  ];
  return [...endings.map(({ evidence }) => evidence.why), ...reasons].map((why) => why!);
}

/** The texts of a page, without code of the user. */
function textsOf(html: string): string[] {
  const labels = Array.from(html.matchAll(/aria-label="([^"]*)"/g), ([, label]) => label!);
  const withoutCode = html.replaceAll(/<pre[^]*?<\/pre>/g, '').replaceAll(/<h4>[^<]*/g, '');
  return [...labels, ...withoutCode.split(/<[^>]*>/)];
}

/** What is the same in every language. */
const sameEverywhere =
  /2026-11-24-10-20-30-0123abcd|\btiny\b|^0+$|gradientNorm|learningRate|clipShare|klCoefficient|[0-9a-f]{16}/g;

/** Words that no text of a language has around them. */
function english(text: string): string[] {
  return (
    unmarked(text)
      .replaceAll(sameEverywhere, '')
      .match(/[A-Za-z]{3,}/g) ?? []
  );
}

describe('in another language', () => {
  it('a learning report has no English in it', () => {
    const silence = { hidden: 7, givenUpChars: 31, sparedChars: 402 };
    const calibration = { over: 'logit', intercept: 0, slope: 1 } as const;
    const stopReason = 'there was time for 3 of 12 steps';
    const stages = wholeRun().stages.map((stage) => ({ ...stage, stopReason }));
    const run = wholeRun({ silence, calibration, stages });
    const html = report.reportBody(report.learningReport(run, { ...sampleKept, forgotten: 2 }), 'de');
    const texts = textsOf(html);
    expect(texts.filter((text) => english(text).length > 0)).toEqual([]);
    expect(html).toContain('⟦there was time for 3 of 12 steps⟧');
    expect(html).toContain('⟦Promoted⟧</span>');
    expect(html).toContain('5,90');
  });

  it('a verdict keeps what it says of its silence', async () => {
    const { verdictSentence } = await import('../../src/report/verdictSentence.ts');
    const { verdict } = wholeRun();
    const alone = verdictSentence(withSilenceAlone(verdict));
    expect(alone).toContain('⟦What is new is its silence alone');
    expect(unmarked(alone).trim()).toBe('');
  });

  it('what is missing from a report has none either', () => {
    const html = report.reportBody(report.learningReport(wholeRun({ stages: [] }), undefined), 'de');
    expect(textsOf(html).filter((text) => english(text).length > 0)).toEqual([]);
  });

  it.each(['kept', 'refused', 'corrected', 'silent', 'ranking'] as const)('nor has a record: %s', (kind) => {
    const asked = askedAt('one\ntwo = █;', 1);
    const records = {
      kept: { kind: 'completion', record: completion(asked, 'a', keptBy(0.75)) },
      refused: { kind: 'completion', record: completion(asked, 'a', refusedFor('b')) },
      corrected: {
        kind: 'completion',
        record: completion(asked, 'a', { ...keptBy(1), ...corrected('none') }),
      },
      silent: { kind: 'completion', record: completion(asked, 'a') },
      ranking: {
        kind: 'ranking',
        record: ranking(asked, [
          ['x', 1],
          ['y', 2],
        ]),
      },
    } as const;
    const { fate, texts, reasons, lessons } = report.detailOf(records[kind]);
    const sentences = [fate, ...texts.map(({ name }) => name), ...reasons.map(({ sentence }) => sentence)];
    const learned = lessons.flatMap((lesson) => [report.lessonSentence(lesson), lesson.why.sentence]);
    expect([...sentences, ...learned].filter((text) => english(text).length > 0)).toEqual([]);
  });

  it('nor have the names in diagnostics', () => {
    const lines = report.diagnosticsText(sampleDiagnostics).split('\n');
    const names = lines.flatMap((line) => /^\| ([^|]+) \|/.exec(line)?.[1] ?? []);
    const others = names.filter((name) => english(name).length > 0);
    expect(others).toEqual(['Attune', 'VS Code', 'Node.js', 'ONNX Runtime']);
  });

  it('nor has what is said of an import', async () => {
    const { importRow } = await import('../../src/trainer/data/importTrl.ts');
    const { importedSentences } = await import('../../src/process/exchange/feedbackExchange.ts');
    const rows = [7, { prompt: [] }, {}, { prompt: 'a', completion: 5 }];
    const lines = rows.map((row) => importRow(row, { fileName: 'x', importedAtMs: 1 }));
    const problems = lines.flatMap((line, i) => (line.kind === 'refused' ? { line: i, why: line.why } : []));
    expect(problems).toHaveLength(rows.length);
    const imported = { added: 1, known: 2, refused: 4, notStored: { gitIgnored: 1 }, problems };
    expect(importedSentences('/x', imported).filter((text) => english(text).length > 0)).toEqual([]);
  });

  it('every sentence that is stored in English is told', () => {
    const untold = stored.filter((sentence) => unmarked(report.retold(sentence)) !== '');
    expect(untold).toEqual([]);
  });

  it('a stored sentence that nobody knows stays as it is', () => {
    expect(report.retold('Because.')).toBe('Because.');
  });
});

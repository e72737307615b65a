import { describe, expect, it } from 'vitest';
import { commandTitles } from '../../../src/editor/commands.ts';
import { menuEntries } from '../../../src/editor/status/menuEntries.ts';
import type { StatusFacts } from '../../../src/editor/status/statusText.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import { quoted } from '../../../src/sentences/sentence.ts';

const usual: StatusFacts = {
  engine: { kind: 'ready', policyId: 'tiny' as PolicyId },
  isEnabled: true,
  isLanguageOn: true,
  session: { shown: 0, accepted: 0, kept: 0 },
  storedRecords: 3,
};

const commandsOf = (facts: Partial<StatusFacts>, languageId: string | undefined = 'go') =>
  menuEntries({ ...usual, ...facts }, languageId).map(({ command }) => command);

describe('menuEntries', () => {
  it('offers only commands that exist', () => {
    expect(commandsOf({}).filter((command) => !(command in commandTitles))).toEqual([]);
  });

  it('offers to start the model only where it is not running', () => {
    expect(commandsOf({})).not.toContain('attune.startEngine');
    expect(commandsOf({ engine: { kind: 'stopped' } })).toContain('attune.startEngine');
    expect(commandsOf({ engine: { kind: 'failed', sentence: quoted('No.') } })).toContain(
      'attune.startEngine',
    );
  });

  it('offers first of all to choose a model where there is none, or to download the one of the settings', () => {
    const missing = { model: 'small', bytes: 98.4e6 };
    const entries = menuEntries({ ...usual, engine: { kind: 'stopped' }, missing }, 'go');
    expect(entries.slice(0, 2)).toEqual([
      { command: 'attune.chooseModel', label: '$(package) Choose Model…' },
      { command: 'attune.startEngine', label: '$(cloud-download) Download small (98 MB)' },
    ]);
    expect(entries.filter(({ command }) => command === 'attune.chooseModel')).toHaveLength(1);
  });

  it('offers nothing about a language where no file is open', () => {
    const commands = menuEntries(usual, undefined).map(({ command }) => command);
    expect(commands).not.toContain('attune.toggleLanguage');
    expect(commands).not.toContain('attune.forgetFile');
  });

  it('offers to be left alone for a while, and to end that', () => {
    expect(commandsOf({})).toContain('attune.snooze');
    expect(commandsOf({ isEnabled: false })).not.toContain('attune.snooze');
    const snoozed = commandsOf({ snoozedUntilMs: 1 });
    expect(snoozed).toContain('attune.endSnooze');
    expect(snoozed).not.toContain('attune.snooze');
  });

  it('offers no second retraining while one runs, but first of all to stop it', () => {
    expect(commandsOf({})).toContain('attune.retrain');
    expect(commandsOf({})).not.toContain('attune.stopRetraining');
    const retraining = commandsOf({ retraining: { stage: 'SFT', share: 0 } });
    expect(retraining).not.toContain('attune.retrain');
    expect(retraining[0]).toBe('attune.stopRetraining');
  });

  it('offers nothing about stored feedback where there is no store', () => {
    const withoutStore = commandsOf({ storedRecords: 'noStore' });
    for (const command of ['attune.retrain', 'attune.exportFeedback', 'attune.forgetEverything'])
      expect(withoutStore).not.toContain(command);
  });

  it('says which way a switch would go', () => {
    const labels = (facts: Partial<StatusFacts>) =>
      menuEntries({ ...usual, ...facts }, 'go').map(({ label }) => label);
    expect(labels({})).toContain('$(circle-slash) Turn Completions Off');
    expect(labels({ isEnabled: false })).toContain('$(sparkle) Turn Completions On');
    expect(labels({ isLanguageOn: false })).toContain('$(code) Turn Completions On for go');
  });
});

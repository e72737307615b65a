import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { logged } from '../../../src/editor/logger.ts';
import type { Actions, Notices } from '../../../src/editor/notices.ts';
import type { StatusFacts } from '../../../src/editor/status/statusText.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import { quoted } from '../../../src/sentences/sentence.ts';
import { cursorText } from '../../support/cursorText.ts';

/** As much of VS Code as the command knows, for documents whose positions are offsets. */
const api = await vi.hoisted(async () => ({
  /** Made for the end of the document alone. */
  Position: class {
    readonly line: number;
    constructor(line: number) {
      this.line = line;
    }
  },
  Range: (await import('../fakeVsCode.ts')).NumberRange,
  commands: { executeCommand: vi.fn(() => Promise.resolve()) },
  window: { activeTextEditor: undefined as object | undefined },
}));
vi.mock('vscode', () => api);
const { CompletionCommands } = await import('../../../src/editor/typing/completionCommands.ts');

/** Puts a document with its cursor (`█`) in front. */
function open(marked: string, scheme = 'file'): void {
  const { prefix, suffix } = cursorText(marked);
  const text = prefix + suffix;
  const document = {
    ...{ uri: { scheme, toString: () => `${scheme}:///a.ts` }, languageId: 'typescript' },
    offsetAt: (position: unknown) => (typeof position === 'number' ? position : text.length),
    positionAt: (offset: number) => Math.min(offset, text.length),
    getText: ({ from, to }: { readonly from: number; readonly to: number }) => text.slice(from, to),
  };
  api.window.activeTextEditor = { document, selection: { active: prefix.length } };
}

const usual: StatusFacts = {
  engine: { kind: 'ready', policyId: policyIdOf('tiny', undefined) },
  isEnabled: true,
  isLanguageOn: true,
  session: { shown: 0, accepted: 0, kept: 0 },
};

/** Runs the command, and gives what it says, with which buttons, and what VS Code is made to do. */
async function trigger(facts: Partial<StatusFacts> = {}) {
  const said: string[] = [];
  const buttons: Actions[] = [];
  const tell: Notices['tell'] = (_, message, actions) => {
    said.push(logged(message));
    buttons.push(actions ?? {});
  };
  const commands = new CompletionCommands({
    ...{ offers: { lastId: undefined }, hear: () => undefined, clock: new VirtualClock(), notices: { tell } },
    statusFacts: () => ({ ...usual, ...facts }),
  });
  await commands.trigger();
  return { said, buttons, run: api.commands.executeCommand.mock.calls.flat() };
}

describe('Trigger Completion', () => {
  beforeEach(() => {
    api.commands.executeCommand.mockClear();
    api.window.activeTextEditor = undefined;
  });

  it.each(['a = █', 'f(█);', 'if (a) █{'])('asks VS Code at %s', async (marked) => {
    open(marked);
    expect(await trigger()).toMatchObject({ said: [], run: ['editor.action.inlineSuggest.trigger'] });
  });

  it.each(['con█st', 'a = █foo(bar);', 'call(█ b);', 'a = b █// note'])(
    'says that nothing is offered at %s, and asks nobody',
    async (marked) => {
      open(marked);
      const said = [expect.stringContaining('Within a word or before other text on its line')];
      expect(await trigger()).toMatchObject({ said, run: [] });
    },
  );

  it('says so in a document that is not completed', async () => {
    open('a = █', 'output');
    expect(await trigger()).toMatchObject({ said: [expect.stringContaining('(output)')], run: [] });
  });

  it('says without an editor what to do', async () => {
    expect(await trigger()).toMatchObject({ said: [expect.stringContaining('Open a file')], run: [] });
  });

  it.each<[string, Partial<StatusFacts>, RegExp, string[]]>([
    [
      'the model failed',
      { engine: { kind: 'failed', sentence: quoted('No network.') } },
      /^No network\.$/,
      ['Start Model', 'Choose Model', 'Show Diagnostics'],
    ],
    [
      'no model is here yet',
      { engine: { kind: 'stopped' }, missing: { model: 'small', bytes: 98e6 } },
      /^The model small is not on this machine/,
      ['Choose Model', 'Download small (98 MB)'],
    ],
    [
      'the model is loaded',
      { engine: { kind: 'loading', phase: 'load', doneBytes: 0, totalBytes: 0 } },
      /^Loading the model\.$/,
      [],
    ],
    ['completions are off', { isEnabled: false }, /^Completions are off\.$/, ['Enable or Disable']],
    [
      'the language is off',
      { isLanguageOn: false },
      /^Completions are off for this language\.$/,
      ['Enable or Disable for This Language'],
    ],
  ])('says why nothing comes where %s, and what helps', async (_, facts, sentence, titles) => {
    open('a = █');
    const { said, buttons, run } = await trigger({ ...facts, retraining: { stage: 'SFT', share: 0 } });
    expect(said).toEqual([expect.stringMatching(sentence)]);
    expect(buttons.flatMap(Object.keys)).toEqual(titles);
    expect(run).toEqual([]);
  });

  it('does what its buttons say', async () => {
    open('a = █');
    const { buttons } = await trigger({ isEnabled: false });
    buttons[0]!['Enable or Disable']!();
    expect(api.commands.executeCommand.mock.calls.flat()).toEqual(['attune.toggle']);
  });

  it.each<[string, Partial<StatusFacts>]>([
    ['while it is retrained', { retraining: { stage: 'SFT', share: 0 } }],
    ['while nothing is offered unasked', { snoozedUntilMs: 1, isOnlyWhenAsked: true }],
    [
      'while the engine comes back',
      {
        engine: {
          ...{ kind: 'loading', phase: 'restart', doneBytes: 0, totalBytes: 0 },
          returning: policyIdOf('tiny', undefined),
        },
      },
    ],
  ])('asks VS Code %s', async (_, facts) => {
    open('a = █');
    expect((await trigger(facts)).run).toEqual(['editor.action.inlineSuggest.trigger']);
  });
});

import { expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { completeAt } from '../../../src/completion/completeAt.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { parseSettings, settingsAt, type Settings } from '../../../src/editor/settings/settings.ts';
import { Thinking } from '../../../src/editor/typing/thinking.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';

vi.mock('vscode', () => ({ Uri: { parse: (uri: string) => uri } }));
const { windowCompleter } = await import('../../../src/editor/typing/windowCompleter.ts');
const listening = {} as Partial<vscode.Disposable> as vscode.Disposable;

it('asks the engine anew where the user has chosen other settings since', async () => {
  const clock = new VirtualClock(1_000_000);
  const policy = new ScriptedPolicy(['foo();']);
  const onChanged: ((settings: Settings) => void)[] = [];
  const settings = settingsAt(parseSettings(() => undefined).settings, undefined);
  const completer = windowCompleter({
    engine: {
      complete: (request, signal) => completeAt(request, policy, signal),
      prepare: () => Promise.resolve(),
    },
    settings: {
      at: () => settings,
      onChanged: (listener) => {
        onChanged.push(listener);
        return listening;
      },
    },
    snooze: { untilMs: undefined },
    openDocuments: { referencesAt: () => [] },
    projectCode: { relatedAt: () => undefined, onShownAnew: () => listening, onForgotten: () => listening },
    ...{ clock, thinking: new Thinking(clock, () => undefined) },
  });
  completer.setPolicy(policy.id);
  const ask = () =>
    completer.completeAt(
      {
        ...{ documentUri: 'file:///a.ts', languageId: 'typescript', trigger: 'invoked' },
        ...{ prefix: 'a = ', suffix: '\n', offset: 4 },
      },
      new AbortController().signal,
    );
  await ask();
  await ask();
  expect(policy.requests).toHaveLength(1);
  for (const tell of onChanged) tell(settings);
  expect(await ask()).toMatchObject({ text: 'foo();' });
  expect(policy.requests).toHaveLength(2);
  completer.dispose();
});

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { completeAt } from '../../../src/completion/completeAt.ts';
import { Completer } from '../../../src/completion/completer.ts';
import {
  completionSchema,
  type Alternative,
  type AlternativesRequest,
  type CompletionId,
  type CompletionRequest,
} from '../../../src/completion/completion.ts';
import { CompletionCache } from '../../../src/completion/typing/completionCache.ts';
import { RefusedTexts } from '../../../src/completion/asking/refusedTexts.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { SessionOffers } from '../../../src/editor/typing/sessionOffers.ts';
import { calibrated } from '../../../src/engine/policy.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import { completionDefaults } from '../../feedback/replay.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { recordingLog } from '../recordingLog.ts';

/** As much of VS Code as writes ghost text, for one document whose positions are offsets. */
const api = await vi.hoisted(async () => {
  const { position, Position, Range, InlineCompletionItem } = await import('../fakeVsCode.ts');
  return {
    ...{ position, Position, Range, InlineCompletionItem },
    Disposable: class {
      readonly dispose: () => void;
      constructor(dispose: () => void) {
        this.dispose = dispose;
      }
    },
    InlineCompletionTriggerKind: { Invoke: 0, Automatic: 1 },
    extensions: { getExtension: () => undefined },
    commands: { executeCommand: vi.fn<(command: string) => Promise<void>>() },
    window: { activeTextEditor: {}, setStatusBarMessage: () => undefined },
  };
});
vi.mock('vscode', () => api);
const { AttuneInlineCompletionProvider } =
  await import('../../../src/editor/typing/inlineCompletionProvider.ts');
const { showGrown } = await import('../../../src/editor/typing/grownCompletion.ts');
const { windowAlternatives } = await import('../../../src/editor/typing/windowAlternatives.ts');

const before = 'f() {\n  ';
const content = `${before}\n}\n`;
const cursor = api.position(before.length);
const document = {
  ...{ uri: { scheme: 'file', toString: () => 'file:///a.ts' }, languageId: 'typescript', version: 1 },
  offsetAt: ({ character = content.length }) => character,
  positionAt: api.position,
  getText: ({ start, end }: vscode.Range) => content.slice(start.character, end.character),
};

/** One that VS Code has to show. */
interface Item {
  readonly id: string;
  readonly text: string;
}

const other = (id: string, text: string): Alternative => ({
  ...completionSchema.parse({ ...completionDefaults, id, text }),
  findings: [],
});

/** An editor whose policy knows its chances, and what is on its screen. */
class Editor {
  readonly requests: CompletionRequest[] = [];
  readonly #events: EditorEvent[] = [];
  readonly #provider: vscode.InlineCompletionItemProvider;
  #items: readonly Item[] = [];
  #shown = 0;
  /** VS Code asks no more where it has asked on a command. */
  #isAskedExplicitly = false;
  readonly othersRequests: AlternativesRequest[] = [];
  readonly step: () => Promise<void>;
  readonly #hear: (event: EditorEvent) => void;

  constructor(text: string, logProb: number) {
    const policy = new ScriptedPolicy([text], { logProb });
    const sureness = calibrated(policy, { intercept: 0, slope: 1 });
    const clock = new VirtualClock(1_000_000);
    const completer = new Completer({
      complete: (request, signal, watch) => {
        this.requests.push(request);
        return completeAt(request, sureness, signal, watch);
      },
      ...{ clock, cache: new CompletionCache(), refused: new RefusedTexts(clock) },
      settings: () => ({
        ...{ isEnabled: true, languages: {}, debounceMs: 0 },
        ...{ maxPromptTokens: 200, maxNewTokens: 60, minChance: 0.25 },
      }),
      newId: () => `c${this.requests.length + 1}` as CompletionId,
    });
    completer.setPolicy(policy.id);
    const offers = new SessionOffers(completer);
    const hear = (this.#hear = (event: EditorEvent) => {
      this.#events.push(event);
      offers.handle(event);
    });
    const around = { completer, offers, hear, clock, noteCompletionWanted: () => undefined };
    const alternatives = windowAlternatives({
      ...around,
      engine: {
        alternatives: (request) => {
          this.othersRequests.push(request);
          return Promise.resolve([other('o1', 'one();'), other('o2', 'two();')]);
        },
      },
      settings: () => ({ maxPromptTokens: 200, maxNewTokens: 60 }),
    });
    this.#provider = new AttuneInlineCompletionProvider({ ...around, alternatives, log: recordingLog().log });
    this.step = alternatives.showNext;
    showGrown(completer, offers, alternatives);
    api.commands.executeCommand.mockImplementation((command) => this.run(command.split('.').at(-1)!));
    const selection = { isEmpty: true, active: cursor };
    api.window.activeTextEditor = { document, selection, selections: [selection] };
  }

  /** What is on the screen. */
  get screen(): Item | undefined {
    return this.#items[this.#shown];
  }

  /** The completion that feedback takes for the one on the screen. */
  get heardId(): string | undefined {
    const offered = this.#events.flatMap((event) =>
      event.kind === 'offered' && event.isBehind !== true ? [event.completion.id] : [],
    );
    return offered.at(-1);
  }

  /** The least chance that each request asked for. */
  get minChances(): (number | undefined)[] {
    return this.requests.map(({ minChance }) => minChance);
  }

  /** Asks unasked, as VS Code does behind a key, and lets everything happen that follows. */
  async type(): Promise<void> {
    this.#isAskedExplicitly = false;
    this.#items = await this.#ask(1);
    await new Promise(setImmediate);
  }

  /** Runs one of VS Code's commands. Asked by one of them, it keeps what is on the screen in front (1.139). */
  async run(command: string): Promise<void> {
    if (command === 'hide') {
      this.#items = [];
      this.#shown = 0;
      this.#isAskedExplicitly = false;
      return;
    }
    await this.#askExplicitly();
    const by = { trigger: 0, showNext: 1, showPrevious: -1 }[command]!;
    if (this.#items.length > 0) this.#shown = (this.#shown + by + this.#items.length) % this.#items.length;
  }

  /** Does what Escape does. */
  async dismiss(): Promise<void> {
    await this.run('hide');
    this.#hear({ kind: 'dismissCommand', atMs: 1_000_000, documentUri: document.uri.toString() });
  }

  async #askExplicitly(): Promise<void> {
    if (this.#isAskedExplicitly) return;
    this.#isAskedExplicitly = true;
    const asked = await this.#ask(0);
    const kept = asked.find(({ text }) => text === this.screen?.text) ?? this.screen;
    this.#items = kept === undefined ? asked : [kept, ...asked.filter(({ text }) => text !== kept.text)];
    this.#shown = 0;
  }

  async #ask(triggerKind: number): Promise<Item[]> {
    const token = { onCancellationRequested: () => ({ dispose: () => undefined }) };
    const request = [document, cursor, { triggerKind }, token] as unknown[];
    const items = (await this.#provider.provideInlineCompletionItems(
      ...(request as Parameters<vscode.InlineCompletionItemProvider['provideInlineCompletionItems']>),
    )) as vscode.InlineCompletionItem[];
    return items.map(({ insertText, command }) => {
      const [id] = command!.arguments as [string];
      return { id, text: insertText as string };
    });
  }
}

const block = 'foo();\n  bar();\n  foo(bar);\n  bar(foo);';

describe('a completion on the screen that is sure in part', () => {
  let editor: Editor;

  describe('of several lines', () => {
    beforeEach(async () => {
      editor = new Editor(block, -0.11);
      await editor.type();
    });

    it('grows as far as it is sure, and stays the completion that feedback is about', () => {
      expect(editor.screen).toEqual({ id: 'c1', text: 'foo();\n  bar();' });
      expect(editor.heardId).toBe('c1');
      expect(editor.minChances).toEqual([0.25]);
    });

    it('is the first of several, once it has grown, when others are wanted', async () => {
      const seen: (string | undefined)[] = [];
      for (let i = 0; i < 3; i++) {
        await editor.step();
        expect(editor.heardId).toBe(editor.screen?.id);
        seen.push(editor.screen?.id);
      }
      expect(seen).toEqual(['o1', 'o2', 'c1']);
      expect(editor.minChances).toEqual([0.25]);
    });
  });

  describe('of one line', () => {
    beforeEach(async () => {
      editor = new Editor('foo(bar(1));', -0.35);
      await editor.type();
    });

    it('is the first of several when others are wanted', async () => {
      expect(editor.screen).toEqual({ id: 'c1', text: 'foo(bar(1' });
      for (const id of ['o1', 'o2', 'c1', 'o1']) {
        await editor.step();
        expect([editor.screen?.id, editor.heardId]).toEqual([id, id]);
      }
      expect(editor.minChances).toEqual([0.25]);
    });

    it('stays in front, and feedback with it, when VS Code asks for it once more', async () => {
      await editor.run('trigger');
      expect([editor.screen?.id, editor.heardId]).toEqual(['c1', 'c1']);
      await editor.step();
      expect([editor.screen?.id, editor.heardId]).toEqual(['o1', 'o1']);
      expect(editor.minChances).toEqual([0.25]);
    });

    it('has all that the model writes among the others', async () => {
      await editor.step();
      expect(editor.othersRequests).toMatchObject([{ trigger: 'invoked', count: 3 }]);
      expect(editor.othersRequests[0]).not.toHaveProperty('first');
    });

    it('is shown with all that the model writes on the command to complete, once it was sent away', async () => {
      await editor.dismiss();
      await editor.run('trigger');
      expect(editor.screen?.text).toBe('foo(bar(1));');
      expect(editor.heardId).toBe(editor.screen?.id);
      expect(editor.minChances).toEqual([0.25, 0]);
    });
  });
});

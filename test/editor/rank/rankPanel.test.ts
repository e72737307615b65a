import { describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { AlternativesRequest, Alternative, CompletionId } from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { ToExtension, ToPage } from '../../../src/editor/rank/rankMessages.ts';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import type { StoredRecord } from '../../../src/feedback/completionRecord.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import { storeError } from '../../../src/feedback/errors.ts';
import type { NotStorableReason } from '../../../src/feedback/storing/storable.ts';
import { recordingLog } from '../recordingLog.ts';

/** As much of VS Code as the panel knows, for documents whose positions are offsets. */
const api = await vi.hoisted(async () => ({
  env: { language: 'en' },
  l10n: {},
  Range: (await import('../fakeVsCode.ts')).NumberRange,
  WorkspaceEdit: class {
    readonly replace = () => undefined;
  },
  Uri: { joinPath: () => '', parse: () => '' },
  commands: { executeCommand: () => Promise.resolve() },
  extensions: { getExtension: () => undefined },
  window: {
    ...{ activeTextEditor: {}, visibleTextEditors: [] as object[] },
    showInputBox: () => Promise.resolve('sort it'),
    showTextDocument: vi.fn(),
  },
  workspace: {
    ...{ notebookDocuments: [], textDocuments: [] as object[] },
    openTextDocument: (): Promise<unknown> => Promise.reject(new Error('It is gone.')),
    applyEdit: () => Promise.resolve(false),
  },
}));
vi.mock('vscode', () => api);
const { RankPanel } = await import('../../../src/editor/rank/rankPanel.ts');

const text = '    total = ';

function documentOf(content: string) {
  const at = (offset: number) =>
    Object.assign(Math.min(offset, content.length), { line: 0, translate: Number });
  return {
    ...{ uri: { scheme: 'untitled', path: 'a', toString: () => 'untitled:a' }, languageId: 'python' },
    ...{ isUntitled: true, offsetAt: Number, positionAt: at },
    getText: (range?: { readonly from: number; readonly to: number }) =>
      content.slice(Number(range?.from), Number(range?.to)),
  };
}
api.window.activeTextEditor = {
  selection: { active: Object.assign(text.length, { line: 0 }) },
  document: documentOf(text),
};

const written: Alternative = {
  ...{ kind: 'completion', id: 'a' as CompletionId, policyId: 'tiny' as PolicyId, text: '1' },
  ...{ replacedChars: 0, latencyMs: 5, findings: [] },
  written: {
    ...{ promptTokens: [1], typedText: '', completionTokens: [2], behaviourLogProbs: [-0.5] },
    ...{ freeFrom: 0, temperature: 0.8 },
  },
};

/** A panel on the screen, in a workspace where nobody said yet whether Attune may learn. */
function openPanel(write: (request: AlternativesRequest) => Promise<Alternative[]>) {
  const asked: (string | undefined)[] = [];
  const shown: ToPage[] = [];
  let say: (message: ToExtension) => void = () => undefined;
  let change = (): void => undefined;
  let changeSettings = (): void => undefined;
  const learning = { isSettled: false, isOn: false, hasStore: true };
  const learned: string[] = [];
  const heard: EditorEvent[] = [];
  const sink = {
    addAnswer: (records: readonly StoredRecord[]): Promise<NotStorableReason | undefined> => {
      learned.push(...records.map(({ kind, record }) => (kind === 'demonstration' ? record.text : kind)));
      return Promise.resolve(undefined);
    },
  };
  const panel = new RankPanel({
    extensionUri: '' as unknown as vscode.Uri,
    engine: {
      alternatives: (request) => {
        asked.push(request.instruction);
        return write(request);
      },
    },
    completer: { knownAt: () => undefined, noteOthersWanted: () => undefined, shownAt: () => ({}) },
    feedback: {
      handle: (event) => heard.push(event),
      sink: () => (learning.isOn && learning.hasStore ? sink : undefined),
      storageRules: () => ({ excludedPatterns: [], workspaceFolders: [] }),
    },
    learnHere: {
      isAllowed: () => learning.isOn,
      get isSettled() {
        return learning.isSettled;
      },
    },
    changed: {
      event: (listener: () => void) => {
        change = listener;
        return { dispose: () => undefined };
      },
    },
    settings: {
      value: settingsAt(parseSettings(() => undefined).settings, undefined),
      onChanged: (listener) => {
        changeSettings = listener;
        return { dispose: () => undefined };
      },
    },
    ...{ clock: new VirtualClock(), log: recordingLog().log },
    ...{ noteCompletionWanted: () => undefined, onChanged: () => undefined },
  });
  panel.resolveWebviewView({
    onDidDispose: () => undefined,
    webview: {
      asWebviewUri: () => '',
      onDidReceiveMessage: (listener: (message: unknown) => void) => (say = listener),
      postMessage: (message: ToPage) => shown.push(message),
    },
  } as unknown as vscode.WebviewView);
  const answer = (isOn: boolean): void => {
    Object.assign(learning, { isSettled: true, isOn });
    change();
  };
  const collect = (isOn: boolean): void => {
    Object.assign(learning, { isSettled: true, isOn });
    changeSettings();
  };
  const loseStore = (): void => {
    learning.hasStore = false;
  };
  return {
    panel,
    asked,
    shown,
    learned,
    heard,
    sink,
    answer,
    collect,
    loseStore,
    say: (message: ToExtension) => say(message),
  };
}

const unsaid =
  'You have not said yet whether Attune may learn in this workspace; until then a ranking here is not kept.';

describe('RankPanel', () => {
  it.each([
    ['here', true, undefined],
    ['not here', false, 'Attune does not learn in this workspace, so a ranking here is not kept.'],
  ])('hears of the answer “%s” while a round is open', async (_, isOn, expected) => {
    const { panel, shown, answer } = openPanel(() => Promise.resolve([written]));
    await panel.rankAtCursor();
    expect(shown.at(-1)).toHaveProperty('whyNotStored', unsaid);
    answer(isOn);
    expect(shown.at(-1)).toMatchObject({ kind: 'alternatives', isWriting: false });
    expect(shown.at(-1)).toHaveProperty('whyNotStored', expected);
  });

  it('hears of the setting that decides it while a round is open', async () => {
    const { panel, shown, collect } = openPanel(() => Promise.resolve([written]));
    await panel.rankAtCursor();
    collect(true);
    expect(shown.at(-1)).toHaveProperty('whyNotStored', undefined);
  });

  it('says that there is no store, where Attune may learn and it could not be opened', async () => {
    const { panel, shown, answer, loseStore, say } = openPanel(() => Promise.resolve([written]));
    loseStore();
    answer(true);
    await panel.rankAtCursor();
    const message =
      'There is no feedback store in this session, so a ranking here is not kept; the log says why.';
    expect(shown.at(-1)).toHaveProperty('whyNotStored', message);
    say({ kind: 'save', round: 1, answer: { ranks: [1, null, null], noneIsGood: true, ownText: '' } });
    await vi.waitFor(() => expect(shown.at(-1)).toEqual({ kind: 'notDone', round: 1, message }));
  });

  it('asks again with the instruction that was asked with last, and for others without it', async () => {
    let writing: () => Promise<Alternative[]> = () => Promise.reject(new Error('No engine.'));
    const { panel, asked, shown, answer, say } = openPanel(() => writing());
    answer(true);
    await panel.askForCode();
    expect(shown.at(-1)).toMatchObject({ kind: 'failed' });
    writing = () => Promise.resolve([written]);
    say({ kind: 'ask' });
    await vi.waitFor(() => expect(shown.at(-1)).toMatchObject({ kind: 'alternatives', isWriting: false }));
    say({ kind: 'save', round: 2, answer: { ranks: [1, null, null], noneIsGood: false, ownText: '' } });
    await vi.waitFor(() => expect(shown.at(-1)).toMatchObject({ kind: 'saved' }));
    say({ kind: 'ask' });
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(asked).toEqual(['sort it', 'sort it', undefined]);
  });

  it('says without an editor where to put the cursor to whoever asks for code, and asks for nothing', async () => {
    const editor = api.window.activeTextEditor;
    api.window.activeTextEditor = undefined as unknown as object;
    const { panel, asked, shown } = openPanel(() => Promise.resolve([written]));
    await panel.askForCode();
    api.window.activeTextEditor = editor;
    expect(asked).toEqual([]);
    expect(shown).toEqual([
      { kind: 'nothing', message: 'Put the cursor where you want code, then ask again.' },
    ]);
  });

  it('learns an own text with the indentation of its place, and one that was copied as it is', async () => {
    const copied = 'c +\n      d';
    const getText = () => `if a:\n    b = ${copied}\n`;
    api.workspace.textDocuments = [{ uri: { scheme: 'file' }, getText }];
    const { panel, learned, answer, say } = openPanel(() => Promise.resolve([written]));
    answer(true);
    for (const [round, ownText] of [[1, '(\n    1\n)'] as const, [2, copied] as const]) {
      await panel.rankAtCursor();
      say({ kind: 'save', round, answer: { ranks: [null, null, null], noneIsGood: false, ownText } });
      await vi.waitFor(() => expect(learned).toHaveLength(2 * round));
    }
    expect(learned).toEqual(['ranking', '(\n        1\n    )', 'ranking', copied]);
  });

  it('keeps the form and says why where an answer is not stored, and takes another', async () => {
    const { panel, shown, sink, answer, say } = openPanel(() => Promise.resolve([written]));
    answer(true);
    await panel.rankAtCursor();
    const [form] = shown.slice(-1);
    const save = () => {
      say({ kind: 'save', round: 1, answer: { ranks: [1], noneIsGood: false, ownText: 'x' } });
      return vi.waitFor(() => expect(shown.at(-1)).toHaveProperty('message'));
    };
    const add = vi.spyOn(sink, 'addAnswer').mockResolvedValueOnce('secretInText');
    await save();
    const message = 'Not stored: a text with something like a key.';
    expect(shown.at(-1)).toEqual({ kind: 'notDone', round: 1, message });
    say({ kind: 'ready' });
    expect(shown.at(-1)).toEqual(form);
    add.mockRejectedValueOnce(storeError('diskFull', 'feedback.sqlite'));
    await save();
    expect(shown.at(-1)).toMatchObject({
      kind: 'notDone',
      message: expect.stringContaining('disk is full') as string,
    });
    say({ kind: 'ready' });
    await save();
    expect(shown.at(-1)).toMatchObject({ kind: 'saved' });
  });

  it.each<[name: string, open: () => Promise<unknown>, why: string, apply?: () => Promise<boolean>]>([
    [
      'is another by now',
      () => Promise.resolve(documentOf('    sum = ')),
      'The text around the cursor is another by now: ask again.',
    ],
    [
      'goes on with what was inserted before',
      () => Promise.resolve(documentOf(`${text}1`)),
      'The text around the cursor is another by now: ask again.',
    ],
    [
      'cannot be changed',
      () => Promise.resolve(documentOf(text)),
      'VS Code does not let this document be changed.',
    ],
    [
      'is changed by a VS Code that fails',
      () => Promise.resolve(documentOf(text)),
      'Canceled',
      () => Promise.reject(new Error('Canceled')),
    ],
    ['is gone', () => Promise.reject(new Error('It is gone.')), 'It is gone.'],
  ])(
    'keeps the form and says why where an alternative cannot be inserted: the text %s',
    async (_, open, why, apply = () => Promise.resolve(false)) => {
      const { panel, shown, heard, say } = openPanel(() => Promise.resolve([written]));
      await panel.rankAtCursor();
      const [form] = shown.slice(-1);
      Object.assign(api.workspace, { openTextDocument: open, applyEdit: apply });
      const index = form?.kind === 'alternatives' ? form.alternatives.findIndex((one) => one !== null) : -1;
      say({ kind: 'insert', round: 1, index });
      await vi.waitFor(() => expect(shown.at(-1)).toEqual({ kind: 'notDone', round: 1, message: why }));
      say({ kind: 'ready' });
      expect(shown.at(-1)).toEqual(form);
      // What was about to be inserted is off the screen again.
      const refused = /^VS Code|^Canceled/.test(why) ? ['offered', 'acceptCommand', 'hidden'] : [];
      expect(heard.map(({ kind }) => kind)).toEqual(refused);
    },
  );

  it('accepts what it inserts, with what was asked for in words', async () => {
    const { panel, shown, heard, say } = openPanel(() => Promise.resolve([written]));
    await panel.askForCode();
    api.workspace.openTextDocument = () => Promise.resolve(documentOf(text));
    let heardBefore: readonly string[] = [];
    api.workspace.applyEdit = () => {
      heardBefore = heard.map(({ kind }) => kind);
      return Promise.resolve(true);
    };
    const [form] = shown.slice(-1);
    const index = form?.kind === 'alternatives' ? form.alternatives.findIndex((one) => one !== null) : -1;
    say({ kind: 'insert', round: 1, index });
    await vi.waitFor(() => expect(heardBefore).toEqual(['offered', 'acceptCommand']));
    expect(heard).toMatchObject([
      { offset: text.length, prefix: text, instruction: 'sort it', completion: { id: 'a', text: '1' } },
      { completionId: 'a', part: 'all' },
    ]);
  });

  it('goes to where the document of what it inserts is on the screen, though another is in front', async () => {
    const { panel, shown, say } = openPanel(() => Promise.resolve([written]));
    await panel.rankAtCursor();
    const document = documentOf(text);
    api.workspace.openTextDocument = () => Promise.resolve(document);
    api.workspace.applyEdit = () => Promise.resolve(true);
    api.window.visibleTextEditors = [
      { document: documentOf(text), viewColumn: 1 },
      { document, viewColumn: 2 },
    ];
    const [form] = shown.slice(-1);
    const index = form?.kind === 'alternatives' ? form.alternatives.findIndex((one) => one !== null) : -1;
    say({ kind: 'insert', round: 1, index });
    await vi.waitFor(() => expect(api.window.showTextDocument).toHaveBeenCalledWith(document, 2));
  });

  it('stores an answer once, however often the button was clicked', async () => {
    const { panel, shown, learned, answer, say } = openPanel(() => Promise.resolve([written]));
    answer(true);
    await panel.rankAtCursor();
    for (const ranks of [[1], [1]])
      say({ kind: 'save', round: 1, answer: { ranks, noneIsGood: false, ownText: '' } });
    await vi.waitFor(() => expect(shown.at(-1)).toMatchObject({ kind: 'saved' }));
    expect(learned).toEqual(['ranking']);
  });
});

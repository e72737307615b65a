import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';

type Listener = (event: unknown) => void;

/** As much of VS Code as the listeners know: what happens is told to them by its name there. */
const api = vi.hoisted(() => {
  const listeners = new Map<string, Listener>();
  const events = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, (listener: Listener) => listeners.set(name, listener)]));
  const window: Record<string, unknown> = events([
    'onDidChangeTextEditorSelection',
    'onDidChangeActiveTextEditor',
    'onDidChangeWindowState',
  ]);
  return {
    ...{ listeners, window },
    Disposable: { from: () => undefined },
    TextDocumentChangeReason: { Undo: 1, Redo: 2 },
    workspace: {
      textDocuments: [] as unknown[],
      ...events([
        'onDidChangeTextDocument',
        'onDidSaveTextDocument',
        'onWillRenameFiles',
        'onDidRenameFiles',
        'onDidCloseTextDocument',
      ]),
    },
  };
});
vi.mock('vscode', () => api);
const { listenToEditors } = await import('../../../src/editor/typing/editorListeners.ts');
const tell = (name: string, event: unknown) => api.listeners.get(name)?.(event);

const heard: EditorEvent[] = [];

function editorOf(uri: string, offset = 7) {
  const document = { uri: { scheme: uri.split(':')[0], toString: () => uri }, offsetAt: (at: number) => at };
  return { document, selection: { active: offset } } as unknown as vscode.TextEditor;
}

/** Turns to an editor, as VS Code tells of it. */
function turnTo(editor: vscode.TextEditor | undefined): void {
  api.window['activeTextEditor'] = editor;
  tell('onDidChangeActiveTextEditor', editor);
}

beforeEach(() => {
  heard.length = 0;
  api.window['activeTextEditor'] = undefined;
  listenToEditors([{ handle: (event) => void heard.push(event) }], new VirtualClock());
});

const code = editorOf('file:///a.ts');
const moved = { kind: 'cursorMoved', atMs: 0, documentUri: 'file:///a.ts', offset: 7 };
const hidden = { kind: 'hidden', atMs: 0, documentUri: 'file:///a.ts' };

describe('the cursor', () => {
  it('is where the user turned to, and where they move it', () => {
    turnTo(code);
    tell('onDidChangeTextEditorSelection', { textEditor: code });
    expect(heard).toEqual([moved, moved]);
  });

  it('is not that of another editor, of the same document or another', () => {
    turnTo(code);
    tell('onDidChangeTextEditorSelection', { textEditor: editorOf('file:///a.ts', 99) });
    tell('onDidChangeTextEditorSelection', { textEditor: editorOf('file:///b.ts', 99) });
    expect(heard).toEqual([moved]);
  });
});

describe('nobody reads what is on the screen', () => {
  beforeEach(() => turnTo(code));

  it('when the window loses the focus', () => {
    tell('onDidChangeWindowState', { focused: false });
    expect(heard).toEqual([moved, hidden]);
  });

  it.each([
    ['to no editor', undefined],
    ['to an editor that is not for code', editorOf('output:Attune')],
  ])('when the user turns %s', (_, editor) => {
    turnTo(editor);
    expect(heard).toEqual([moved, hidden]);
  });

  it('and that is told once, also where the cursor goes on by itself, as in the Output panel', () => {
    const output = editorOf('output:Attune');
    turnTo(output);
    for (let i = 0; i < 3; i++) tell('onDidChangeTextEditorSelection', { textEditor: output });
    expect(heard).toEqual([moved, hidden]);
    turnTo(code);
    turnTo(output);
    expect(heard).toEqual([moved, hidden, moved, hidden]);
  });

  it('each time the window loses the focus', () => {
    for (const focused of [false, true, false]) tell('onDidChangeWindowState', { focused });
    expect(heard).toEqual([moved, hidden, hidden]);
  });

  it('but while the window gets the focus', () => {
    tell('onDidChangeWindowState', { focused: true });
    expect(heard).toEqual([moved]);
  });
});

describe('a file with another name', () => {
  const [old, moved] = [editorOf('file:///f/a.ts'), editorOf('file:///g/a.ts')];
  const uris = ['file:///f', 'file:///g'].map((uri) => ({ toString: () => uri }));
  const renaming = { files: [{ oldUri: uris[0], newUri: uris[1] }] };
  const renamed = { kind: 'renamed', atMs: 0, documentUri: 'file:///f', newUri: 'file:///g' };
  const closed = { kind: 'closed', atMs: 0, documentUri: 'file:///f/a.ts' };
  const saved = { kind: 'saved', atMs: 0, documentUri: 'file:///f/a.ts' };

  it('has it before its document is closed with it, and is not told of again', () => {
    tell('onWillRenameFiles', renaming);
    expect(heard).toEqual([]);
    for (let i = 0; i < 2; i++) tell('onDidCloseTextDocument', old.document);
    tell('onDidRenameFiles', renaming);
    expect(heard).toEqual([renamed, closed, closed]);
  });

  it('has it where none of its documents is open', () => {
    tell('onWillRenameFiles', renaming);
    tell('onDidRenameFiles', renaming);
    expect(heard).toEqual([renamed]);
  });

  it('has the cursor that came there before', () => {
    tell('onWillRenameFiles', renaming);
    turnTo(moved);
    heard.length = 0;
    tell('onDidRenameFiles', renaming);
    const cursor = { kind: 'cursorMoved', atMs: 0, documentUri: 'file:///g/a.ts', offset: 7 };
    expect(heard).toEqual([renamed, cursor]);
  });

  it('keeps the old one where VS Code could not rename it, until that is done', () => {
    tell('onWillRenameFiles', renaming);
    tell('onDidSaveTextDocument', old.document);
    tell('onDidCloseTextDocument', old.document);
    expect(heard).toEqual([saved, closed]);
    for (let i = 0; i < 2; i++) tell('onWillRenameFiles', renaming);
    tell('onDidRenameFiles', renaming);
    expect(heard).toEqual([saved, closed, renamed]);
  });

  it('has it once more after it got the old one back', () => {
    for (let i = 0; i < 2; i++) {
      tell('onWillRenameFiles', renaming);
      tell('onDidCloseTextDocument', old.document);
      tell('onDidRenameFiles', renaming);
    }
    expect(heard).toEqual([renamed, closed, renamed, closed]);
  });
});

describe('a file that is saved', () => {
  const [untitled, file] = ['untitled:Untitled-1', 'file:///saved.py'];
  const saved = { kind: 'saved', atMs: 0, documentUri: file };
  const withText = (uri: string, text: string) => ({
    ...editorOf(uri).document,
    ...{ lineCount: text.split('\n').length, getText: () => text },
  });
  const save = (text: string, open: readonly unknown[]): void => {
    api.workspace.textDocuments = [...open];
    tell('onDidSaveTextDocument', withText(file, text));
  };

  it('is the new document from then on that it was saved from', () => {
    save('x = 1', [withText('file:///copy.py', 'x = 1'), withText(untitled, 'x = 1')]);
    expect(heard).toEqual([{ kind: 'renamed', atMs: 0, documentUri: untitled, newUri: file }, saved]);
  });

  it.each([
    ['has another text', 'x = 2'],
    ['has as many lines of other text', 'x = 1\ny'],
    ['is empty, as it is', ''],
  ])('is none that %s', (_, text) => {
    save(text === '' ? '' : 'x = 1\n', [withText(untitled, text)]);
    expect(heard).toEqual([saved]);
  });
});

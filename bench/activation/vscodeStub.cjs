/*
 * As much of `vscode` as an activation sees of it: a window without documents, no setting written, nothing kept.
 * Whatever else is asked for can be read, called and made, and does nothing.
 */
const disposable = { dispose: () => undefined };
const event = () => disposable;

const anything = () =>
  new Proxy(function () {}, {
    get: (target, key) => {
      if (key === 'then') return undefined;
      if (key === Symbol.toPrimitive) return () => 'anything';
      return key === 'prototype' || typeof key === 'symbol' ? target[key] : anything();
    },
    set: () => true,
    apply: () => Promise.resolve(),
    construct: () => ({ dispose: () => undefined }),
  });

const anythingBut = (members) =>
  Object.create(
    new Proxy({}, { get: (_, key) => (Object.hasOwn(members, key) ? members[key] : anything()) }),
  );

class EventEmitter {
  event = event;
  fire() {}
  dispose() {}
}

class Disposable {
  static from = () => disposable;
  dispose() {}
}

const settings = { get: (_, fallback) => fallback, inspect: () => undefined };
const log = { info() {}, warn() {}, error() {}, show() {}, dispose() {} };
const item = { show() {}, dispose() {} };

exports.vscode = anythingBut({
  __esModule: undefined,
  l10n: { bundle: undefined, t: (text) => text },
  env: { language: 'en' },
  EventEmitter,
  Disposable,
  commands: { registerCommand: event, executeCommand: () => Promise.resolve() },
  languages: { registerInlineCompletionItemProvider: event },
  workspace: anythingBut({
    textDocuments: [],
    notebookDocuments: [],
    workspaceFolders: undefined,
    getConfiguration: () => settings,
    ...Object.fromEntries(
      [
        ...['ChangeConfiguration', 'ChangeWorkspaceFolders', 'ChangeTextDocument', 'OpenTextDocument'],
        ...['CloseTextDocument', 'SaveTextDocument', 'RenameFiles'],
      ].map((name) => [`onDid${name}`, event]),
    ),
    onWillRenameFiles: event,
  }),
  window: anythingBut({
    activeTextEditor: undefined,
    visibleTextEditors: [],
    createOutputChannel: () => log,
    createStatusBarItem: () => item,
    registerWebviewViewProvider: event,
    onDidChangeActiveTextEditor: event,
    onDidChangeVisibleTextEditors: event,
    onDidChangeTextEditorSelection: event,
  }),
});

/** What an activation is given, with its folders below one. */
exports.contextIn = (folder) => {
  const values = { get: (_, fallback) => fallback, update: () => Promise.resolve() };
  return {
    subscriptions: [],
    extensionPath: folder,
    extensionUri: { fsPath: folder },
    extension: { packageJSON: { version: '0.0.0' } },
    globalState: values,
    workspaceState: values,
    secrets: anything(),
    globalStorageUri: { fsPath: folder },
  };
};

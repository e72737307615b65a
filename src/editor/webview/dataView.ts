/*
 * The page 'What Is Stored': a list to search, and one record beside it. It shows what the extension tells
 * it and sends back what the user does; it keeps only what is looked for and what is selected.
 */
import './l10n/readTexts.ts';
import * as l10n from '@vscode/l10n';
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { toDataPageSchema, type FromDataPage } from '../stored/dataMessages.ts';
import './data/dataView.css';
import { DoneBar } from './data/doneBar.ts';
import { RecordDetail } from './data/recordDetail.ts';
import { RecordSearch } from './data/recordSearch.ts';
import { RecordTable } from './data/recordTable.ts';
import { neverStored } from './data/neverStored.ts';
import { element } from './rank/element.ts';

const vscode = acquireVsCodeApi();

function send(message: FromDataPage): void {
  vscode.postMessage(message);
}

const search = new RecordSearch({
  onLook: (looked) => send({ kind: 'look', ...looked }),
  onDo: (kind) => send({ kind }),
});
const detail = new RecordDetail(send);
const table = new RecordTable({
  onSelect: (id) => send({ kind: 'select', id }),
  onForget: (id) => send({ kind: 'forget', id, what: 'record' }),
});
const done = new DoneBar((kind) => send({ kind }));
const notStored = element('p', { className: 'notStored' });

document
  .querySelector('main')
  ?.append(
    element('h1', { className: 'unseen' }, l10n.t('Attune: What Is Stored')),
    search.node,
    done.node,
    element('div', { className: 'split' }, table.node, detail.node),
    neverStored(notStored),
  );

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const { data: message } = toDataPageSchema.safeParse(data);
  if (message === undefined) return;
  switch (message.kind) {
    case 'rows':
      search.show(message);
      table.show(message, detail.node.contains(document.activeElement));
      notStored.textContent = message.notStored;
      return;
    case 'detail':
      if (message.detail.id === table.selectedId) detail.show(message.detail);
      return;
    case 'gone':
      if (message.id === table.selectedId) detail.clear();
      return;
    case 'done':
      detail.clear();
      done.show(message);
      return;
    case 'final':
      done.makeFinal();
      return;
  }
});
search.look(0);

/*
 * The page of the side panel 'Rank Alternatives'. It shows what the extension tells it and sends back
 * what the user does; it keeps nothing but what they wrote and did not save yet.
 */
import './l10n/readTexts.ts';
import * as l10n from '@vscode/l10n';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import { toPageSchema, type ShownPlace, type ToExtension, type ToPage } from '../rank/rankMessages.ts';
import { busyNote } from './rank/busyNote.ts';
import { codeBlock } from './rank/codeBlock.ts';
import { element } from './rank/element.ts';
import { RankForm } from './rank/rankForm.ts';
import './rank/rankAlternatives.css';

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;
/** What is being ranked; absent while nothing is. */
let open: { readonly round: number; readonly place: ShownPlace; readonly form: RankForm } | undefined;
/** The own text that was not saved when the user asked anew, and where it belongs: it goes on there. */
let unsaved: { readonly place: ShownPlace; readonly ownText: string } | undefined;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const { data: message } = toPageSchema.safeParse(data);
  if (message !== undefined) show(message);
});
window.addEventListener('focus', () => open?.form.takeFocus());
send({ kind: 'ready' });

function send(message: ToExtension): void {
  vscode.postMessage(message);
}

/** More alternatives of the round that is open come into its form, which may be in use by then. */
function show(message: ToPage): void {
  if (message.kind === 'notDone') {
    if (open?.round === message.round) open.form.refuse(message.message);
    return;
  }
  if (message.kind === 'alternatives' && open?.round === message.round) open.form.fill(message);
  else main.replaceChildren(...contentOf(message));
  open?.form.takeFocus();
}

function contentOf(message: Exclude<ToPage, { kind: 'notDone' }>): HTMLElement[] {
  if (message.kind === 'saved') unsaved = undefined;
  else if (open !== undefined) unsaved = { place: open.place, ownText: open.form.ownText };
  open = undefined;
  switch (message.kind) {
    case 'idle':
      return [
        note(
          l10n.t(
            'Ask for several completions at the cursor and put them in your order. What you prefer is what Attune learns.',
          ),
        ),
        askButton(l10n.t('Ask at the Cursor')),
      ];
    case 'asking':
      return [placeHeader(message.place), busyNote(l10n.t('Writing alternatives…'))];
    case 'alternatives':
      return [placeHeader(message.place), formOf(message)];
    case 'nothing':
      return [note(message.message), askButton(l10n.t('Ask Again'))];
    case 'failed':
      return [
        element('p', { className: 'error', role: 'alert' }, message.message),
        askButton(l10n.t('Ask Again')),
      ];
    case 'saved':
      return [note(`✓ ${message.message}`), askButton(l10n.t('Rank Others'))];
  }
}

function formOf(message: Extract<ToPage, { kind: 'alternatives' }>): HTMLElement {
  const { round, place } = message;
  const form = new RankForm(message, {
    ownText: unsaved !== undefined && isSamePlace(unsaved.place, place) ? unsaved.ownText : '',
    onInsert: (index) => send({ kind: 'insert', round, index }),
    onSave: (answer) => send({ kind: 'save', round, answer }),
  });
  open = { round, place, form };
  return form.node;
}

function isSamePlace(one: ShownPlace, other: ShownPlace): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function placeHeader({
  title,
  languageId,
  lineAbove,
  lineBefore,
  instruction,
}: Extract<ToPage, { kind: 'asking' }>['place']): HTMLElement {
  const lines = [lineAbove, lineBefore].filter((line, i) => i === 1 || line !== '').join('\n');
  const code = codeBlock(lines, languageId);
  code.append(element('span', { className: 'cursor', ariaHidden: 'true' }));
  const asked = instruction === undefined ? [] : [element('p', { className: 'instruction' }, instruction)];
  return element('header', {}, element('h1', {}, title), ...asked, code);
}

function note(text: string): HTMLElement {
  return element('p', { role: 'status' }, text);
}

function askButton(label: string): HTMLElement {
  const button = element('vscode-button', { textContent: label });
  button.addEventListener('click', () => send({ kind: 'ask' }));
  return button;
}

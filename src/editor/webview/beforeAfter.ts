/*
 * The page 'Before and After Feedback': the same words for the base model and for the adapter that
 * serves. The examples are those by which Surge AI explained RLHF in 2023.
 */
import './l10n/readTexts.ts';
import * as l10n from '@vscode/l10n';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import {
  toBeforeAfterSchema,
  type FromBeforeAfter,
  type ToBeforeAfter,
} from '../learning/beforeAfterMessages.ts';
import { element } from './rank/element.ts';
import './beforeAfter/beforeAfter.css';

/* eslint-disable no-restricted-syntax -- The words stay English: so they were asked, and it is what small models know. */
const email = 'Write an email to my mother wishing her Merry Christmas, and ask how dad is doing.';
const examples: Readonly<Record<string, string>> = {
  [l10n.t('An e-mail')]: email,
  [l10n.t('A sum')]: 'What is 2 + 2?',
  [l10n.t('A function')]: 'Help me write a Python function that outputs whether a number is even.',
};
/* eslint-enable no-restricted-syntax */

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;
const words = element('vscode-textarea', { rows: 3, resize: 'vertical', value: email });
const ask = element('vscode-button', { textContent: l10n.t('Ask Both') });
const sides = { before: sideOf(l10n.t('Before feedback')), after: sideOf(l10n.t('After feedback')) };
let run = 0;
/** Undefined as long as no model serves. */
let hasAfter: boolean | undefined;

words.label = l10n.t('Words for both policies');
ask.addEventListener('click', askBoth);
main.append(
  element('h1', {}, l10n.t('Before and after feedback')),
  element(
    'p',
    {},
    l10n.t(
      'The same words for the base model and for the adapter that serves. Attune learns code from your feedback; here you see what else that changed, and what not.',
    ),
  ),
  element('p', { className: 'examples' }, ...Object.entries(examples).map(exampleButton)),
  words,
  element('p', {}, ask),
  element('div', { className: 'sides' }, sides.before.node, sides.after.node),
);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const { data: message } = toBeforeAfterSchema.safeParse(data);
  if (message !== undefined) hear(message);
});
send({ kind: 'ready' });

function send(message: FromBeforeAfter): void {
  vscode.postMessage(message);
}

function exampleButton([label, text]: [string, string]): HTMLElement {
  const button = element('vscode-button', { textContent: label, secondary: true });
  button.addEventListener('click', () => {
    words.value = text;
    askBoth();
  });
  return button;
}

function askBoth(): void {
  run += 1;
  sides.before.answer.textContent = l10n.t('Writing…');
  sides.after.answer.textContent = hasAfter === false ? noAfter : l10n.t('Writing…');
  send({ kind: 'ask', run, words: words.value });
}

const noAfter = l10n.t(
  'No adapter serves yet. Retrain, and if the gate promotes what was learned, it answers here.',
);

function hear(message: ToBeforeAfter): void {
  if (message.kind === 'policies') showPolicies(message);
  else if (message.run !== run) return;
  else if (message.kind === 'answer') sides[message.side].answer.textContent = message.text;
  else for (const { answer } of Object.values(sides)) answer.textContent = message.message;
}

function showPolicies({ before, after }: Extract<ToBeforeAfter, { kind: 'policies' }>): void {
  hasAfter = after !== undefined;
  const isOther = [nameSide(sides.before, before), nameSide(sides.after, after ?? l10n.t('none'))].includes(
    true,
  );
  if (isOther && run > 0) dropAnswers();
  if (!hasAfter) sides.after.answer.textContent = noAfter;
}

/** Gives whether another policy stood there. */
function nameSide({ policy }: Side, name: string): boolean {
  const isOther = policy.textContent !== '' && policy.textContent !== name;
  policy.textContent = name;
  return isOther;
}

/** What was answered, or is being written, is not of the policies that are named now. */
function dropAnswers(): void {
  run += 1;
  for (const { answer } of Object.values(sides))
    answer.textContent = l10n.t('Another policy serves by now: ask again.');
}

type Side = Readonly<Record<'node' | 'policy' | 'answer', HTMLElement>>;

function sideOf(title: string): Side {
  const policy = element('p', { className: 'policy' }, '');
  const answer = element('pre', { role: 'status' }, '');
  return { node: element('section', {}, element('h2', {}, title), policy, answer), policy, answer };
}

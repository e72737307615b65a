/*
 * The page 'Before and After Feedback': the same words for the base model and for the adapter that
 * serves. The examples are those by which Surge AI explained RLHF in 2023.
 */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import { toBeforeAfterSchema, type FromBeforeAfter, type ToBeforeAfter } from '../beforeAfterMessages.ts';
import { element } from './rank/element.ts';
import './beforeAfter/beforeAfter.css';

const examples: Readonly<Record<string, string>> = {
  'An e-mail': 'Write an email to my mother wishing her Merry Christmas, and ask how dad is doing.',
  'A sum': 'What is 2 + 2?',
  'A function': 'Help me write a Python function that outputs whether a number is even.',
};

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;
const words = element('vscode-textarea', { rows: 3, resize: 'vertical', value: examples['An e-mail']! });
const ask = element('vscode-button', { textContent: 'Ask Both' });
const sides = { before: sideOf('Before feedback'), after: sideOf('After feedback') };
let run = 0;
let hasAfter = false;

words.setAttribute('aria-label', 'Words for both policies');
ask.addEventListener('click', askBoth);
main.append(
  element('h1', {}, 'Before and after feedback'),
  element(
    'p',
    {},
    'The same words for the base model and for the adapter that serves. Attune learns code from your feedback; here you see what else that changed, and what not.',
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
  sides.before.answer.textContent = 'Writing…';
  sides.after.answer.textContent = hasAfter ? 'Writing…' : noAfter;
  send({ kind: 'ask', run, words: words.value });
}

const noAfter = 'No adapter serves yet. Retrain, and if the gate promotes what was learned, it answers here.';

function hear(message: ToBeforeAfter): void {
  if (message.kind === 'policies') showPolicies(message);
  else if (message.run !== run) return;
  else if (message.kind === 'answer') sides[message.side].answer.textContent = message.text;
  else for (const { answer } of Object.values(sides)) answer.textContent = message.message;
}

function showPolicies({ before, after }: Extract<ToBeforeAfter, { kind: 'policies' }>): void {
  hasAfter = after !== undefined;
  sides.before.policy.textContent = before;
  sides.after.policy.textContent = after ?? 'none';
  if (!hasAfter) sides.after.answer.textContent = noAfter;
}

function sideOf(title: string): Readonly<Record<'node' | 'policy' | 'answer', HTMLElement>> {
  const policy = element('p', { className: 'policy' }, '');
  const answer = element('pre', { role: 'status' }, '');
  return { node: element('section', {}, element('h2', {}, title), policy, answer), policy, answer };
}

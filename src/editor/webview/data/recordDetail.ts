import * as l10n from '@vscode/l10n';
import type { DataDetail, FromDataPage } from '../../stored/dataMessages.ts';
import { codeBlock } from '../rank/codeBlock.ts';
import { element } from '../rank/element.ts';
import { certaintyMark } from './certaintyMark.ts';

type Send = (message: FromDataPage) => void;

/** One record: where it was, what was offered and written, why it is taken as it is, and what can be done. */
export class RecordDetail {
  readonly node = element('section', { ariaLabel: l10n.t('The selected record') });
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
    this.clear();
  }

  clear(): void {
    const hint = l10n.t(
      'Select a record to see all of it. Arrow keys walk the list, Delete forgets a record.',
    );
    this.node.replaceChildren(element('p', { className: 'empty' }, hint));
  }

  show(detail: DataDetail): void {
    const { file, when, documentUri, languageId, promptTail, texts, learners } = detail;
    const wasCorrecting = this.node.querySelector('fieldset')?.contains(document.activeElement) === true;
    this.node.replaceChildren(
      element('h2', { title: documentUri }, `${file}, ${when}`),
      ...(promptTail.trim() === ''
        ? []
        : [named(l10n.t('Before the cursor'), codeBlock(promptTail, languageId))]),
      ...texts.map(({ name, text }) =>
        named(name, codeBlock(text === '' ? l10n.t('(nothing)') : text, languageId)),
      ),
      ...reasonsOf(detail),
      ...(detail.isCorrectable ? [this.#correctionOf(detail)] : []),
      ...lessonsOf(detail),
      element('p', { className: 'learners' }, learners),
      this.#forgetting(detail),
    );
    // Whoever corrects by keys goes on from there.
    if (wasCorrecting) this.node.querySelector<HTMLElement>('fieldset :checked')?.focus();
  }

  #correctionOf({ id, correction }: DataDetail): HTMLElement {
    const options = [
      [undefined, l10n.t('As observed')],
      ['kept', l10n.t('I wanted it')],
      ['refused', l10n.t('I did not want it')],
      ['none', l10n.t('It says nothing')],
    ] as const;
    const radios = options.map(([label, name]) => {
      const radio = element('input', { type: 'radio', name: 'correction', checked: correction === label });
      radio.addEventListener('change', () => this.#send({ kind: 'correct', id, label: label ?? null }));
      return element('label', {}, radio, name);
    });
    return element('fieldset', {}, element('legend', {}, l10n.t('What is right')), ...radios);
  }

  #forgetting({ id, file, isDated }: DataDetail): HTMLElement {
    const button = (what: 'record' | 'file' | 'day', label: string) => {
      const node = element('vscode-button', { textContent: label, secondary: true });
      node.addEventListener('click', () => this.#send({ kind: 'forget', id, what }));
      return node;
    };
    return element(
      'div',
      { className: 'tools' },
      button('record', l10n.t('Forget This Record')),
      button('file', l10n.t('Forget All of {0}…', file)),
      ...(isDated ? [button('day', l10n.t('Forget This Day…'))] : []),
    );
  }
}

function named(name: string, content: HTMLElement): HTMLElement {
  return element('div', {}, element('h3', {}, name), content);
}

function reasonsOf({ reasons }: DataDetail): HTMLElement[] {
  if (reasons.length === 0) return [];
  const items = reasons.map(({ certainty, sentence }) =>
    element('li', {}, certaintyMark(certainty), ` ${sentence}`),
  );
  return [named(l10n.t('Why'), element('ul', {}, ...items))];
}

function lessonsOf({ lessons }: DataDetail): HTMLElement[] {
  const items =
    lessons.length === 0 ? [l10n.t('That you were asked here; nothing about what is right.')] : lessons;
  const list = element('ul', {}, ...items.map((lesson) => element('li', {}, lesson)));
  return [named(l10n.t('What a retraining learns from it'), list)];
}

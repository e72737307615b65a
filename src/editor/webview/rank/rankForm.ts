import * as l10n from '@vscode/l10n';
import { dedented } from '../../rank/dedent.ts';
import type { RankingAnswer, ToPage } from '../../rank/rankMessages.ts';
import { saysSomething, type Ranks } from '../../rank/ranks.ts';
import { AlternativeList } from './alternativeList.ts';
import { busyNote } from './busyNote.ts';
import { element } from './element.ts';

type Alternatives = Extract<ToPage, { kind: 'alternatives' }>;

/** What the form begins with, and whom it tells. */
export interface RankFormOptions {
  /** The user's own text that it begins with; '' for none. */
  readonly ownText: string;
  readonly onInsert: (index: number) => void;
  readonly onSave: (answer: RankingAnswer) => void;
}

/** The form around the alternatives of one round: order, 'none is good', own text, save. */
export class RankForm {
  readonly node: HTMLElement;
  readonly #noneIsGood = element('vscode-checkbox', { label: l10n.t('None of them is good') });
  readonly #ownText = element('vscode-textarea', {
    placeholder: l10n.t('What you would have written'),
    monospace: true,
    rows: 3,
    resize: 'vertical',
  });
  readonly #save = element('vscode-button', { textContent: l10n.t('Save Ranking'), disabled: true });
  readonly #busy = busyNote(l10n.t('Writing others…'));
  readonly #list: AlternativeList;
  readonly #lineBefore: string;
  readonly #warning = element('p', { className: 'warning', role: 'status' });
  readonly #refusal = element('p', { className: 'error', role: 'alert' });
  readonly #whyTypesUnchecked: string | undefined;
  #ranks: Ranks;

  constructor(first: Alternatives, { ownText, onInsert, onSave }: RankFormOptions) {
    const { alternatives, place, whyTypesUnchecked } = first;
    const onRanked = (ranks: Ranks): void => {
      this.#ranks = ranks;
      this.#answerAnew();
    };
    const slotCount = alternatives.length;
    const insert = (index: number): void => {
      this.refuse('');
      onInsert(index);
    };
    this.#list = new AlternativeList({ slotCount, line: place, onInsert: insert, onRanked });
    this.#lineBefore = place.lineBefore;
    this.#ranks = alternatives.map(() => null);
    this.#whyTypesUnchecked = whyTypesUnchecked;
    this.#ownText.value = ownText;
    this.#noneIsGood.addEventListener('change', () => this.#answerAnew());
    this.#ownText.addEventListener('input', () => this.#answerAnew());
    this.#save.addEventListener('click', () => {
      this.refuse('');
      onSave(this.#answer());
    });
    this.node = element('section', {}, this.#list.node, this.#busy, ...this.#rest());
    this.fill(first);
  }

  /** Shows what has been written by now, and whether a ranking could be stored; what is there already stays as it is. */
  fill({ alternatives, isWriting, whyNotStored = '' }: Alternatives): void {
    this.#list.fill(
      alternatives.map((one) => one && { ...one, text: dedented(one.text, this.#lineBefore) }),
      isWriting,
    );
    if (!isWriting) this.#busy.replaceWith(...(alternatives.includes(null) ? [whyFewer()] : []));
    this.#warning.textContent = whyNotStored;
    this.#refresh();
  }

  /** Says why something was not done; '' takes that back. What was given stays: it may be changed, or given again. */
  refuse(message: string): void {
    this.#refusal.textContent = message;
    if (message !== '') this.#refusal.scrollIntoView({ block: 'nearest' });
  }

  /** The user's own text as it stands in the form; '' where there is none. */
  get ownText(): string {
    return this.#answer().ownText;
  }

  /** Lets keys go to an alternative, where they go nowhere yet. */
  takeFocus(): void {
    this.#list.takeFocus();
  }

  #rest(): HTMLElement[] {
    const hint = l10n.t(
      'Drag by ⠿ or give numbers; equal numbers tie. On an alternative: 1, 2, 3 … rank it, 0 takes it out, Alt+↑ and Alt+↓ move it, Enter inserts it.',
    );
    this.#ownText.setAttribute('aria-label', l10n.t('What you would have written'));
    return [
      ...(this.#whyTypesUnchecked === undefined
        ? []
        : [element('p', { className: 'hint' }, this.#whyTypesUnchecked)]),
      element('p', { className: 'hint' }, hint),
      this.#noneIsGood,
      this.#ownText,
      this.#warning,
      this.#refusal,
      this.#save,
    ];
  }

  #answer(): RankingAnswer {
    const ownText = this.#ownText.value;
    return {
      ranks: [...this.#ranks],
      noneIsGood: this.#noneIsGood.checked,
      ownText: ownText.trim() === '' ? '' : ownText,
    };
  }

  #answerAnew(): void {
    this.refuse('');
    this.#refresh();
  }

  #refresh(): void {
    const { noneIsGood, ownText } = this.#answer();
    const isAnswered = saysSomething(this.#ranks) || noneIsGood || ownText !== '';
    this.#save.disabled = this.#warning.textContent !== '' || !isAnswered;
  }
}

/** Where fewer alternatives came than there was room for. */
function whyFewer(): HTMLElement {
  const why = l10n.t('What else the model wrote is like what stands here, or nothing.');
  return element('p', { className: 'hint' }, why);
}

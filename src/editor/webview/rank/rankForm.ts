import * as l10n from '@vscode/l10n';
import { dedented } from '../../dedent.ts';
import type { RankingAnswer, ToPage } from '../../rankMessages.ts';
import { saysSomething, type Ranks } from '../../ranks.ts';
import { AlternativeList } from './alternativeList.ts';
import { element } from './element.ts';

type Alternatives = Extract<ToPage, { kind: 'alternatives' }>;

/** Whom the form tells. */
export interface RankFormOptions {
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
  readonly #whyNotStored: string | undefined;
  #ranks: Ranks;

  constructor({ alternatives, place, whyNotStored }: Alternatives, { onInsert, onSave }: RankFormOptions) {
    const onRanked = (ranks: Ranks): void => {
      this.#ranks = ranks;
      this.#refresh();
    };
    const shown = alternatives.map(({ text, findings }) => ({
      text: dedented(text, place.lineBefore),
      findings,
    }));
    const { languageId } = place;
    const list = new AlternativeList({ alternatives: shown, languageId, onInsert, onRanked });
    this.#ranks = alternatives.map(() => null);
    this.#whyNotStored = whyNotStored;
    this.#noneIsGood.addEventListener('change', () => this.#refresh());
    this.#ownText.addEventListener('input', () => this.#refresh());
    this.#save.addEventListener('click', () => onSave(this.#answer()));
    this.node = element('section', {}, list.node, ...this.#rest());
  }

  #rest(): HTMLElement[] {
    const hint = l10n.t(
      'Drag by ⠿ or give numbers; equal numbers tie. On an alternative: 1, 2, 3 … rank it, 0 takes it out, Alt+↑ and Alt+↓ move it, Enter inserts it.',
    );
    const warning = element('p', { className: 'warning' }, this.#whyNotStored ?? '');
    this.#ownText.setAttribute('aria-label', l10n.t('What you would have written'));
    return [
      element('p', { className: 'hint' }, hint),
      this.#noneIsGood,
      this.#ownText,
      ...(this.#whyNotStored === undefined ? [] : [warning]),
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

  #refresh(): void {
    const { noneIsGood, ownText } = this.#answer();
    const isAnswered = saysSomething(this.#ranks) || noneIsGood || ownText !== '';
    this.#save.disabled = this.#whyNotStored !== undefined || !isAnswered;
  }
}

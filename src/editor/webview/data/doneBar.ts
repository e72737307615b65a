import * as l10n from '@vscode/l10n';
import type { ToDataPage } from '../../stored/dataMessages.ts';
import { element } from '../rank/element.ts';

/** What was just done, with what can be done about it. */
export class DoneBar {
  readonly node = element('div', { className: 'done', role: 'status', hidden: true });
  readonly #undo = this.#button('undo', l10n.t('Undo'));
  readonly #onDo: (deed: 'undo' | 'retrainWithout') => void;

  constructor(onDo: (deed: 'undo' | 'retrainWithout') => void) {
    this.#onDo = onDo;
  }

  /** Takes the way back away. */
  makeFinal(): void {
    this.#undo.remove();
  }

  show({ sentence, canUndo, canRetrain }: Extract<ToDataPage, { kind: 'done' }>): void {
    this.node.hidden = false;
    this.node.replaceChildren(
      element('span', {}, sentence),
      ...(canUndo ? [this.#undo] : []),
      ...(canRetrain ? [this.#button('retrainWithout', l10n.t('Roll Back and Retrain Without It'))] : []),
    );
  }

  #button(deed: 'undo' | 'retrainWithout', label: string): HTMLElement {
    const button = element('vscode-button', { textContent: label, secondary: true });
    button.addEventListener('click', () => {
      this.node.hidden = true;
      this.#onDo(deed);
    });
    return button;
  }
}

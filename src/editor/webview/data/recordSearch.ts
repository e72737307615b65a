import * as l10n from '@vscode/l10n';
import { rowsOfPage, type FromDataPage, type ToDataPage } from '../../stored/dataMessages.ts';
import { element } from '../rank/element.ts';

type Looked = Omit<Extract<FromDataPage, { kind: 'look' }>, 'kind'>;
type Deed = 'refresh' | 'export' | 'import' | 'forgetEverything';

/** Whom the search tells. */
export interface RecordSearchOptions {
  readonly onLook: (looked: Looked) => void;
  readonly onDo: (deed: Deed) => void;
}

type Group = Looked['group'];

const lessonNames = {
  demonstrations: l10n.t('Demonstrations'),
  preferences: l10n.t('Preferences'),
} as const satisfies Partial<Record<Group, string>>;

const recordNames: Readonly<Record<Exclude<Group, keyof typeof lessonNames>, string>> = {
  all: l10n.t('Everything'),
  wanted: l10n.t('Wanted'),
  refused: l10n.t('Not wanted'),
  noOpinion: l10n.t('Says nothing'),
  corrected: l10n.t('Corrected by you'),
  notOffered: l10n.t('Nothing was offered'),
  ranking: l10n.t('Rankings'),
  written: l10n.t('Written by you'),
  imported: l10n.t('Imported'),
};

/** What is looked for, where in the list one is, and what can be done with all of it. */
export class RecordSearch {
  readonly node: HTMLElement;
  readonly #options: RecordSearchOptions;
  readonly #words = element('vscode-textfield', {
    type: 'search',
    placeholder: l10n.t('Search file, text, outcome'),
  });
  readonly #group = element(
    'select',
    { ariaLabel: l10n.t('What to show') },
    ...options(recordNames),
    element('optgroup', { label: l10n.t('What a retraining learns') }, ...options(lessonNames)),
  );
  readonly #state = element('span', { className: 'state', role: 'status' });
  readonly #newer = element('vscode-button', { textContent: l10n.t('Newer'), secondary: true });
  readonly #older = element('vscode-button', { textContent: l10n.t('Older'), secondary: true });
  #offset = 0;

  constructor(options: RecordSearchOptions) {
    this.#options = options;
    this.#words.label = l10n.t('Search');
    this.#words.addEventListener('input', () => this.look(0));
    this.#group.addEventListener('change', () => this.look(0));
    this.#newer.addEventListener('click', () => this.look(Math.max(0, this.#offset - rowsOfPage)));
    this.#older.addEventListener('click', () => this.look(this.#offset + rowsOfPage));
    this.node = element(
      'header',
      {},
      element('div', { className: 'tools', role: 'search' }, this.#words, this.#group, ...this.#deeds()),
      element('div', { className: 'tools' }, this.#state, this.#newer, this.#older),
    );
  }

  /** Asks for the rows from a place in the list on. */
  look(offset: number): void {
    const { value: search } = this.#words;
    const names = [...Object.keys(recordNames), ...Object.keys(lessonNames)] as Group[];
    const group = names.find((name) => name === this.#group.value) ?? 'all';
    this.#options.onLook({ search, group, offset });
  }

  show({ rows, offset, matching, total, isReading }: Extract<ToDataPage, { kind: 'rows' }>): void {
    this.#offset = offset;
    const of = matching === total ? `${total}` : l10n.t('{0} found in {1}', matching, total);
    const range =
      rows.length === 0
        ? l10n.t('None of {0}', of)
        : l10n.t('{0} to {1} of {2}', offset + 1, offset + rows.length, of);
    this.#state.textContent = isReading ? l10n.t('{0}, reading more…', range) : range;
    this.#newer.disabled = offset === 0;
    this.#older.disabled = offset + rows.length >= matching;
  }

  #deeds(): HTMLElement[] {
    const deeds: [Deed, string][] = [
      ['refresh', l10n.t('Refresh')],
      ['export', l10n.t('Export…')],
      ['import', l10n.t('Import…')],
      ['forgetEverything', l10n.t('Forget Everything…')],
    ];
    return deeds.map(([deed, label]) => {
      const button = element('vscode-button', { textContent: label, secondary: true });
      button.addEventListener('click', () => this.#options.onDo(deed));
      return button;
    });
  }
}

function options(names: Readonly<Record<string, string>>): HTMLElement[] {
  return Object.entries(names).map(([value, name]) => element('option', { value }, name));
}

import { rowsOfPage, type FromDataPage, type ToDataPage } from '../../dataMessages.ts';
import { element } from '../rank/element.ts';

type Looked = Omit<Extract<FromDataPage, { kind: 'look' }>, 'kind'>;
type Deed = 'refresh' | 'export' | 'import' | 'forgetEverything';

/** Whom the search tells. */
export interface RecordSearchOptions {
  readonly onLook: (looked: Looked) => void;
  readonly onDo: (deed: Deed) => void;
}

const groupNames: Readonly<Record<Looked['group'], string>> = {
  all: 'Everything',
  wanted: 'Wanted',
  refused: 'Not wanted',
  noOpinion: 'Says nothing',
  corrected: 'Corrected by you',
  notOffered: 'Nothing was offered',
  ranking: 'Rankings',
  written: 'Written by you',
  imported: 'Imported',
};

/** What is looked for, where in the list one is, and what can be done with all of it. */
export class RecordSearch {
  readonly node: HTMLElement;
  readonly #options: RecordSearchOptions;
  readonly #words = element('vscode-textfield', {
    type: 'search',
    placeholder: 'Search file, text, outcome',
  });
  readonly #group = element(
    'select',
    { ariaLabel: 'What to show' },
    ...Object.entries(groupNames).map(([value, name]) => element('option', { value }, name)),
  );
  readonly #state = element('span', { className: 'state', role: 'status' });
  readonly #newer = element('vscode-button', { textContent: 'Newer', secondary: true });
  readonly #older = element('vscode-button', { textContent: 'Older', secondary: true });
  #offset = 0;

  constructor(options: RecordSearchOptions) {
    this.#options = options;
    this.#words.label = 'Search';
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
    const group = Object.keys(groupNames).find((name) => name === this.#group.value) as Looked['group'];
    this.#options.onLook({ search, group, offset });
  }

  show({ rows, offset, matching, total, isReading }: Extract<ToDataPage, { kind: 'rows' }>): void {
    this.#offset = offset;
    const range = rows.length === 0 ? 'None' : `${offset + 1} to ${offset + rows.length}`;
    const of = matching === total ? `${total}` : `${matching} found in ${total}`;
    this.#state.textContent = `${range} of ${of}${isReading ? ', reading more…' : ''}`;
    this.#newer.disabled = offset === 0;
    this.#older.disabled = offset + rows.length >= matching;
  }

  #deeds(): HTMLElement[] {
    const deeds: [Deed, string][] = [
      ['refresh', 'Refresh'],
      ['export', 'Export…'],
      ['import', 'Import…'],
      ['forgetEverything', 'Forget Everything…'],
    ];
    return deeds.map(([deed, label]) => {
      const button = element('vscode-button', { textContent: label, secondary: true });
      button.addEventListener('click', () => this.#options.onDo(deed));
      return button;
    });
  }
}

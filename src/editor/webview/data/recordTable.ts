import * as l10n from '@vscode/l10n';
import type { DataRow } from '../../dataMessages.ts';
import { element } from '../rank/element.ts';

/** Whom the table tells. */
export interface RecordTableOptions {
  readonly onSelect: (id: string) => void;
  readonly onForget: (id: string) => void;
}

/** What a record says of the user's wishes, in a word. */
const opinions: Readonly<Record<DataRow['group'], string>> = {
  wanted: l10n.t('wanted'),
  refused: l10n.t('not wanted'),
  noOpinion: l10n.t('says nothing'),
  notOffered: '–',
  ranking: l10n.t('ranked'),
  written: l10n.t('yours'),
  imported: l10n.t('imported'),
  all: '',
  corrected: '',
};

/**
 * The rows of a page as a grid that the arrow keys walk, one row selected. A native table and not
 * `vscode-table`, which has neither selection nor keys.
 */
export class RecordTable {
  readonly node = element('div', { className: 'list' });
  readonly #options: RecordTableOptions;
  #rows: readonly DataRow[] = [];
  #selectedId: string | undefined;

  constructor(options: RecordTableOptions) {
    this.#options = options;
  }

  get selectedId(): string | undefined {
    return this.#selectedId;
  }

  show(rows: readonly DataRow[], isNothingStored: boolean): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.#rows = rows;
    if (rows.length === 0) {
      const text = isNothingStored
        ? l10n.t('Nothing is stored yet. Type, and what becomes of completions stands here.')
        : l10n.t('Nothing fits the search.');
      this.node.replaceChildren(element('p', { className: 'empty' }, text));
      return;
    }
    const names = [
      l10n.t('When'),
      l10n.t('File'),
      l10n.t('Text'),
      l10n.t('What became of it'),
      l10n.t('Opinion'),
    ];
    const head = element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name)));
    const body = element('tbody', {}, ...rows.map((row, index) => this.#rowNode(row, index)));
    const table = element(
      'table',
      { role: 'grid', ariaLabel: l10n.t('Stored records') },
      element('thead', {}, head),
      body,
    );
    const top = this.node.scrollTop;
    this.node.replaceChildren(table);
    this.node.scrollTop = top;
    if (hadFocus) this.#nodes()[this.#focusable()]?.focus({ preventScroll: true });
  }

  #rowNode(row: DataRow, index: number): HTMLElement {
    const isSelected = row.id === this.#selectedId;
    const opinion = `${opinions[row.group]}${row.isCorrected ? ' ✎' : ''}`;
    const node = element(
      'tr',
      {
        tabIndex: index === this.#focusable() ? 0 : -1,
        ariaSelected: String(isSelected),
        data: { group: row.group },
      },
      element('td', { className: 'when' }, row.when),
      element('td', { className: 'file', title: row.documentUri }, row.file),
      element('td', { className: 'text' }, row.text),
      element('td', { className: 'fate' }, row.fate),
      element(
        'td',
        { className: 'opinion', title: row.isCorrected ? l10n.t('Corrected by you') : '' },
        opinion,
      ),
    );
    node.addEventListener('click', () => this.#select(index));
    node.addEventListener('keydown', (event) => this.#key(event, index));
    return node;
  }

  /** The selected row, or the first one. */
  #focusable(): number {
    return Math.max(
      0,
      this.#rows.findIndex(({ id }) => id === this.#selectedId),
    );
  }

  #nodes(): HTMLElement[] {
    return [...this.node.querySelectorAll<HTMLElement>('tbody > tr')];
  }

  #key(event: KeyboardEvent, index: number): void {
    const last = this.#rows.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(last, index + 1),
      ArrowUp: Math.max(0, index - 1),
      Home: 0,
      End: last,
      Enter: index,
      ' ': index,
    };
    const target = targets[event.key];
    const row = this.#rows[index];
    if (target !== undefined) this.#select(target);
    else if (event.key === 'Delete' && row !== undefined) this.#options.onForget(row.id);
    else return;
    event.preventDefault();
  }

  #select(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#selectedId = row.id;
    for (const [i, node] of this.#nodes().entries()) {
      node.ariaSelected = String(i === index);
      node.tabIndex = i === index ? 0 : -1;
    }
    this.#nodes()[index]?.focus();
    this.#options.onSelect(row.id);
  }
}

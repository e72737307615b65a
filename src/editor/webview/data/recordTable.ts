import * as l10n from '@vscode/l10n';
import type { DataList, DataRow, ToDataPage } from '../../stored/dataMessages.ts';
import { element } from '../rank/element.ts';
import { certaintyMark } from './certaintyMark.ts';

/** Whom the table tells. */
export interface RecordTableOptions {
  readonly onSelect: (id: string) => void;
  readonly onForget: (id: string) => void;
}

const [when, file] = [l10n.t('When'), l10n.t('File')];

const columnNames: Readonly<Record<DataList, readonly string[]>> = {
  records: [when, file, l10n.t('Text'), l10n.t('What became of it'), l10n.t('Opinion')],
  demonstrations: [when, file, l10n.t('What belongs there'), l10n.t('Counts'), l10n.t('Why')],
  preferences: [when, file, l10n.t('Better'), l10n.t('Worse'), l10n.t('Why')],
};

/** What stands there while there is nothing to show, whatever is looked for. */
const emptyTexts: Readonly<Record<DataList, string>> = {
  records: l10n.t('Nothing is stored yet. Type, and what becomes of completions stands here.'),
  demonstrations: l10n.t('No record says yet what belongs anywhere.'),
  preferences: l10n.t('No record says yet what is better than what.'),
};

/** What a record says of the user's wishes, in a word. */
const opinions: Readonly<Record<DataRow['group'], string>> = {
  wanted: l10n.t('wanted'),
  refused: l10n.t('not wanted'),
  noOpinion: l10n.t('says nothing'),
  notOffered: '–',
  ranking: l10n.t('ranked'),
  written: l10n.t('yours'),
  imported: l10n.t('imported'),
};

function recordCells({ text, fate, group, isCorrected }: DataRow): HTMLElement[] {
  return [
    element('td', { className: 'text' }, text),
    element('td', { className: 'fate' }, fate),
    element(
      'td',
      { className: 'opinion', title: isCorrected ? l10n.t('Corrected by you') : '' },
      `${opinions[group]}${isCorrected ? ' ✎' : ''}`,
    ),
  ];
}

function lessonCells({ text, beside, why }: NonNullable<DataRow['lesson']>): HTMLElement[] {
  const { certainty, sentence } = why;
  return [
    textCell(text),
    textCell(beside),
    element('td', { className: 'why', title: sentence }, certaintyMark(certainty), ` ${sentence}`),
  ];
}

/** A text to compare; none of it is silence. */
function textCell(text: string): HTMLElement {
  return element('td', { className: 'text', title: text }, text === '' ? silence.cloneNode(true) : text);
}

const silence = element('em', {}, l10n.t('to offer nothing'));

/**
 * The rows of a page as a grid that the arrow keys walk, one row selected. A native table and not
 * `vscode-table`, which has neither selection nor keys.
 */
export class RecordTable {
  readonly node = element('div', { className: 'list' });
  readonly #options: RecordTableOptions;
  #rows: readonly DataRow[] = [];
  #selected: DataRow | undefined;

  constructor(options: RecordTableOptions) {
    this.#options = options;
  }

  /** The id of the selected row's record. */
  get selectedId(): string | undefined {
    return this.#selected?.id;
  }

  /** @param isDetailFocused whether the keys are on the selected record beside the table. Where that is gone, they go on in the table. */
  show(
    { list, rows, total, isReading }: Extract<ToDataPage, { kind: 'rows' }>,
    isDetailFocused: boolean,
  ): void {
    const hadFocus = this.node.contains(document.activeElement);
    const gone = this.#indexOfGone(rows);
    this.#rows = rows;
    if (rows.length === 0) {
      const text = total === 0 && !isReading ? emptyTexts[list] : l10n.t('Nothing fits the search.');
      this.node.replaceChildren(element('p', { className: 'empty' }, text));
      return;
    }
    const names = columnNames[list].map((name) => element('th', { scope: 'col' }, name));
    const body = element('tbody', {}, ...rows.map((row, index) => this.#rowNode(row, index)));
    const table = element(
      'table',
      { role: 'grid', ariaLabel: l10n.t('Stored records'), data: { list } },
      element('thead', {}, element('tr', {}, ...names)),
      body,
    );
    const top = this.node.scrollTop;
    this.node.replaceChildren(table);
    this.node.scrollTop = top;
    if (gone !== undefined && (hadFocus || isDetailFocused)) this.#select(Math.min(gone, rows.length - 1));
    else if (hadFocus) this.#nodes()[this.#focusable()]?.focus({ preventScroll: true });
  }

  /** Where the selected record stood that is no longer among the rows; undefined where it still is, or none was selected. */
  #indexOfGone(rows: readonly DataRow[]): number | undefined {
    const id = this.selectedId;
    const index = this.#rows.findIndex((row) => row.id === id);
    return index === -1 || rows.some((row) => row.id === id) ? undefined : index;
  }

  #rowNode(row: DataRow, index: number): HTMLElement {
    const node = element(
      'tr',
      {
        tabIndex: index === this.#focusable() ? 0 : -1,
        ariaSelected: String(this.#isSelected(row)),
        data: { group: row.group },
      },
      element('td', { className: 'when' }, row.when),
      element('td', { className: 'file', title: row.documentUri }, row.file),
      ...(row.lesson === undefined ? recordCells(row) : lessonCells(row.lesson)),
    );
    node.addEventListener('click', () => this.#select(index));
    node.addEventListener('keydown', (event) => this.#key(event, index));
    return node;
  }

  #isSelected({ id, lesson }: DataRow): boolean {
    return id === this.#selected?.id && lesson?.index === this.#selected.lesson?.index;
  }

  /** The selected row, or the first one. */
  #focusable(): number {
    return Math.max(
      0,
      this.#rows.findIndex((row) => this.#isSelected(row)),
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
    // A key that is held would forget one record after the other, of which only the last can be brought back.
    else if (isForgetKey(event) && row !== undefined) this.#options.onForget(row.id);
    else return;
    event.preventDefault();
  }

  #select(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#selected = row;
    for (const [i, node] of this.#nodes().entries()) {
      node.ariaSelected = String(i === index);
      node.tabIndex = i === index ? 0 : -1;
    }
    this.#nodes()[index]?.focus();
    this.#options.onSelect(row.id);
  }
}

/** On keyboards of Apple the key that says “delete” is Backspace. */
function isForgetKey({ key, repeat }: KeyboardEvent): boolean {
  return ['Delete', 'Backspace'].includes(key) && !repeat;
}

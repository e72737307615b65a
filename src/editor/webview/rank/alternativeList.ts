import * as l10n from '@vscode/l10n';
import Sortable from 'sortablejs';
import { rankedIn, unrankedIn, withMoved, withRank, type Ranks } from '../../rank/ranks.ts';
import type { ShownAlternative } from '../../rank/rankMessages.ts';
import { badgesOf, type Badge } from './badges.ts';
import { changedCode, type ChangedLine } from './changedCode.ts';
import { element } from './element.ts';

/** What the list shows and whom it tells. */
export interface AlternativeListOptions {
  /** At most so many come. */
  readonly slotCount: number;
  /** Where the alternatives come in. */
  readonly line: ChangedLine;
  readonly onInsert: (index: number) => void;
  readonly onRanked: (ranks: Ranks) => void;
}

/**
 * The alternatives in two lists: those that the user has ordered, best first, and the rest. One gets
 * its rank by dragging, by its number field, or by keys. Each has its slot, which is empty until it comes.
 */
export class AlternativeList {
  readonly node = element('div', { className: 'lists' });
  readonly #options: AlternativeListOptions;
  #alternatives: readonly (ShownAlternative | null)[] = [];
  #isWriting = true;
  #ranks: Ranks;
  #sortables: Sortable[] = [];

  constructor(options: AlternativeListOptions) {
    this.#options = options;
    this.#ranks = Array.from({ length: options.slotCount }, () => null);
    this.#render();
  }

  /**
   * Shows the alternatives that have come by now, and what is known of them.
   *
   * @param alternatives by slot.
   * @param isWriting more may come: slots that are empty are kept for them.
   */
  fill(alternatives: readonly (ShownAlternative | null)[], isWriting: boolean): void {
    this.#alternatives = alternatives;
    this.#isWriting = isWriting;
    // In place: one of the others may be dragged or have the focus.
    for (const empty of this.node.querySelectorAll<HTMLElement>('.empty')) {
      const index = Number(empty.dataset['index']);
      if (alternatives[index]) empty.replaceWith(this.#card(index));
      else if (!isWriting) empty.remove();
    }
    for (const card of this.node.querySelectorAll<HTMLElement>('.card')) {
      const alternative = alternatives[Number(card.dataset['index'])];
      if (!alternative) continue;
      this.#grow(card, alternative);
      describe(card, alternative);
    }
  }

  /** Whoever opened the panel by a key goes on with keys: they are on a card, unless they went elsewhere in the page. */
  takeFocus(): void {
    const isFree = document.hasFocus() && document.activeElement === document.body;
    if (isFree) this.node.querySelector<HTMLElement>('.card')?.focus({ preventScroll: true });
  }

  /** Puts all of an alternative on a card that was made when its first line was there. */
  #grow(card: HTMLElement, alternative: ShownAlternative): void {
    if (card.querySelector('ins')?.textContent !== alternative.text)
      card.querySelector('pre')!.replaceWith(changedCode(alternative, this.#options.line));
  }

  #setRanks(ranks: Ranks, focused: number): void {
    this.#ranks = ranks;
    this.#render();
    this.node.querySelector<HTMLElement>(`[data-index="${focused}"]`)?.focus();
    this.#options.onRanked(ranks);
  }

  #render(): void {
    for (const sortable of this.#sortables) sortable.destroy();
    const ranked = this.#list(rankedIn(this.#ranks), 'ranked');
    const unranked = this.#list(unrankedIn(this.#ranks), 'unranked');
    this.node.replaceChildren(
      element('h2', {}, l10n.t('Your order, best first')),
      ranked,
      element('h2', {}, l10n.t('Not ranked')),
      unranked,
    );
    this.#sortables = [ranked, unranked].map((list) => this.#sortable(list));
  }

  #list(indices: readonly number[], name: 'ranked' | 'unranked'): HTMLUListElement {
    const shown = indices.filter((index) => this.#isWriting || this.#alternatives[index]);
    const data = { whenEmpty: whenEmpty[name] };
    return element('ul', { className: name, data }, ...shown.map((index) => this.#card(index)));
  }

  #sortable(list: HTMLUListElement): Sortable {
    return Sortable.create(list, {
      group: 'alternatives',
      animation: 120,
      handle: '.handle',
      draggable: '.card',
      ghostClass: 'placeholder',
      onEnd: ({ item, to, newIndex }) => {
        const index = Number(item.dataset['index']);
        const isRanked = to.classList.contains('ranked');
        const ranks = isRanked
          ? withMoved(this.#ranks, index, newIndex ?? 0)
          : withRank(this.#ranks, index, null);
        this.#setRanks(ranks, index);
      },
    });
  }

  #card(index: number): HTMLLIElement {
    const { line, onInsert } = this.#options;
    const data = { index: String(index) };
    const alternative = this.#alternatives[index];
    if (!alternative) return element('li', { className: 'empty', ariaHidden: 'true', data });
    const insert = element(
      'button',
      { className: 'quiet', type: 'button', title: l10n.t('Insert at the cursor') },
      l10n.t('Insert'),
    );
    // A double click would put it in twice, and so would Enter where it is held.
    insert.addEventListener('click', ({ detail }) => detail > 1 || onInsert(index));
    const handle = element('span', { className: 'handle', title: l10n.t('Drag'), ariaHidden: 'true' }, '⠿');
    const tools = element(
      'div',
      { className: 'tools' },
      handle,
      this.#rankField(index),
      element('span', { className: 'badges' }),
      insert,
    );
    const code = changedCode(alternative, line);
    const card = element('li', { className: 'card', tabIndex: 0, data }, tools, code);
    describe(card, alternative);
    card.addEventListener('keydown', (event) => this.#key(event, index));
    return card;
  }

  #rankField(index: number): HTMLSelectElement {
    const rank = this.#ranks[index] ?? null;
    const option = (value: string, label: string, selected: boolean) =>
      element('option', { value, selected }, label);
    const numbers = this.#ranks.map((_, i) => option(String(i + 1), String(i + 1), rank === i + 1));
    const field = element('select', { title: l10n.t('Rank') }, option('', '–', rank === null), ...numbers);
    field.ariaLabel = l10n.t('Rank of alternative {0}', index + 1);
    field.addEventListener('change', () => {
      const value = field.value === '' ? null : Number(field.value);
      this.#setRanks(withRank(this.#ranks, index, value), index);
    });
    return field;
  }

  #key(event: KeyboardEvent, index: number): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const action = this.#actionOf(event, index);
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  #actionOf({ key, altKey, repeat }: KeyboardEvent, index: number): (() => void) | undefined {
    const isRank = /^[1-9]$/.test(key) && Number(key) <= this.#options.slotCount;
    if (isRank) return () => this.#setRanks(withRank(this.#ranks, index, Number(key)), index);
    if (['0', 'Backspace', 'Delete'].includes(key))
      return () => this.#setRanks(withRank(this.#ranks, index, null), index);
    if (key === 'Enter') return () => repeat || this.#options.onInsert(index);
    if (key === 'ArrowUp') return () => (altKey ? this.#move(index, -1) : this.#focus(index, -1));
    if (key === 'ArrowDown') return () => (altKey ? this.#move(index, 1) : this.#focus(index, 1));
    return undefined;
  }

  /** Moves an alternative up or down in the order; one that is not ranked comes in at the end. */
  #move(index: number, by: number): void {
    const order = rankedIn(this.#ranks);
    const at = order.includes(index) ? order.indexOf(index) + by : order.length;
    this.#setRanks(withMoved(this.#ranks, index, Math.max(0, Math.min(at, order.length))), index);
  }

  #focus(index: number, by: number): void {
    const cards = [...this.node.querySelectorAll<HTMLElement>('.card')];
    cards[cards.findIndex((card) => card.dataset['index'] === String(index)) + by]?.focus();
  }
}

/** What stands in a list without cards. */
const whenEmpty = {
  ranked: l10n.t('Drag alternatives here, or number them'),
  unranked: l10n.t('All are ranked'),
} as const;

/** Says on a card what is known of its alternative; what is said already stays as it is. */
function describe(card: HTMLElement, alternative: ShownAlternative): void {
  const badges = badgesOf(alternative);
  const name = l10n.t('Alternative {0}', Number(card.dataset['index']) + 1);
  card.ariaLabel = `${[name, ...badges.map(({ label }) => label)].join(', ')}: ${alternative.text}`;
  const place = card.querySelector('.badges')!;
  const nodes = badges.map(badgeElement);
  const isSaid = (node: HTMLElement, at: number): boolean => node.isEqualNode(place.children[at] ?? null);
  if (place.childElementCount !== nodes.length || !nodes.every(isSaid)) place.replaceChildren(...nodes);
}

function badgeElement({ kind, label, title }: Badge): HTMLElement {
  return element('span', { className: `badge ${kind}`, title }, label);
}

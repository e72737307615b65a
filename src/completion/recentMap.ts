/** A map of what was set last, the least recent first, which goes where there would be more than so many entries. */
export class RecentMap<K, V> extends Map<K, V> {
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    super();
    this.#maxEntries = maxEntries;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    const [first] = this.keys();
    if (this.size > this.#maxEntries) this.delete(first!);
    return this;
  }
}

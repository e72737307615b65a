/** Where values outlive a window, as VS Code's `Memento` keeps them. */
export interface LastingValues {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Whether a value that was kept has a number under each of these names. What is read as VS Code starts is
 * checked by hand: a schema would have its library loaded before the first completion.
 */
export function hasNumbers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Readonly<Record<Name, number>> {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => Number.isFinite(Reflect.get(value, name)));
}

/** Properties and children of a new element. */
type Child = Node | string;

/** An element with properties and children; a text child can never become markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<Omit<HTMLElementTagNameMap[Tag], 'style' | 'dataset'>> & {
    readonly data?: Readonly<Record<string, string>>;
  },
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const { data, ...plain } = properties;
  const made = Object.assign(document.createElement(tag), plain);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

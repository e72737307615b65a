/**
 * A sentence for people, or a clause of one, that no language is chosen for yet: its text in English, in
 * which `{0}` stands for the first of its values. Whoever shows it tells it in the reader's language
 * (`told.ts`); logs, tests and the command line have it in English.
 */
export interface Sentence {
  readonly text: string;
  readonly values: readonly SentenceValue[];
}

/** Names, paths and what others said stay as they are; numbers and sentences are told like the sentence around them. */
export type SentenceValue = string | number | Sentence;

/** A sentence as one writes it: sentence`There is no model at ${path}.` `npm run l10n` finds these for translators. */
export function sentence(parts: TemplateStringsArray, ...values: readonly SentenceValue[]): Sentence {
  return { text: parts.reduce((text, part, i) => `${text}{${i - 1}}${part}`), values };
}

/** What somebody else said, which nobody translates. */
export function quoted(words: string): Sentence {
  return { text: '{0}', values: [words] };
}

/** Several sentences, with nothing but the separator between them. */
export function joined(sentences: readonly Sentence[], separator: string): Sentence {
  return { text: sentences.map((_, i) => `{${i}}`).join(separator), values: sentences };
}

/** A sentence as logs and the command line have it. */
export function inEnglish({ text, values }: Sentence): string {
  return text.replaceAll(/\{(\d+)\}/g, (_, place) => valueInEnglish(values[Number(place)] ?? ''));
}

function valueInEnglish(value: SentenceValue): string {
  return typeof value === 'object' ? inEnglish(value) : String(value);
}

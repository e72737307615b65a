import { element } from '../rank/element.ts';

/** What is never stored, and why. */
const never = [
  ['Files that Git ignores', 'what is not shared with your team is not kept here either.'],
  [
    'Files that hold keys by their nature (.env, *.pem, .npmrc and the like)',
    'one look at them is too many.',
  ],
  [
    'Any record in which something looks like a key',
    'it goes as a whole: cut out, it would teach a prompt that never was.',
  ],
  ['Files you excluded (attune.store.excluded)', 'because you said so.'],
  ['Settings, output, the old side of a comparison', 'it is not what you write.'],
  ['Anything while attune.store.enabled is off', 'because you said so.'],
] as const;

/** The part of the page that says so, folded; `notStored` is how often it happened. */
export function neverStored(notStored: HTMLElement): HTMLElement {
  const items = never.map(([what, why]) => element('li', {}, element('strong', {}, what), `: ${why}`));
  const place = 'All of it lies in one file on this machine and never leaves it unless you export it.';
  return element(
    'details',
    {},
    element('summary', {}, 'What is never stored, and why'),
    element('ul', {}, ...items),
    notStored,
    element('p', {}, place),
  );
}

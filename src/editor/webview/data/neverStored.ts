import * as l10n from '@vscode/l10n';
import { element } from '../rank/element.ts';

/** What is never stored, and why. */
const never = [
  [l10n.t('Files that Git ignores'), l10n.t('what is not shared with your team is not kept here either.')],
  [
    l10n.t('Files that hold keys by their nature (.env, *.pem, .npmrc and the like)'),
    l10n.t('one look at them is too many.'),
  ],
  [
    l10n.t('Any record in which something looks like a key'),
    l10n.t('it goes as a whole: cut out, it would teach a prompt that never was.'),
  ],
  [
    l10n.t(
      'Files you excluded (attune.store.excluded, or a file .attuneignore with the rules of .gitignore)',
    ),
    l10n.t('because you said so.'),
  ],
  [l10n.t('Settings, output, the old side of a comparison'), l10n.t('it is not what you write.')],
  [l10n.t('Anything while attune.collect is “off”'), l10n.t('because you said so.')],
] as const;

/** The part of the page that says so, folded; `notStored` is how often it happened. */
export function neverStored(notStored: HTMLElement): HTMLElement {
  const items = never.map(([what, why]) => element('li', {}, element('strong', {}, what), `: ${why}`));
  const place = l10n.t(
    'All of it lies in one file on this machine and never leaves it unless you export it, or train on a cluster.',
  );
  return element(
    'details',
    {},
    element('summary', {}, l10n.t('What is never stored, and why')),
    element('ul', {}, ...items),
    notStored,
    element('p', {}, place),
  );
}

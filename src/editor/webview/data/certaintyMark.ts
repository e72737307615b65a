import * as l10n from '@vscode/l10n';
import type { DataDetail } from '../../stored/dataMessages.ts';
import { element } from '../rank/element.ts';

type Certainty = DataDetail['reasons'][number]['certainty'];

const certaintyWords: Readonly<Record<Certainty, string>> = {
  sure: l10n.t('sure'),
  inferred: l10n.t('inferred'),
};

/** How sure a reason is, in a word. */
export function certaintyMark(certainty: Certainty): HTMLElement {
  return element('span', { className: `certainty ${certainty}` }, certaintyWords[certainty]);
}

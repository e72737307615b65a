import * as l10n from '@vscode/l10n';
import type { Finding } from '../../../completion/completion.ts';
import type { ShownAlternative } from '../../rankMessages.ts';
import type { TypeErrors } from '../../typeErrorsAnswer.ts';

/** What a badge says, and what that means. */
export interface Badge {
  readonly kind: Finding | 'typeErrors';
  readonly label: string;
  readonly title: string;
}

/** The badges of an alternative: all that is known of it. */
export function badgesOf({
  findings,
  typeErrors,
}: Pick<ShownAlternative, 'findings' | 'typeErrors'>): Badge[] {
  return [
    ...findings.map((kind) => ({ kind, ...findingTexts[kind] })),
    ...(typeErrors === undefined ? [] : [typeErrorsBadge(typeErrors)]),
  ];
}

const findingTexts: Readonly<Record<Finding, Pick<Badge, 'label' | 'title'>>> = {
  parses: { label: l10n.t('parses'), title: l10n.t('The document parses with it.') },
  breaksSyntax: {
    label: l10n.t('breaks syntax'),
    title: l10n.t('More of the document does not parse with it than without it.'),
  },
  repeatsCode: {
    label: l10n.t('repeats code'),
    title: l10n.t('All that it says stands near the cursor already.'),
  },
};

function typeErrorsBadge({ count, first }: TypeErrors): Badge {
  return {
    kind: 'typeErrors',
    label: count === 1 ? l10n.t('1 type error') : l10n.t('{0} type errors', count),
    title: first,
  };
}

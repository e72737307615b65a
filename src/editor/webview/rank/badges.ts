import * as l10n from '@vscode/l10n';
import type { Finding } from '../../../completion/completion.ts';
import type { ShownAlternative } from '../../rank/rankMessages.ts';
import type { TypeCheck } from '../../rank/typeErrorsAnswer.ts';

/** What a badge says, and what that means. */
export interface Badge {
  readonly kind: Finding | 'typeErrors' | 'noTypeErrors' | 'typesUnchecked';
  readonly label: string;
  readonly title: string;
}

/** The badges of an alternative: all that is known of it. */
export function badgesOf({ findings, types }: Pick<ShownAlternative, 'findings' | 'types'>): Badge[] {
  return [
    ...findings.map((kind) => ({ kind, ...findingTexts[kind] })),
    ...(types === undefined ? [] : [typesBadge(types)]),
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

function typesBadge(types: TypeCheck): Badge {
  if (types.kind === 'unchecked')
    return { kind: 'typesUnchecked', label: l10n.t('types not checked'), title: types.why };
  const { count, first } = types;
  if (count === 0)
    return {
      kind: 'noTypeErrors',
      label: l10n.t('no type errors'),
      title: l10n.t('It adds no type errors to the document.'),
    };
  return {
    kind: 'typeErrors',
    label: count === 1 ? l10n.t('1 type error') : l10n.t('{0} type errors', count),
    title: first,
  };
}

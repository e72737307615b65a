import * as l10n from '@vscode/l10n';

/** A `NotStorableReason` in words. */
export function notStorableWords(reason: string): string {
  return reasonWords[reason] ?? reason;
}

const reasonWords: Readonly<Record<string, string>> = {
  foreignDocument: l10n.t('no file of yours'),
  secretFile: l10n.t('a file that holds keys'),
  excludedByUser: l10n.t('a file you excluded'),
  gitIgnored: l10n.t('a file that Git ignores'),
  secretInText: l10n.t('a text with something like a key'),
};

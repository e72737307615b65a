import * as l10n from '@vscode/l10n';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';

/** The store of this session. Throws where there is none. */
export function requireStore(store: FeedbackStore | undefined): FeedbackStore {
  if (store === undefined)
    throw new Error(l10n.t('There is no feedback store in this session; the log says why.'));
  return store;
}

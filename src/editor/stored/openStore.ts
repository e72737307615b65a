import { movedAsideNotice } from '../../feedback/errors.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { openFeedbackStore } from '../../feedback/storing/sqliteFeedbackStore.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { Notices } from '../notices.ts';

/** The user's feedback store; undefined, with a message, when it cannot be had. Completions go on without it. */
export function openStore(
  path: string,
  nowMs: number,
  notices: Pick<Notices, 'tell' | 'warnOnce'>,
): FeedbackStore | undefined {
  try {
    const { store, movedAside } = openFeedbackStore(path, nowMs);
    if (movedAside !== undefined) notices.tell('warn', movedAsideNotice(movedAside));
    return store;
  } catch (error) {
    tellStoreProblem(error, notices);
    return undefined;
  }
}

/** Tells of a store that does not work, of each reason once in a session. */
export function tellStoreProblem(problem: unknown, notices: Pick<Notices, 'warnOnce'>): void {
  notices.warnOnce(sentence`${sentenceOf(problem)} Completions go on.`);
}

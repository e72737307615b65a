import { assertNever } from '../../engine/invariant.ts';
import type { CompletionId } from '../../completion/completion.ts';
import type { CompletionOutcome, OutcomeEvidence } from './outcome.ts';

/**
 * On the screen for less than this, a completion was not read, and going on without it says nothing
 * about it. Continue uses 500 ms, Cody 750 ms, Copilot 1000 ms; Cody's it is, because a wrong
 * refusal teaches something false while a lost one costs one example.
 */
const readableAfterMs = 750;

/**
 * An Escape sooner than this was meant for something else (a list of names, Vim's insert mode):
 * it is the time a person takes to react to a sight at all.
 */
const reactionMs = 250;

/** Why a completion left the screen. */
export type EndingCause =
  /** All of its text stands in the document. */
  | { readonly kind: 'written' }
  /** Other text was written in its place. */
  | { readonly kind: 'diverged'; readonly atChar: number }
  /** The text before the cursor was changed, which it continued. */
  | { readonly kind: 'startChanged' }
  | { readonly kind: 'dismissCommand' }
  /** The cursor is elsewhere, or the document is closed. */
  | { readonly kind: 'left'; readonly why: string }
  | { readonly kind: 'superseded'; readonly by: CompletionId };

/** What was taken over of a completion so far by accepting it, whole or word by word. */
export interface Acceptance {
  /** Characters from the completion's start up to the end of the last part accepted. */
  readonly acceptedChars: number;
  /** What stood at the place before the first part. */
  readonly textBefore: string;
  /** When the last part was accepted. */
  readonly atMs: number;
  /** 'command' when the user's own accept command was heard for it. */
  readonly evidence: 'command' | 'text';
}

/** What is known of a completion when it leaves the screen. */
export interface EndingFacts {
  readonly text: string;
  readonly shownMs: number;
  /** Absent when nothing of it was accepted. */
  readonly acceptance: Acceptance | undefined;
}

/** How a completion ended and how we know. */
export interface Ending {
  readonly outcome: CompletionOutcome;
  readonly evidence: OutcomeEvidence;
}

/**
 * How a completion ended, from why it left the screen.
 *
 * What was written or accepted counts however short it was shown: the text agrees with it. To leave
 * it counts only when it could have been read, otherwise it is `unseen`.
 */
export function judgeEnding(facts: EndingFacts, cause: EndingCause): Ending {
  if (cause.kind === 'written') return judgeWritten(facts);
  if (facts.acceptance !== undefined) return partlyAccepted(facts.acceptance);
  if (cause.kind === 'superseded') return superseded(cause.by);
  const neededMs = cause.kind === 'dismissCommand' ? reactionMs : readableAfterMs;
  return facts.shownMs < neededMs ? unseen(facts.shownMs) : judgeRefused(cause);
}

/** The ending of an accept that was taken back at once: a refusal of a text seen in its place. */
export function judgeUndone(shownMs: number): Ending {
  if (shownMs < readableAfterMs) return unseen(shownMs);
  return ending({ kind: 'dismissed' }, 'text', 'It was accepted and taken out again within seconds.');
}

/** The ending of a completion that its own command or its whole text shows to be accepted. */
export function accepted(evidence: 'command' | 'text'): Ending {
  const why =
    evidence === 'command' ? 'The accept command ran.' : 'Its text came in at once, not key by key.';
  return ending({ kind: 'accepted' }, evidence, why);
}

/** The ending of a completion that another took the place of. */
export function superseded(by: CompletionId): Ending {
  return ending({ kind: 'superseded', by }, 'inferred', 'Another completion took its place.');
}

/** Whether an outcome says what the user thinks of the completion; the others never become a label. */
export function hasOpinion(outcome: CompletionOutcome): boolean {
  return outcome.kind !== 'unseen' && outcome.kind !== 'superseded';
}

/** Whether the user's own accept command was heard for what was accepted. */
export function isAcceptedByCommand({ outcome, evidence }: Ending): boolean {
  return outcome.kind === 'accepted' && evidence.kind === 'command';
}

function judgeWritten({ text, acceptance }: EndingFacts): Ending {
  if (acceptance !== undefined) return accepted(acceptance.evidence);
  return ending({ kind: 'typedThrough', typedChars: text.length }, 'text', 'All of it was typed by hand.');
}

function partlyAccepted({ acceptedChars, evidence }: Acceptance): Ending {
  const why = `The first ${acceptedChars} characters were accepted, then it was left.`;
  return ending({ kind: 'acceptedPartly', acceptedChars }, evidence, why);
}

function unseen(shownMs: number): Ending {
  const why = `It was on the screen for ${Math.round(shownMs)} ms, too short to be read.`;
  return ending({ kind: 'unseen', shownMs }, 'inferred', why);
}

function judgeRefused(cause: Exclude<EndingCause, { kind: 'written' | 'superseded' }>): Ending {
  switch (cause.kind) {
    case 'diverged':
      return ending(
        { kind: 'typedOver', divergedAtChar: cause.atChar },
        'text',
        'Other text was written instead.',
      );
    case 'startChanged':
      return ending({ kind: 'dismissed' }, 'text', 'The text before it was deleted.');
    case 'dismissCommand':
      return ending({ kind: 'dismissed' }, 'command', 'The dismiss command ran.');
    case 'left':
      return ending({ kind: 'dismissed' }, 'inferred', cause.why);
    default:
      return assertNever(cause);
  }
}

function ending(outcome: CompletionOutcome, kind: OutcomeEvidence['kind'], why: string): Ending {
  return { outcome, evidence: { kind, why } };
}

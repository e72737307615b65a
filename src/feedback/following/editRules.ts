import type { Acceptance, EndingCause } from './ending.ts';
import type { FollowedCompletion } from './followedCompletion.ts';
import type { EditedEvent, Place, Step } from './place.ts';
import type { Progress } from '../progress.ts';

/**
 * An accept taken back within this time is none: an accidental Tab, or a text refused once it stood
 * there. Time to read it in its place and to press undo.
 */
const undoneWithinMs = 5000;

/**
 * An edit within this time after the accept command is that command's work. The editor needs a frame
 * or two; the rest is for an extension host that hears of it late.
 */
const commandReachesMs = 1000;

/** The other way round: the editor runs an item's command in the same turn as its edit. */
const commandLagsMs = 250;

/**
 * So long after a completion left the screen its whole text coming in at once still is its accept,
 * heard in the wrong order. Later it is a paste or a choice from a list of names.
 */
const lateAcceptMs = 2000;

/**
 * An edit within this time before or after another branch was checked out may be Git's work: Git writes the
 * files first and says last which branch they are of, and the editor tells of both when it has read them.
 */
const checkoutLastsMs = 2000;

/**
 * An edit within this time before a save may be that save's work: VS Code takes away white space first, then gives the
 * extensions that take part 1.5 s in all (`onWillSaveTextDocument`). The rest is for the disk.
 */
const saveLastsMs = 2000;

/**
 * How we know that an edit accepted (part of) the completion on the screen. Undefined when it did
 * not: when it was typed, went elsewhere, or undid or redid something.
 */
export function acceptEvidence(
  followed: FollowedCompletion,
  step: Step,
  event: EditedEvent,
): Acceptance['evidence'] | undefined {
  if (event.reason !== undefined || !hasGrown(step.before, step.after)) return undefined;
  if (event.atMs - followed.commandAtMs <= commandReachesMs) return 'command';
  return step.isChunk ? 'text' : undefined;
}

/** Why an edit at a completion's place ends it; undefined while it goes on. */
export function causeOfEdit(place: Place, after: Progress): EndingCause | undefined {
  if (place.isLost) return { kind: 'left', why: 'The document was replaced as a whole.' };
  if (!place.startHolds) return { kind: 'startChanged' };
  if (after.kind === 'whole') return { kind: 'written' };
  return after.kind === 'diverged' ? { kind: 'diverged', atChar: after.atChar } : undefined;
}

/** Whether an edit has just taken back a completion that was accepted a moment ago. */
export function isUndone(followed: FollowedCompletion, atMs: number): boolean {
  const { acceptance } = followed;
  if (acceptance === undefined || !followed.isAccepted || followed.place.isLost) return false;
  return followed.isTakenBack && atMs - acceptance.atMs <= undoneWithinMs;
}

/** Whether an edit accepted a completion that had left the screen: heard late, or by redoing what was undone. */
export function isLateAccept(followed: FollowedCompletion, step: Step, event: EditedEvent): boolean {
  const { ending, wasUndone } = followed;
  if (ending === undefined || followed.isAccepted || ending.outcome.kind === 'superseded') return false;
  if (step.before.kind === 'whole' || step.after.kind !== 'whole') return false;
  if (event.reason !== undefined) return event.reason === 'redo' && wasUndone;
  return step.isChunk && event.atMs - ending.atMs <= lateAcceptMs;
}

/** Whether the newest edit at a completion's place was made by an accept command heard now. */
export function isCommandsWork(followed: FollowedCompletion, commandAtMs: number): boolean {
  return commandAtMs - followed.lastTouch.atMs <= commandLagsMs;
}

/** Whether an edit at a completion's place may have been made by a checkout instead of by the user. */
export function isCheckoutsWork(place: Place, editedAtMs: number): boolean {
  const { checkedOutAtMs } = place;
  return checkedOutAtMs !== undefined && Math.abs(editedAtMs - checkedOutAtMs) <= checkoutLastsMs;
}

/** Whether the edit that changed the text before a completion and so ended it may have been made by a save heard now. */
export function isSavesWork({ ending, place, wasUndone }: FollowedCompletion, savedAtMs: number): boolean {
  if (ending === undefined || place.startHolds || wasUndone) return false;
  const { outcome, evidence, atMs } = ending;
  return outcome.kind === 'dismissed' && evidence.kind === 'text' && savedAtMs - atMs <= saveLastsMs;
}

/** Whether two edits may both have been made by one checkout. */
export function isOfOneCheckout(editedAtMs: number, laterEditedAtMs: number): boolean {
  return laterEditedAtMs - editedAtMs <= checkoutLastsMs;
}

function hasGrown(before: Progress, after: Progress): boolean {
  if (after.kind === 'whole') return before.kind !== 'whole';
  if (after.kind === 'diverged') return false;
  return before.kind !== 'along' || after.matchedChars > before.matchedChars;
}

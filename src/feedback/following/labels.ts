import { assertNever } from '../../engine/invariant.ts';
import type { CompletionRecord, Correction } from '../completionRecord.ts';
import { survivalShare } from './survival.ts';

/** The training opinion derived from what became of one completion. */
export type Label =
  /** The user wanted it. `keptShare` is the share of its characters they took and kept, above 0 to 1. */
  | { readonly kind: 'kept'; readonly keptShare: number }
  /** The user saw it and did not want it. `finalText`, where the record has one, is what they wanted. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'none'; readonly why: string };

/**
 * An accepted text of which less than this is left was not kept: Copilot counts a completion as
 * still in the code up to an edit distance of half its length.
 */
export const keptFromShare = 0.5;

/** A text that stands there in the end to this share was written after all; small marks may differ. */
const writtenFromShare = 0.9;

/**
 * The training opinion of one completion.
 *
 * | outcome            | label | why |
 * |--------------------|-------|-----|
 * | none, unseen, superseded | none | nobody looked at it or answered it (AWS, Zed) |
 * | accepted, not looked at again | none | an accept is not yet a positive (Copilot, Cody, Refact measure what stays) |
 * | accepted, at least half there | kept, by the share of the last look | reward is for characters kept, not for accepts (GitHub, Cursor) |
 * | accepted, most of it rewritten | refused | the final text is what was wanted instead |
 * | acceptedPartly     | the same of the part taken; `keptShare` is of the whole text | Copilot rejects only the remainder |
 * | typedThrough       | kept | typing all of it is agreement, seen or not (Cody, Copilot's TypingAsSuggested) |
 * | typedOver          | refused | it could be read and something else was written |
 * | dismissed by command or by the text | refused | Escape, or an accept taken back: accidental or not, nobody wanted it there |
 * | dismissed or typedOver beside another completer | none | the editor shows one text at a time and says not whose; Escape and other text may have been meant for the other's |
 * | dismissed, inferred | refused if something else was written there, otherwise none | a cursor moves for many reasons; most non-accepts are no rejections |
 *
 * A correction by the user comes before all of that. A refusal whose text stands there in the end all the same contradicts itself and is none.
 */
export function labelOutcome(record: CompletionRecord): Label {
  const { outcome, correction } = record;
  if (correction !== undefined) return correctedLabel(correction);
  if (outcome === undefined) return none('Nothing became of it yet, or nothing was offered.');
  switch (outcome.kind) {
    case 'unseen':
      return none('It left the screen before it could be read.');
    case 'superseded':
      return none('Another completion took its place.');
    case 'accepted':
      return labelAccepted(record, record.text);
    case 'acceptedPartly':
      return labelAccepted(record, record.text.slice(0, outcome.acceptedChars));
    case 'typedThrough':
      return labelTyped(record);
    case 'typedOver':
    case 'dismissed':
      return labelTurnedDown(record);
    default:
      return assertNever(outcome);
  }
}

function correctedLabel({ label }: Correction): Label {
  if (label === 'kept') return kept(1);
  return label === 'refused' ? { kind: 'refused' } : none('You said that it says nothing.');
}

function labelAccepted(record: CompletionRecord, acceptedText: string): Label {
  const share = lastSurvival(record) ?? finalShare(record, acceptedText);
  if (share === undefined) return none('It was accepted, but nobody looked whether it stayed.');
  return share < keptFromShare
    ? { kind: 'refused' }
    : kept((share * acceptedText.length) / record.text.length);
}

/** Of the last look that says what the user did with it. */
function lastSurvival({ survival }: CompletionRecord): number | undefined {
  return survival.findLast(({ isCheckedOut }) => isCheckedOut !== true)?.survivalShare;
}

/** Written by hand it needs no second look; when there was one, it counts as for an accept. */
function labelTyped(record: CompletionRecord): Label {
  const share = finalShare(record, record.text) ?? 1;
  return share < keptFromShare ? { kind: 'refused' } : kept(share);
}

function labelTurnedDown(record: CompletionRecord): Label {
  const { outcome, evidence, otherCompleters = [] } = record;
  if (otherCompleters.length > 0) return none('Another extension may have shown its own text there instead.');
  const isLeft = outcome?.kind === 'dismissed' && evidence?.kind === 'inferred';
  return isLeft ? labelLeft(record) : labelRefused(record);
}

function labelRefused(record: CompletionRecord): Label {
  const share = finalShare(record, record.text) ?? 0;
  return share < writtenFromShare
    ? { kind: 'refused' }
    : none('It was refused, yet its text was written in the end.');
}

function labelLeft(record: CompletionRecord): Label {
  if (record.finalText === undefined)
    return none('It was left without an answer, and nothing was written there.');
  return labelRefused(record);
}

function finalShare(record: CompletionRecord, text: string): number | undefined {
  return record.finalText === undefined ? undefined : survivalShare(text, record.finalText);
}

function kept(keptShare: number): Label {
  return { kind: 'kept', keptShare };
}

function none(why: string): Label {
  return { kind: 'none', why };
}

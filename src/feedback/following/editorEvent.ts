import * as z from 'zod';
import { completionSchema, noCompletionSchema, type CompletionId } from '../../completion/completion.ts';
import { textChangeSchema } from '../../completion/typing/textChange.ts';

const completionId = z.string().transform((text) => text as CompletionId);
const at = {
  /** Milliseconds since the epoch, or since the start of a replay. */
  atMs: z.number().nonnegative(),
  /** The document, as VS Code writes its URI. */
  documentUri: z.string(),
};

/** Where a completion was asked: the document text around the cursor, before any change by it. */
export const askedAtSchema = z.object({
  ...at,
  languageId: z.string(),
  /** 0-based UTF-16 offset of the cursor. */
  offset: z.number().int().nonnegative(),
  prefix: z.string(),
  suffix: z.string(),
  /** Other extensions that write completions and were at work, by their ids. Absent: none is known. */
  otherCompleters: z.array(z.string()).optional(),
  /** What the user asked for there in plain words. Absent for completions. */
  instruction: z.string().optional(),
});

export type AskedAt = z.infer<typeof askedAtSchema>;

/**
 * Everything the feedback tracker hears. VS Code's listeners, the replayed developer and recorded
 * sessions (`test/replay/*.jsonl`) all speak it.
 */
export const editorEventSchema = z.discriminatedUnion('kind', [
  /** A completion was handed to the editor, which will probably show it; one that is behind another, when that is passed. */
  z.object({
    kind: z.literal('offered'),
    ...askedAtSchema.shape,
    completion: completionSchema,
    isBehind: z.literal(true).optional(),
  }),
  /** The policy was asked and there was nothing to offer. */
  z.object({ kind: z.literal('notOffered'), ...askedAtSchema.shape, noCompletion: noCompletionSchema }),
  /**
   * The editor shows nothing in the document, not even what it showed before: it was given nothing, because a list of
   * names is open, say, or the user turned to something else.
   */
  z.object({ kind: z.literal('hidden'), ...at }),
  /** The document changed; `reason` says so when VS Code knows it was an undo or a redo. */
  z.object({
    kind: z.literal('edited'),
    ...at,
    changes: z.array(textChangeSchema),
    reason: z.enum(['undo', 'redo']).optional(),
  }),
  /** The user's own accept command ran, for the whole text, the next word, or the next line. */
  z.object({
    kind: z.literal('acceptCommand'),
    ...at,
    completionId,
    part: z.enum(['all', 'word', 'line']),
  }),
  /** The user's own dismiss command (Escape). */
  z.object({ kind: z.literal('dismissCommand'), ...at }),
  /** The cursor moved without an edit. */
  z.object({ kind: z.literal('cursorMoved'), ...at, offset: z.number().int().nonnegative() }),
  z.object({ kind: z.literal('saved'), ...at }),
  z.object({ kind: z.literal('closed'), ...at }),
  /** A document has got another name or place, or all documents in a folder have. */
  z.object({ kind: z.literal('renamed'), ...at, newUri: z.string() }),
  /** Another branch or commit was checked out in the repository at `documentUri`, its folder. */
  z.object({ kind: z.literal('checkedOut'), ...at }),
]);

export type EditorEvent = z.infer<typeof editorEventSchema>;

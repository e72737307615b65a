import * as z from 'zod';
import type { PolicyId } from '../engine/policy.ts';

/** One completion, from the request that made it to the label that training uses. */
export type CompletionId = string & { readonly __brand: 'CompletionId' };

const completionId = z.string().transform((text) => text as CompletionId);
const policyId = z.string().transform((text) => text as PolicyId);
const tokens = z.array(z.number().int().nonnegative());

/** Code from elsewhere in the project that a prompt shows first (see `relatedCode.ts`). */
const relatedCodeSchema = z.object({
  /** The document that is written in, relative to its project. */
  path: z.string(),
  /** The most alike first. */
  pieces: z.array(z.object({ path: z.string(), text: z.string() })),
});

export type RelatedCode = z.infer<typeof relatedCodeSchema>;

/** Where and how a completion is wanted. */
export const completionRequestSchema = z.object({
  id: completionId,
  /** Document text before the cursor, at most `contextChars` of it. */
  prefix: z.string(),
  /** Document text behind the cursor, at most `contextChars` of it. */
  suffix: z.string(),
  /**
   * What the prompt shows as the text behind the cursor, where that is an earlier state of `suffix`
   * (see `suffixSnapshot.ts`). Absent when it shows `suffix`.
   */
  promptSuffix: z.string().optional(),
  /** Code from elsewhere in the project that the prompt shows first, for a model that knows such prompts. Absent: none. */
  related: relatedCodeSchema.optional(),
  /** VS Code's language id, for example 'typescript'. */
  languageId: z.string(),
  /** What the user asked for in plain words. Absent: what the text itself goes on with. */
  instruction: z.string().optional(),
  /**
   * Texts beside the context that the completion may repeat passages of (see `references.ts`). They
   * change nothing in what is written, only how soon it is. Absent: none.
   */
  references: z.array(z.string()).optional(),
  /** 'automatic' while typing, 'invoked' by the user's own command. */
  trigger: z.enum(['automatic', 'invoked']),
  /** How many completions; above 1 they are sampled, for the side panel and for rollouts. */
  count: z.number().int().positive(),
  /** 0 takes the likeliest text. */
  temperature: z.number().nonnegative(),
  seed: z.number().int(),
  /**
   * The least chance of being what the user writes, 0 to 1, with which a text is offered; absent, whatever is written
   * (`trimming/confidence.ts`).
   */
  minChance: z.number().min(0).max(1).optional(),
  maxPromptTokens: z.number().int().positive(),
  maxNewTokens: z.number().int().positive(),
});

export type CompletionRequest = z.infer<typeof completionRequestSchema>;

/** How long completions and their prompts may be. */
export type CompletionLimits = Pick<CompletionRequest, 'maxPromptTokens' | 'maxNewTokens'>;

/** Where a completion may be wanted soon, as far as its prompt depends on it. */
export const prepareRequestSchema = completionRequestSchema.pick({
  prefix: true,
  suffix: true,
  promptSuffix: true,
  related: true,
  maxPromptTokens: true,
});

export type PrepareRequest = z.infer<typeof prepareRequestSchema>;

/**
 * What the policy was given and what it wrote, kept exactly, so that training later scores what
 * was really sampled.
 */
export const writtenTextSchema = z.object({
  /** Without the related code in front: what of other files is shown is not kept with this one. */
  promptTokens: tokens,
  /** Text between the prompt's end and the cursor, which the policy was held to (token healing). */
  typedText: z.string(),
  completionTokens: tokens,
  /**
   * Natural log-probability of each completion token at `temperature` (1 when greedy); of those before `freeFrom`
   * among the tokens that spell `typedText`.
   */
  behaviourLogProbs: z.array(z.number()),
  /** Index of the first completion token that was chosen freely. */
  freeFrom: z.number().int().nonnegative(),
  temperature: z.number().nonnegative(),
});

export type WrittenText = z.infer<typeof writtenTextSchema>;

/** Text offered at a cursor. */
export const completionSchema = z.object({
  kind: z.literal('completion'),
  id: completionId,
  policyId,
  /** What would be inserted at the cursor; never empty. */
  text: z.string(),
  /** Characters behind the cursor that the text stands for and replaces, for example a `)` typed by the editor. */
  replacedChars: z.number().int().nonnegative(),
  /** The policy went on in the text's last line, but was not sure enough of that: where the text ends nobody chose to end. */
  endsWithinLine: z.literal(true).optional(),
  /** The policy wrote more, or would have, that was not sure enough to be offered unasked. Absent: this is all of it. */
  isSurePart: z.literal(true).optional(),
  /** The text is a first line, given out while those behind it were still being written. Absent: it is whole. */
  isFirstLine: z.literal(true).optional(),
  written: writtenTextSchema,
  /** From the request's arrival at the policy to the finished text. */
  latencyMs: z.number().nonnegative(),
});

export type Completion = z.infer<typeof completionSchema>;

/** What was found out about an alternative without asking anybody. */
export const findingSchema = z.enum([
  /** The document parses with it. */
  'parses',
  /** More of the document does not parse with it than without it. */
  'breaksSyntax',
  /** All that it says stands near the cursor already. */
  'repeatsCode',
]);

export type Finding = z.infer<typeof findingSchema>;

/** Where several completions are wanted, and what is known of them already. */
export const alternativesRequestSchema = completionRequestSchema.extend({
  /** Comes first. Absent: one is written before the others are begun. */
  first: completionSchema.optional(),
  /** What was shown there before: nothing like it comes. Absent: nothing. */
  seen: z.array(completionSchema.pick({ text: true, replacedChars: true })).optional(),
});

export type AlternativesRequest = z.infer<typeof alternativesRequestSchema>;

/** One of several texts offered at a cursor. */
export const alternativeSchema = completionSchema.extend({ findings: z.array(findingSchema) });

export type Alternative = z.infer<typeof alternativeSchema>;

/** Hears of a completion while it is written. */
export interface WritingWatch {
  /**
   * Told once, when the completion has more than one line and the first is whole while the rest is
   * still being written: the same completion, with that line for its text. The whole begins with it.
   */
  readonly onFirstLine: (firstLine: Completion) => void;
  /** Told with every token what stands at the cursor so far. Its end is not trimmed, and nothing is taken back. */
  readonly onText?: (text: string) => void;
}

/** Hears of several completions for one cursor while they are written. */
export interface ResultsWatch extends Partial<WritingWatch> {
  /** Told what a continuation came to as it ends, while others may go on, and which it is, from 0. */
  readonly onResult?: (result: CompletionResult, index: number) => void;
  /** Whether those that are still being written may end where they are. */
  readonly isEnough?: () => boolean;
}

/** Why there is nothing to offer. Counted by reason, never shown. */
export const noCompletionReasonSchema = z.enum([
  /** The request was cancelled, most often by the next keystroke. */
  'cancelled',
  /** The policy chose to write nothing. */
  'silence',
  /** The chance that it is what the user writes was too low to interrupt for. */
  'unsure',
  /** Only white space was left after trimming. */
  'blank',
  /** It would repeat what already stands behind the cursor. */
  'suffixRepeats',
  /** The user refused the same text at the same place a moment ago. */
  'justRefused',
  /** The cursor stands inside a word or before other text on its line. */
  'midWord',
  /** No model is loaded (yet). */
  'modelNotReady',
  /** Attune is off, here or for this language. */
  'disabled',
  /** The user wants completions only when they ask. */
  'onlyWhenAsked',
  /** The user does not want to be offered anything for a while. */
  'snoozed',
  /** Comments, doc strings and prose are left out. */
  'prose',
]);

export type NoCompletionReason = z.infer<typeof noCompletionReasonSchema>;

/** Nothing to offer, and why. */
export const noCompletionSchema = z.object({
  kind: z.literal('none'),
  id: completionId,
  reason: noCompletionReasonSchema,
  /** Absent when the policy was not asked. */
  policyId: policyId.optional(),
  /** What the policy wrote all the same; absent when it was not asked or was cancelled. */
  written: writtenTextSchema.optional(),
});

export type NoCompletion = z.infer<typeof noCompletionSchema>;

export type CompletionResult = Completion | NoCompletion;

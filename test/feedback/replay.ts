import * as z from 'zod';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import type { CompletionRecord } from '../../src/feedback/completionRecord.ts';
import { CompletionTracker } from '../../src/feedback/following/completionTracker.ts';
import type { TextChange } from '../../src/completion/typing/textChange.ts';
import { editorEventSchema, type EditorEvent } from '../../src/feedback/following/editorEvent.ts';
import { labelOutcome } from '../../src/feedback/following/labels.ts';
import type { CompletionOutcome } from '../../src/feedback/following/outcome.ts';
import { TypingObserver } from '../../src/feedback/following/typingObserver.ts';
import { MemoryFeedbackStore } from './memoryFeedbackStore.ts';

/**
 * Recorded editor sessions, one JSON object a line:
 *
 *   {"document": "a = \n"}                         what stands in a document when the session begins
 *   {"atMs": 0, "kind": "offered", ...}            an EditorEvent
 *   {"expect": [...], "typed": [...], "untilMs"}   the records it must leave behind
 *
 * Events leave out what a reader can do without: the document when it is file:///a.ts, its language,
 * the text around the cursor, and what the policy wrote.
 */
export interface Replay {
  readonly documents: ReadonlyMap<string, string>;
  readonly events: readonly EditorEvent[];
  readonly expectation: Expectation;
}

const expectationSchema = z.strictObject({
  /** When the session is looked at; by default long after the last look at every place. */
  untilMs: z.number().default(3_600_000),
  /** Whether the window is closed then. */
  closesWindow: z.boolean().default(false),
  expect: z.array(
    z.strictObject({
      id: z.string(),
      /** For example 'typedOver 3 by text'; absent when it has not ended. */
      ended: z.string().optional(),
      /** Shares; as a text, for example '0.00 checked out', where a look does not count. */
      survival: z.array(z.union([z.number(), z.string()])).optional(),
      finalText: z.string().optional(),
      /** For example 'kept 0.50'. */
      label: z.string(),
    }),
  ),
  typed: z.array(z.string()).default([]),
  nothingOffered: z.record(z.string(), z.number()).default({}),
});

export type Expectation = z.infer<typeof expectationSchema>;

const written = {
  promptTokens: [1],
  typedText: '',
  completionTokens: [2],
  behaviourLogProbs: [-0.5],
  freeFrom: 0,
  temperature: 0,
};

/** What an offered completion has besides its id and its text. */
export const completionDefaults = {
  kind: 'completion',
  policyId: 'base',
  replacedChars: 0,
  written,
  latencyMs: 50,
};

const startLineSchema = z.strictObject({ documentUri: z.string().optional(), document: z.string() });

export function parseReplay(text: string): Replay {
  const lines = text.trim().split('\n');
  const objects = lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  const documents = new Map<string, string>();
  for (const object of objects.filter((line) => 'document' in line)) {
    const { documentUri, document } = startLineSchema.parse(object);
    documents.set(documentUri ?? 'file:///a.ts', document);
  }
  const now = new Map(documents);
  const events = objects.filter((line) => 'kind' in line).map((line) => toEvent(line, now));
  return { documents, events, expectation: expectationSchema.parse(objects.at(-1)) };
}

/** Plays a session under a fake clock. Gives what it left behind, in the form of an expectation. */
export function runReplay({ documents, events, expectation }: Replay): Expectation {
  const clock = new VirtualClock();
  const store = new MemoryFeedbackStore();
  const now = new Map(documents);
  const tracker = new CompletionTracker(store, clock);
  const observer = new TypingObserver({
    sink: store,
    readDocument: (uri) => ({ languageId: 'typescript', text: now.get(uri) ?? '' }),
    contextChars: 1000,
    newId: () => String(store.demonstrations().length),
  });
  for (const event of events) {
    clock.advanceTo(event.atMs);
    if (event.kind === 'edited')
      now.set(event.documentUri, applyChanges(now.get(event.documentUri)!, event.changes));
    tracker.handle(event);
    observer.handle(event);
  }
  const { untilMs, closesWindow } = expectation;
  clock.advanceTo(untilMs);
  if (closesWindow) tracker.dispose();
  return {
    ...{ untilMs, closesWindow },
    expect: store.completions().map(summarise),
    typed: store.demonstrations().map(({ text }) => text),
    nothingOffered: store.counts().nothingOffered,
  };
}

export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return changes.reduce(
    (now, { offset, deletedChars, insertedText }) =>
      now.slice(0, offset) + insertedText + now.slice(offset + deletedChars),
    text,
  );
}

function toEvent(line: Readonly<Record<string, unknown>>, documents: Map<string, string>): EditorEvent {
  const documentUri = z.string().default('file:///a.ts').parse(line['documentUri']);
  const text = documents.get(documentUri) ?? '';
  const offset = z.number().default(0).parse(line['offset']);
  const around = { prefix: text.slice(0, offset), suffix: text.slice(offset) };
  const event = editorEventSchema.parse({
    documentUri,
    ...(line['kind'] === 'offered' || line['kind'] === 'notOffered'
      ? { languageId: 'typescript', ...around }
      : {}),
    ...line,
    ...('completion' in line
      ? { completion: { ...completionDefaults, ...(line['completion'] as object) } }
      : {}),
    ...('noCompletion' in line ? { noCompletion: noCompletionOf(line['noCompletion'] as object) } : {}),
  });
  if (event.kind === 'edited') documents.set(documentUri, applyChanges(text, event.changes));
  return event;
}

/** `"asked": true` stands for a policy that was asked and wrote something. */
function noCompletionOf({ asked, ...rest }: { readonly asked?: boolean }): object {
  return { kind: 'none', ...(asked === true ? { policyId: 'base', written } : {}), ...rest };
}

function summarise(record: CompletionRecord): Expectation['expect'][number] {
  const { id, outcome, evidence, survival, finalText } = record;
  const label = labelOutcome(record);
  return {
    id,
    ...(outcome && { ended: `${describe(outcome)} by ${evidence?.kind ?? ''}` }),
    ...(survival.length > 0 && {
      survival: survival.map(({ survivalShare, isCheckedOut }) => {
        const share = survivalShare.toFixed(2);
        return isCheckedOut === true ? `${share} checked out` : Number(share);
      }),
    }),
    ...(finalText !== undefined && { finalText }),
    label: label.kind === 'kept' ? `kept ${label.keptShare.toFixed(2)}` : label.kind,
  };
}

function describe(outcome: CompletionOutcome): string {
  switch (outcome.kind) {
    case 'acceptedPartly':
      return `acceptedPartly ${outcome.acceptedChars}`;
    case 'typedThrough':
      return `typedThrough ${outcome.typedChars}`;
    case 'typedOver':
      return `typedOver ${outcome.divergedAtChar}`;
    case 'unseen':
      return `unseen ${outcome.shownMs}`;
    case 'superseded':
      return `superseded ${outcome.by}`;
    case 'accepted':
    case 'dismissed':
      return outcome.kind;
  }
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompletionLimits } from '../../completion/completion.ts';
import { VirtualClock } from '../../completion/virtualClock.ts';
import type { Policy } from '../../engine/policy.ts';
import { CompletionTracker } from '../../feedback/following/completionTracker.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { ScreenedSink } from '../../feedback/storing/screenedSink.ts';
import type { RankingRecord } from '../../feedback/completionRecord.ts';
import { TypingObserver } from '../../feedback/following/typingObserver.ts';
import { sha256OfJson } from '../../trainer/canonicalJson.ts';
import { developerWorld, replayStartMs } from './developerWorld.ts';
import { ReplayedDeveloper, type DeveloperHabits, type ReplayTally } from './replayedDeveloper.ts';
import { ReplayEditor } from './replayEditor.ts';
import { ReplayedProject, type ReplayedFile } from './replayedProject.ts';
import type { TypedDocument } from './typedWork.ts';

/** A developer's work and the policy that completes it. */
export interface Collection {
  readonly policy: Policy;
  readonly limits: CompletionLimits;
  /** Where everything that becomes of the completions is stored. */
  readonly store: FeedbackStore;
  /** The project's folder; the documents' paths are relative to it. */
  readonly folder: string;
  readonly documents: readonly TypedDocument[];
  /** The project's files as they stand before; absent: prompts show nothing of other files. */
  readonly projectFiles?: readonly ReplayedFile[] | undefined;
  readonly habits: DeveloperHabits;
  /** How sure the policy has to be to offer something; absent: it offers whatever it writes. */
  readonly minChance?: number | undefined;
  /** When the work begins; absent: when every replay does. */
  readonly startMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly onAsked: (tally: ReplayTally) => void;
}

/** More than a prompt can take. */
const observedContextChars = 8192;

/**
 * Lets the developer write everything once on a virtual clock, with completions from the policy,
 * through the completer, the tracker and the screening that the editor uses.
 *
 * A second run of the same work adds nothing to the store: its records have the same ids. Throws
 * what the store throws, and an AbortError when cancelled; what was stored until then stays.
 */
export async function collectFeedback(collection: Collection): Promise<ReplayTally> {
  const { store, folder, documents, projectFiles, limits, habits, startMs = replayStartMs } = collection;
  const clock = new VirtualClock(startMs);
  const problems: unknown[] = [];
  const rules = { excludedPatterns: [], workspaceFolders: [folder] };
  const sink = new ScreenedSink(
    store,
    () => rules,
    (problem) => problems.push(problem),
  );
  const tracker = new CompletionTracker(sink, clock);
  const newId = idSource(collection);
  const project = projectFiles && new ReplayedProject(folder, limits.maxPromptTokens, projectFiles);
  const addRanking = (ranking: RankingRecord): void => sink.addRanking(ranking);
  const world = developerWorld({ ...collection, ...{ clock, project, newId, addRanking } });
  const developer = new ReplayedDeveloper(habits, world);
  try {
    for (const document of documents) {
      const editor = openInEditor(document, folder, { clock, sink, tracker, newId });
      project?.open(editor);
      await developer.write(document, editor);
      project?.save(editor);
      await sink.settled();
      if (problems.length > 0) throw problems[0];
    }
  } finally {
    tracker.dispose();
    await sink.settled();
  }
  return developer.tally;
}

type NewId = (kind: string) => string;

/** What all parts of one replay share. */
interface Replay {
  readonly clock: VirtualClock;
  readonly sink: ScreenedSink;
  readonly newId: NewId;
}

/** An editor with the document as it was before, heard by the tracker and by an observer of its own. */
function openInEditor(
  { path, languageId, before }: TypedDocument,
  folder: string,
  { clock, sink, tracker, newId }: Replay & { readonly tracker: CompletionTracker },
): ReplayEditor {
  const observer = new TypingObserver({
    sink,
    readDocument: () => editor,
    contextChars: observedContextChars,
    newId: () => newId('typed'),
  });
  const document = { documentUri: pathToFileURL(join(folder, path)).href, languageId, text: before };
  const editor = new ReplayEditor(document, clock, [
    (event) => tracker.handle(event),
    (event) => observer.handle(event),
  ]);
  return editor;
}

/** Ids that no other work has, and that the same work has again. */
function idSource({ policy, limits, folder, documents, habits }: Collection): NewId {
  const work = sha256OfJson({ policyId: policy.id, limits, folder, documents, habits }).slice(0, 12);
  let count = 0;
  return (kind) => `${kind}-${work}-${(count += 1)}`;
}

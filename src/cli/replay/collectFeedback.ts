import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alternativesAt, completeAt } from '../../completion/completeAt.ts';
import type { CompletionId } from '../../completion/completion.ts';
import { CompletionCache } from '../../completion/completionCache.ts';
import { Completer } from '../../completion/completer.ts';
import { RefusedTexts } from '../../completion/refusedTexts.ts';
import type { Policy } from '../../engine/policy.ts';
import { CompletionTracker } from '../../feedback/completionTracker.ts';
import type { FeedbackStore } from '../../feedback/feedbackStore.ts';
import { ScreenedSink } from '../../feedback/screenedSink.ts';
import { TypingObserver } from '../../feedback/typingObserver.ts';
import type { CompletionLimits } from '../../trainer/heldOutEvaluation.ts';
import {
  ReplayedDeveloper,
  type DeveloperHabits,
  type DeveloperWorld,
  type ReplayTally,
} from './replayedDeveloper.ts';
import { ReplayEditor } from './replayEditor.ts';
import type { TypedDocument } from './typedWork.ts';
import { VirtualClock } from './virtualClock.ts';

/** A developer's work and the policy that completes it. */
export interface Collection {
  readonly policy: Policy;
  readonly limits: CompletionLimits;
  /** Where everything that becomes of the completions is stored. */
  readonly store: FeedbackStore;
  /** The project's folder; the documents' paths are relative to it. */
  readonly folder: string;
  readonly documents: readonly TypedDocument[];
  readonly habits: DeveloperHabits;
  readonly signal: AbortSignal;
  readonly onAsked: (tally: ReplayTally) => void;
}

/** As long as Attune's own default. */
const debounceMs = 75;
/** More than a prompt can take. */
const observedContextChars = 8192;

/**
 * Lets the developer write everything once on a virtual clock, with completions from the policy,
 * through the completer, the tracker and the screening that the editor uses.
 */
export async function collectFeedback(collection: Collection): Promise<ReplayTally> {
  const { store, folder, documents, habits } = collection;
  const clock = new VirtualClock(Date.now());
  const rules = { excludedPatterns: [], workspaceFolders: [folder] };
  const sink = new ScreenedSink(store, () => rules, rethrow);
  const tracker = new CompletionTracker(sink, clock);
  const newId = idSource('typed');
  const developer = new ReplayedDeveloper(habits, developerWorld(collection, clock, sink));
  for (const document of documents) {
    const documentUri = pathToFileURL(join(folder, document.path)).href;
    const observer = new TypingObserver({
      sink,
      readDocument: () => editor,
      contextChars: observedContextChars,
      newId,
    });
    const editor = new ReplayEditor(
      { documentUri, languageId: document.languageId, text: document.before },
      clock,
      [(event) => tracker.handle(event), (event) => observer.handle(event)],
    );
    await developer.write(document, editor);
    await sink.settled();
  }
  tracker.dispose();
  return developer.tally;
}

function developerWorld(
  { policy, limits, signal, onAsked }: Collection,
  clock: VirtualClock,
  sink: ScreenedSink,
): DeveloperWorld {
  const newCompletionId = idSource('completion') as () => CompletionId;
  const newRequestId = idSource('alternatives') as () => CompletionId;
  const completer = new Completer({
    complete: (request, requestSignal) => completeAt(request, policy, requestSignal),
    clock,
    cache: new CompletionCache(),
    refused: new RefusedTexts(clock),
    settings: () => ({ isEnabled: true, languages: {}, debounceMs, ...limits }),
    newId: newCompletionId,
  });
  completer.setPolicy(policy.id);
  return {
    ...{ clock, completer, limits, policyId: policy.id, signal, onAsked },
    alternatives: (request) => alternativesAt({ ...request, id: newRequestId() }, policy, signal),
    addRanking: (ranking) => sink.addRanking(ranking),
  };
}

function idSource(kind: string): () => string {
  let count = 0;
  return () => `${kind}-${(count += 1)}`;
}

function rethrow(problem: unknown): void {
  throw problem;
}

import {
  ReplayedDeveloper,
  type DeveloperHabits,
  type JudgedAnswer,
} from '../../../src/cli/replay/replayedDeveloper.ts';
import { ReplayEditor } from '../../../src/cli/replay/replayEditor.ts';
import type { TypedDocument } from '../../../src/cli/replay/typedWork.ts';
import { alternativesAt } from '../../../src/completion/alternatives.ts';
import { completeAt } from '../../../src/completion/completeAt.ts';
import { Completer } from '../../../src/completion/completer.ts';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { CompletionCache } from '../../../src/completion/typing/completionCache.ts';
import { RefusedTexts } from '../../../src/completion/asking/refusedTexts.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { RankingRecord } from '../../../src/feedback/completionRecord.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import { TurnPolicy, type Turn } from '../turnPolicy.ts';

/** The whole of a document typed into nothing. */
export function typed(typedText: string): TypedDocument {
  return {
    path: 'a.ts',
    languageId: 'typescript',
    before: '',
    regions: [{ offset: 0, deletedChars: 0, typedText }],
  };
}

const limits = { maxPromptTokens: 256, maxNewTokens: 64 };

/** Lets a developer write a document while a policy writes `turns`, and gives all there is to see. */
export async function write(
  document: TypedDocument,
  turns: readonly Turn[],
  habits: Partial<DeveloperHabits> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const policy = new TurnPolicy(turns);
  const clock = new VirtualClock();
  const events: EditorEvent[] = [];
  const rankings: RankingRecord[] = [];
  const judged: JudgedAnswer[] = [];
  let idCount = 0;
  const newId = () => String((idCount += 1));
  const completer = new Completer({
    ...{ clock, cache: new CompletionCache(), refused: new RefusedTexts(clock) },
    complete: (request, requestSignal) => completeAt(request, policy, requestSignal),
    settings: () => ({ isEnabled: true, languages: {}, debounceMs: 100, ...limits }),
    newId: newId as () => CompletionId,
  });
  completer.setPolicy(policy.id);
  const developer = new ReplayedDeveloper(
    {
      seed: 1,
      asking: { kind: 'lines', share: 1 },
      rankEvery: 0,
      correctedShare: 0,
      takesCompletions: true,
      ...habits,
    },
    {
      ...{ clock, completer, limits, signal, policyId: policy.id },
      alternatives: (request) => alternativesAt({ ...request, id: 'r' as CompletionId }, policy, signal),
      addRanking: (ranking) => rankings.push(ranking),
      newRankingId: newId,
      onAsked: () => undefined,
      onJudged: (answer) => judged.push(answer),
    },
  );
  const { languageId, before: text } = document;
  const editor = new ReplayEditor({ documentUri: 'file:///a.ts', languageId, text }, clock, [
    (event) => events.push(event),
  ]);
  await developer.write(document, editor);
  return { text: editor.text, tally: developer.tally, events, rankings, judged, policy };
}

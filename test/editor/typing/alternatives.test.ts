import { describe, expect, it } from 'vitest';
import type { WantedPlace } from '../../../src/completion/wantedPlace.ts';
import type {
  Alternative,
  AlternativesRequest,
  Completion,
  CompletionId,
} from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { Alternatives } from '../../../src/editor/typing/alternatives.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';

const completion = (id: string, text: string): Alternative => ({
  kind: 'completion',
  id: id as CompletionId,
  policyId: 'tiny' as PolicyId,
  text,
  replacedChars: 0,
  written: {
    ...{ promptTokens: [1], typedText: '', completionTokens: [2], behaviourLogProbs: [-1] },
    ...{ freeFrom: 0, temperature: 0.8 },
  },
  latencyMs: 1,
  findings: [],
});

const place = (offset = 4): WantedPlace => ({
  ...{ documentUri: 'file:///a.ts', languageId: 'typescript', trigger: 'invoked' },
  ...{ prefix: 'a = '.slice(0, offset), suffix: '', offset },
});

const first: Completion = completion('c1', 'foo()');

/** An editor that asks the alternatives as VS Code does, and what it was made to do. */
function editorWith(written: readonly Alternative[]) {
  const events: EditorEvent[] = [];
  const runs: string[] = [];
  const said: string[] = [];
  const requests: AlternativesRequest[] = [];
  const wanted: number[] = [];
  const now = { place: place(), known: first, lastId: first.id };
  const alternatives: Alternatives = new Alternatives({
    engine: {
      alternatives: (request) => {
        requests.push(request);
        return Promise.resolve(written);
      },
    },
    completer: {
      knownAt: () => now.known,
      keep: (_, kept) => (now.known = kept),
      shownAt: () => ({ promptSuffix: 'of a moment ago' }),
    },
    offers: {
      get lastId() {
        return now.lastId;
      },
      get shownId() {
        return now.lastId;
      },
    },
    noteCompletionWanted: () => wanted.push(requests.length),
    hear: (event) => {
      expect(event).toMatchObject({ atMs: 5000, otherCompleters: ['some.other'] });
      events.push(event);
      if (event.kind === 'offered' && event.isBehind !== true) now.lastId = event.completion.id;
    },
    clock: new VirtualClock(5000),
    askedAt: ({ documentUri, languageId, offset, prefix, suffix }, atMs) => ({
      ...{ documentUri, languageId, offset, prefix, suffix },
      ...{ atMs, otherCompleters: ['some.other'] },
    }),
    settings: () => ({ maxPromptTokens: 64, maxNewTokens: 16 }),
    newId: () => 'r' as CompletionId,
    placeNow: () => now.place,
    say: (text) => said.push(text),
    run: async (command) => {
      runs.push(command);
      if (command !== 'hide') await alternatives.with(now.known, now.place, new AbortController().signal);
    },
  });
  const heard = () =>
    events.flatMap((event) =>
      event.kind === 'offered' ? [`${event.completion.id}${event.isBehind === true ? ' behind' : ''}`] : [],
    );
  return { alternatives, now, requests, wanted, runs, said, heard };
}

const others = [completion('c2', 'bar()'), completion('c3', 'baz()')];

describe('Alternatives', () => {
  it('writes others when they are wanted, and goes round through them', async () => {
    const { alternatives, runs, heard, requests } = editorWith(others);
    for (let i = 0; i < 3; i++) await alternatives.showNext();
    await alternatives.showPrevious();
    expect(heard()).toEqual(['c2 behind', 'c3 behind', 'c2', 'c3', 'c1', 'c3']);
    expect(runs).toEqual(['showNext', 'showNext', 'showNext', 'showPrevious']);
    expect(requests).toMatchObject([{ suffix: '', promptSuffix: 'of a moment ago' }]);
  });

  it('has training make way before it asks for them', async () => {
    const { alternatives, wanted } = editorWith(others);
    for (let i = 0; i < 3; i++) await alternatives.showNext();
    expect(wanted).toEqual([0]);
  });

  it('makes the one on the screen the one that is known at the place', async () => {
    const { alternatives, now } = editorWith(others);
    await alternatives.showNext();
    expect(now.known.id).toBe('c2');
  });

  it('leaves out what is the same as the one that stands there', async () => {
    const { alternatives, now, heard } = editorWith([completion('c2', ' foo()\n'), others[1]!]);
    expect(await alternatives.with(first, now.place, new AbortController().signal)).toEqual([
      first,
      others[1],
    ]);
    expect(heard()).toEqual(['c3 behind']);
  });

  it('tells no step where there is nothing else', async () => {
    const { alternatives, said, heard } = editorWith([]);
    await alternatives.showNext();
    expect(heard()).toEqual([]);
    expect(said.at(-1)).toBe('Attune has no other completion here.');
  });

  it('writes none for a completion that does not stand there yet', async () => {
    const { alternatives, now, requests } = editorWith(others);
    now.lastId = 'other' as CompletionId;
    expect(await alternatives.with(first, now.place, new AbortController().signal)).toEqual([first]);
    await alternatives.showNext();
    expect(requests).toHaveLength(0);
  });

  it('begins anew where the cursor has moved on', async () => {
    const { alternatives, now, heard, requests } = editorWith(others);
    await alternatives.showNext();
    now.place = place(3);
    await alternatives.showNext();
    expect(requests).toHaveLength(2);
    expect(heard().at(-1)).toBe('c3');
  });

  it('begins anew where another policy answers by now', async () => {
    const { alternatives, now, requests } = editorWith(others);
    await alternatives.showNext();
    now.known = completion('d1', 'new()');
    now.lastId = now.known.id;
    await alternatives.showNext();
    expect(requests).toHaveLength(2);
  });

  it('writes no others for the rest of a completion, and has VS Code ask again when they are wanted', async () => {
    const { alternatives, runs, requests } = editorWith(others);
    await alternatives.grow();
    expect(requests).toHaveLength(0);
    await alternatives.showNext();
    expect(requests).toHaveLength(1);
    expect(runs).toEqual(['showNext', 'hide', 'trigger', 'showNext']);
  });
});

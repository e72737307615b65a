import { describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { Completer } from '../../../src/completion/completer.ts';
import {
  completionSchema,
  noCompletionSchema,
  type CompletionResult,
} from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import { completionDefaults } from '../../feedback/replay.ts';
import { recordingLog } from '../recordingLog.ts';

/** As much of VS Code as the provider knows, for documents of one line. */
const api = await vi.hoisted(async () => {
  const { position, Position, Range, InlineCompletionItem } = await import('../fakeVsCode.ts');
  return {
    ...{ position, Position, Range, InlineCompletionItem },
    InlineCompletionTriggerKind: { Invoke: 0, Automatic: 1 },
    extensions: { getExtension: () => undefined },
    window: { activeTextEditor: {} },
  };
});
vi.mock('vscode', () => api);
const { AttuneInlineCompletionProvider } =
  await import('../../../src/editor/typing/inlineCompletionProvider.ts');

interface Asked {
  /** The document, with its cursor (`█`). */
  readonly text?: string;
  readonly isSelecting?: boolean;
  readonly cursors?: number;
  readonly isInvoked?: boolean;
  /** Whether the completer would ask the policy there; absent: yes. */
  readonly isWanted?: boolean;
  /** What becomes of the others that are written for it; 'cancelled' by the next key. */
  readonly others?: Error | 'cancelled';
  /** What VS Code's list of names has selected, and where what it replaces begins. */
  readonly selected?: { readonly text: string; readonly from: number };
}

/** What the provider gives VS Code, and what it tells of that, when the completer writes a text or keeps silent (''). */
async function provide(written: string | Error, asked: Asked = {}) {
  const { isWanted = true } = asked;
  const noteCompletionWanted = vi.fn<() => void>();
  const events: EditorEvent[] = [];
  let cancel: () => void = () => undefined;
  const { log, lines } = recordingLog();
  const completeAt = vi.fn<Completer['completeAt']>(() =>
    written instanceof Error ? Promise.reject(written) : Promise.resolve(resultOf(written)),
  );
  const provider = new AttuneInlineCompletionProvider({
    completer: { completeAt, isWantedAt: () => isWanted } as Partial<Completer> as Completer,
    alternatives: {
      standingId: undefined,
      with: async (first, _, signal) => {
        await Promise.resolve();
        if (asked.others instanceof Error) throw asked.others;
        if (asked.others === 'cancelled') cancel();
        signal.throwIfAborted();
        return [first];
      },
    },
    noteCompletionWanted,
    clock: new VirtualClock(70),
    hear: (event) => events.push(event),
    log,
  });
  const items = await provider.provideInlineCompletionItems(
    ...(request(asked, (listener) => (cancel = listener)) as Request),
  );
  const isFailing = written instanceof Error || asked.others instanceof Error;
  expect(lines).toHaveLength(isFailing ? 1 : 0);
  const shown = items.map(({ insertText }) => insertText);
  const [isWritten, makesWay] = [completeAt, noteCompletionWanted].map(({ mock }) => mock.calls.length > 0);
  return { shown, events, told: events.map(({ kind }) => kind), isWritten, makesWay, lines };
}

type Request = [
  vscode.TextDocument,
  vscode.Position,
  vscode.InlineCompletionContext,
  vscode.CancellationToken,
];

/** Opens the document in the editor in front, and asks as VS Code does. */
function request(
  { text = 'a = █', isSelecting = false, cursors = 1, isInvoked = false, selected }: Asked,
  onCancel: (cancel: () => void) => void,
) {
  const cursor = text.indexOf('█');
  const content = text.replace('█', '');
  const document = {
    ...{ uri: { scheme: 'file', toString: () => 'file:///a.ts' }, languageId: 'typescript', version: 1 },
    offsetAt: ({ character = content.length }) => character,
    positionAt: api.position,
    getText: ({ start, end }: vscode.Range) => content.slice(start.character, end.character),
  };
  const selection = { isEmpty: !isSelecting };
  api.window.activeTextEditor = { document, selection, selections: Array(cursors).fill(selection) };
  const selectedCompletionInfo = selected && {
    text: selected.text,
    range: new api.Range(api.position(selected.from), api.position(cursor)),
  };
  const context = { triggerKind: isInvoked ? 0 : 1, selectedCompletionInfo };
  const onCancellationRequested = (cancel: () => void) => {
    onCancel(cancel);
    return { dispose: () => undefined };
  };
  const token = { onCancellationRequested };
  return [document, api.position(cursor), context, token] as unknown[];
}

function resultOf(text: string): CompletionResult {
  return text === ''
    ? noCompletionSchema.parse({ kind: 'none', id: 'n1', reason: 'silence' })
    : completionSchema.parse({ ...completionDefaults, id: 'c1', text });
}

const hidden: EditorEvent = { kind: 'hidden', atMs: 70, documentUri: 'file:///a.ts' };

describe('AttuneInlineCompletionProvider', () => {
  it('gives what is written, and tells that it is offered', async () => {
    expect(await provide('foo(bar)')).toMatchObject({ shown: ['foo(bar)'], told: ['offered'] });
  });

  it('tells that nothing is offered', async () => {
    expect(await provide('')).toMatchObject({ shown: [], told: ['notOffered'] });
  });

  it('tells that what was shown is hidden when the completer fails', async () => {
    expect(await provide(new Error('The disk is full.'))).toMatchObject({ shown: [], events: [hidden] });
  });

  const taken = [
    ['beside a selection', { isSelecting: true }],
    ['at several cursors', { cursors: 2 }],
  ] as const;

  it.each(taken)('has nothing written %s, and tells that what was shown is hidden', async (_, cursor) => {
    expect(await provide('foo(bar)', cursor)).toMatchObject({
      ...{ shown: [], isWritten: false, events: [hidden] },
    });
  });

  it.each(taken)('gives what is written %s when it is asked', async (_, cursor) => {
    expect(await provide('foo(bar)', { ...cursor, isInvoked: true })).toMatchObject({
      ...{ shown: ['foo(bar)'], told: ['offered'] },
    });
  });

  it('tells that it is hidden while a name is selected in the list that it does not go on with', async () => {
    const selected = { text: 'format', from: 4 };
    expect(await provide('o(bar)', { text: 'a = fo█', selected })).toMatchObject({
      ...{ shown: [], events: [hidden] },
    });
  });

  it('gives what goes on with the name that is selected in the list', async () => {
    const selected = { text: 'foo', from: 4 };
    expect(await provide('o(bar)', { text: 'a = fo█', selected })).toMatchObject({
      ...{ shown: ['o(bar)'], told: ['offered'] },
    });
  });

  it('still gives what stands where no others can be written, and tells the log why', async () => {
    const asked = { isInvoked: true, others: new Error('The engine is gone.') };
    const { lines, ...given } = await provide('foo(bar)', asked);
    expect(given).toMatchObject({ shown: ['foo(bar)'], told: ['offered'] });
    expect(lines[0]).toMatch(/^warn No other completions: Error: The engine is gone\./);
  });

  it('tells nothing where the next key comes while others are written', async () => {
    const asked = { isInvoked: true, others: 'cancelled' } as const;
    expect(await provide('foo(bar)', asked)).toMatchObject({ shown: [], told: [], lines: [] });
  });

  it.each([true, false])('has training make way where a completion is wanted: %s', async (isWanted) => {
    expect(await provide('foo(bar)', { isWanted })).toMatchObject({ makesWay: isWanted });
  });
});

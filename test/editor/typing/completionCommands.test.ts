import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { cursorText } from '../../support/cursorText.ts';

/** As much of VS Code as the command knows, for documents whose positions are offsets. */
const api = await vi.hoisted(async () => ({
  /** Made for the end of the document alone. */
  Position: class {
    readonly line: number;
    constructor(line: number) {
      this.line = line;
    }
  },
  Range: (await import('../fakeVsCode.ts')).NumberRange,
  commands: { executeCommand: vi.fn(() => Promise.resolve()) },
  window: { activeTextEditor: undefined as object | undefined },
}));
vi.mock('vscode', () => api);
const { CompletionCommands } = await import('../../../src/editor/typing/completionCommands.ts');

/** Puts a document with its cursor (`█`) in front. */
function open(marked: string, scheme = 'file'): void {
  const { prefix, suffix } = cursorText(marked);
  const text = prefix + suffix;
  const document = {
    ...{ uri: { scheme, toString: () => `${scheme}:///a.ts` }, languageId: 'typescript' },
    offsetAt: (position: unknown) => (typeof position === 'number' ? position : text.length),
    positionAt: (offset: number) => Math.min(offset, text.length),
    getText: ({ from, to }: { readonly from: number; readonly to: number }) => text.slice(from, to),
  };
  api.window.activeTextEditor = { document, selection: { active: prefix.length } };
}

/** Runs the command, and gives what it says and what VS Code is made to do. */
async function trigger(): Promise<{ readonly said: string[]; readonly run: unknown[] }> {
  const said: string[] = [];
  const tell = (_: string, message: unknown): void => void said.push(String(message));
  const commands = new CompletionCommands({
    ...{ offers: { lastId: undefined }, hear: () => undefined, clock: new VirtualClock(), notices: { tell } },
  });
  await commands.trigger();
  return { said, run: api.commands.executeCommand.mock.calls.flat() };
}

describe('Trigger Completion', () => {
  beforeEach(() => {
    api.commands.executeCommand.mockClear();
    api.window.activeTextEditor = undefined;
  });

  it.each(['a = █', 'f(█);', 'if (a) █{'])('asks VS Code at %s', async (marked) => {
    open(marked);
    expect(await trigger()).toEqual({ said: [], run: ['editor.action.inlineSuggest.trigger'] });
  });

  it.each(['con█st', 'a = █foo(bar);', 'call(█ b);', 'a = b █// note'])(
    'says that nothing is offered at %s, and asks nobody',
    async (marked) => {
      open(marked);
      const said = [expect.stringContaining('Within a word or before other text on its line')];
      expect(await trigger()).toEqual({ said, run: [] });
    },
  );

  it('says so in a document that is not completed', async () => {
    open('a = █', 'output');
    expect(await trigger()).toEqual({ said: [expect.stringContaining('(output)')], run: [] });
  });

  it('says without an editor what to do', async () => {
    expect(await trigger()).toEqual({ said: [expect.stringContaining('Open a file')], run: [] });
  });
});

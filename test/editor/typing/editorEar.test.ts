import { describe, expect, it } from 'vitest';
import { EditorEar } from '../../../src/editor/typing/editorEar.ts';
import { recordingLog } from '../recordingLog.ts';

const saved = { kind: 'saved', atMs: 7, documentUri: 'file:///a' } as const;

describe('EditorEar', () => {
  it('tells all listeners in order, also when one of them fails, and logs why', () => {
    const { log, lines } = recordingLog();
    const heard: string[] = [];
    const failing = {
      handle: () => {
        throw new Error('no room');
      },
    };
    const ear = new EditorEar(
      [{ handle: () => heard.push('a') }, failing, { handle: () => heard.push('b') }],
      log,
    );
    ear.handle(saved);
    expect(heard).toEqual(['a', 'b']);
    expect(lines).toEqual([expect.stringContaining(`error Feedback missed 'saved': Error: no room`)]);
  });

  it('knows when something last happened', () => {
    const ear = new EditorEar([], recordingLog().log);
    expect(ear.lastEventMs).toBe(0);
    ear.handle(saved);
    expect(ear.lastEventMs).toBe(7);
  });
});

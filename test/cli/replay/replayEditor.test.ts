import { describe, expect, it } from 'vitest';
import { ReplayEditor } from '../../../src/cli/replay/replayEditor.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';

function openEditor(text: string) {
  const events: EditorEvent[] = [];
  const clock = new VirtualClock(7);
  const document = { documentUri: 'file:///a.ts', languageId: 'typescript', text };
  const editor = new ReplayEditor(document, clock, [(event) => events.push(event)]);
  return { editor, clock, events };
}

const at = { atMs: 7, documentUri: 'file:///a.ts' };

describe('the replayed editor', () => {
  it('inserts at the cursor, puts the cursor behind it, and says so as VS Code would', () => {
    const { editor, events } = openEditor('a = ;\n');
    editor.moveTo(4);
    editor.insert('12');
    expect(editor.text).toBe('a = 12;\n');
    expect(editor.context).toEqual({ prefix: 'a = 12', suffix: ';\n' });
    expect(events).toEqual([
      { kind: 'cursorMoved', ...at, offset: 4 },
      { kind: 'edited', ...at, changes: [{ offset: 4, deletedChars: 0, insertedText: '12' }] },
    ]);
  });

  it('replaces what stands behind the cursor in one change', () => {
    const { editor, events } = openEditor('old text');
    editor.insert('new', 3);
    expect(editor.text).toBe('new text');
    expect(events).toEqual([
      { kind: 'edited', ...at, changes: [{ offset: 0, deletedChars: 3, insertedText: 'new' }] },
    ]);
  });

  it('tells everybody of a save and of being closed, at the time it is', () => {
    const { editor, clock, events } = openEditor('');
    editor.save();
    clock.advanceBy(1);
    editor.close();
    expect(events).toEqual([
      { kind: 'saved', ...at },
      { kind: 'closed', ...at, atMs: 8 },
    ]);
  });
});

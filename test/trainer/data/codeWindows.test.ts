import { describe, expect, it } from 'vitest';
import { codeWindows, type CodeWindow, type SourceFile } from '../../../src/trainer/data/codeWindows.ts';

const lines = Array.from({ length: 100 }, (_, i) => `const value${i} = compute(${i});`);

const file = (text: string, documentUri = 'file:///a.ts'): SourceFile => ({
  documentUri,
  path: documentUri.slice('file:///'.length),
  languageId: 'typescript',
  text,
});

const drawnBy = { seed: 1, isHeldOutLine: () => false };
const all = { ...drawnBy, maxWindows: 100 };

/** Where a window begins in a text that holds it once. */
const startIn =
  (text: string) =>
  (window: CodeWindow): number =>
    text.indexOf(window.text);

describe('codeWindows', () => {
  it.each(['', '\n', '\n\n\n'])('holds each character of a file once that ends with %j', (end) => {
    const text = lines.join('\n') + end;
    const windows = codeWindows([file(text)], all).sort((a, b) => startIn(text)(a) - startIn(text)(b));
    expect(windows.length).toBeGreaterThanOrEqual(3);
    expect(windows.map((window) => window.text).join('')).toBe(text);
  });

  it('ends each window but the last with a whole line, behind as many characters as it holds at least', () => {
    const text = lines.join('\n');
    const windows = codeWindows([file(text)], all);
    const others = windows.filter((window) => !text.endsWith(window.text));
    expect(others).toHaveLength(windows.length - 1);
    for (const window of others) {
      expect(window.text).toMatch(/\n$/);
      expect(window.text.length).toBeGreaterThanOrEqual(800);
      expect(window.text.length).toBeLessThan(800 + Math.max(...lines.map(({ length }) => length + 1)));
    }
  });

  it('shows what stands around a window: whole lines above it, and text below', () => {
    const text = lines.join('\n');
    for (const { prefix, text: written, suffix } of codeWindows([file(text)], all)) {
      expect(`\n${text}`).toContain(`\n${prefix}${written}${suffix}`);
      expect(prefix.length).toBeLessThan(300);
      if (!text.startsWith(written)) expect(prefix.length).toBeGreaterThanOrEqual(240);
    }
  });

  it('draws others where windows hold a line that is held out, of whichever document it is', () => {
    const isHeldOutLine = (line: string, documentUri?: string): boolean =>
      documentUri === undefined && /value[0-5]?\d\b/.test(line);
    const windows = codeWindows([file(lines.join('\n'))], { ...drawnBy, maxWindows: 1, isHeldOutLine });
    expect(windows).toHaveLength(1);
    expect(windows[0]!.text).not.toMatch(/value[0-5]?\d\b/);
  });

  it('takes a held-out line that stands in more files than a file and its copy for an idiom', () => {
    const isHeldOutLine = (line: string): boolean => line === 'if (error !== undefined) {';
    const urisWith = (names: readonly string[]): string[] => {
      const files = ['a', 'b', 'c'].map((name) =>
        file(
          names.includes(name) ? `start${name}();\n  if (error !== undefined) {\n` : `start${name}();\n`,
          `file:///${name}.ts`,
        ),
      );
      return codeWindows(files, { ...all, isHeldOutLine }).map(({ documentUri }) => documentUri);
    };
    expect(urisWith(['a', 'b'])).toEqual(['file:///c.ts']);
    expect(urisWith(['a', 'b', 'c'])).toHaveLength(3);
  });

  it('leaves out what is blank', () => {
    expect(codeWindows([file('\n \n'.repeat(1000))], all)).toEqual([]);
    expect(codeWindows([file('')], all)).toEqual([]);
  });

  it('begins with the lines that the developer wrote last, where that is known', () => {
    const linesWritten = lines.map((_, i) => (i < 50 ? null : i));
    const files = [file(lines.join('\n')), { ...file(lines.join('\n'), 'file:///b.ts'), linesWritten }];
    const [last, before] = codeWindows(files, { ...drawnBy, maxWindows: 2 });
    expect([last!.documentUri, before!.documentUri]).toEqual(['file:///b.ts', 'file:///b.ts']);
    expect(last!.text).toContain('value99');
    expect(before!.text).not.toContain('value99');
    expect(before!.suffix).toContain(last!.text.split('\n')[0]!);
  });

  it('draws as many windows as are wanted, the same ones for the same seed', () => {
    const files = ['a', 'b', 'c'].map((name) => file(lines.join('\n'), `file:///${name}.ts`));
    const drawn = (seed: number) => codeWindows(files, { ...all, seed, maxWindows: 5 });
    expect(drawn(1)).toHaveLength(5);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(2)).not.toEqual(drawn(1));
  });
});

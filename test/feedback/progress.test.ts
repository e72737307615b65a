import { describe, expect, it } from 'vitest';
import { progressOf, type Progress } from '../../src/feedback/progress.ts';

const along = (matchedChars: number): Progress => ({ kind: 'along', matchedChars });
const diverged = (atChar: number): Progress => ({ kind: 'diverged', atChar });
const whole: Progress = { kind: 'whole' };

describe('what stands at the cursor, beside the completion', () => {
  it.each([
    ['nothing yet', 'foo', '', '', along(0)],
    ['a beginning', 'foo', 'fo', '', along(2)],
    ['all of it', 'foo', 'foo', '', whole],
    ['something else', 'foo', 'x', '', diverged(0)],
    ['something else further on', 'foo', 'fox', '', diverged(2)],
    ['a space where none was offered', 'foo', 'foo ', '', diverged(3)],
    ['a bracket closed by the editor', 'f(a)', 'f()', '', along(2)],
    ['a quote closed by the editor', '"ab"', '"a"', '', along(2)],
    ['two brackets closed by the editor', 'f([a])', 'f([])', '', along(3)],
    ['a closed block broken by Enter', '{\n  a\n}', '{\n  \n}', '', along(4)],
    ['a closing bracket that nothing called for', 'ab', 'a)', '', diverged(1)],
    ['white space only', 'foo(bar)', 'foo\n', '', diverged(3)],
    ['the replaced bracket, nothing typed', 'a)', ')', ')', along(0)],
    ['the replaced bracket behind what is typed', 'a, b)', 'a,)', ')', along(2)],
    ['all but the bracket, which is there', 'a)', 'a)', ')', whole],
    ['the completion and the bracket it was to replace', 'a)', 'a))', ')', whole],
    ['line ends of another kind', 'a\nb', 'a\r\nb', '', whole],
  ] as const)('%s', (_, completion, written, replaced, expected) => {
    expect(progressOf(completion, written, replaced)).toEqual(expected);
  });
});

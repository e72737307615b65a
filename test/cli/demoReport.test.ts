import { describe, expect, it } from 'vitest';
import type { DemoResult } from '../../src/cli/demo.ts';
import { demoJson, demoText } from '../../src/cli/demoReport.ts';
import { sampleOutcome, type HeldOutTexts } from './sampleRetraining.ts';

function demoOf(texts: readonly HeldOutTexts[]): DemoResult {
  return {
    model: 'tiny',
    dataFolder: '/tmp/data',
    collected: { asked: 9, shown: 8, accepted: 3, keptChars: 40, typedChars: 400 },
    outcome: sampleOutcome(texts),
  };
}

const texts: readonly HeldOutTexts[] = [
  ['first();', 'first();', 'first();'],
  ['second();', '', 'second();'],
  ['third(a);', 'third(b);', 'wrong'],
];

describe('demoText', () => {
  it('tells what was learned from, both policies side by side, the totals and the verdict', () => {
    expect(demoText(demoOf(texts))).toBe(
      [
        '',
        'While the work was written: asked 9 times, shown 8, accepted 3; 40 of 400 characters kept.',
        'Learned from 1 demonstrations, 3 preferences at 2 prompts.',
        '  sft     7 steps in 12 s',
        '  ppo     0 steps in 0 s (there was too little)',
        '',
        'Held-out completions, old and new policy, beside what was written:',
        '  cart.ts: let v1 = |',
        '    written  second();',
        '    before   (silent)',
        '    after    second();   [accepted]',
        '  cart.ts: let v2 = |',
        '    written  third(a);',
        '    before   third(b);   [6 of 9 characters kept]',
        '    after    wrong   [0 of 5 characters kept]',
        '  cart.ts: let v0 = |',
        '    written  first();',
        '    before   first();   [accepted]',
        '    after    first();   [accepted]',
        '',
        '  held-out work         before   after',
        '  asked                      3       3',
        '  shown                      2       3',
        '  accepted                   1       2',
        '  characters kept           14      17',
        '  characters refused         3       5',
        '  characters typed          26      26',
        '',
        'Not promoted: that is no sure improvement.',
        'Store and adapters are in /tmp/data.',
      ].join('\n'),
    );
  });

  it('shows a text of several lines on one, cut to what a terminal has room for', () => {
    const long = `first();\n${'x'.repeat(100)}`;
    const text = demoText(demoOf([[long, '', '']]));
    expect(text).toContain(`    written  first();⏎${'x'.repeat(60)}…\n`);
  });

  it('shows no more samples than one reads', () => {
    const many = Array.from({ length: 20 }, (): HeldOutTexts => ['a', 'b', 'c']);
    expect(demoText(demoOf(many)).match(/ written /g)).toHaveLength(8);
  });
});

describe('demoJson', () => {
  it('has the form that is promised', () => {
    expect(demoJson(demoOf(texts))).toEqual({
      model: 'tiny',
      examples: { demonstrations: 1, preferences: 3, prompts: 4 },
      stages: [
        { name: 'sft', steps: 7, seconds: 12.4, metrics: { lastLoss: 0.5 } },
        { name: 'ppo', steps: 0, seconds: 0, metrics: {}, stopReason: 'there was too little' },
      ],
      heldOut: {
        before: { asked: 3, shown: 2, accepted: 1, keptChars: 14, refusedChars: 3, typedChars: 26 },
        after: { asked: 3, shown: 3, accepted: 2, keptChars: 17, refusedChars: 5, typedChars: 26 },
      },
      verdict: { promoted: false, reason: 'Not promoted: that is no sure improvement.' },
    });
  });

  it('counts nothing where nothing was held out', () => {
    expect(demoJson(demoOf([]))).toMatchObject({ heldOut: { before: { asked: 0 }, after: { asked: 0 } } });
  });
});

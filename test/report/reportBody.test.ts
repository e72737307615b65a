import { describe, expect, it } from 'vitest';
import { learningReport } from '../../src/report/learningReport.ts';
import { plotSchema } from '../../src/report/plots.ts';
import { reportBody } from '../../src/report/reportBody.ts';
import { sampleKept, wholeRun } from './sampleRun.ts';

const body = reportBody(learningReport(wholeRun(), sampleKept));

describe('the page of a learning report', () => {
  it.each([
    ['the verdict in a sentence', '<h1><span class="badge promoted">Promoted</span> On 33 held-out prompts'],
    ['the gain with its interval', 'aria-label="Gain 2.70, 95 % interval 0.400 to 5.10"'],
    ['both policies in numbers', '<th scope="row">Right as a whole</th><td>2</td><td>3</td>'],
    [
      'where it is better and worse',
      'keeps more characters at 3 places, fewer at 1 place, as many at 2 places.',
    ],
    ['what it learned from', '<td>3 pairs at 2 places</td>'],
    ['the files it learned from', '<th scope="row">What stands in your files</th><td>'],
    [
      'the name of a file as people know it',
      '<h4>cart list.ts <small>+31 characters kept, −18 to refuse</small></h4>',
    ],
    ['losses as such', '<small>−18 characters kept, +20 to refuse</small>'],
    [
      'what would be kept of an offer',
      '<mark>new </mark><span class="refused">Map&#60;string, Item&#62;();</span>',
    ],
    ['silence', '<i class="quiet">nothing</i>'],
    [
      'curves in words',
      'aria-label="Reward: from -0.900 to -0.495 in 12 iterations, lowest -0.900 in iteration 1, highest',
    ],
    ['curves in numbers', '<thead><tr><th scope="col">iteration</th><th scope="col">KL</th></tr></thead>'],
    ['the calibration in words', '94.0 % sure, 90.0 % right (10 pairs)'],
    ['where the code in it lies', 'These texts lie in comparisons.json'],
  ])('shows %s', (_, expected) => {
    expect(body).toContain(expected);
  });

  it('shows code of the user and of the policies as text only', () => {
    expect(body).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(body).not.toContain('<script');
    expect(body).not.toMatch(/ style=| on\w+=/);
  });

  it('gives each drawing what its script can read', () => {
    const plots = Array.from(body.matchAll(/data-plot="([^"]*)"/g), ([, text = '']) =>
      plotSchema.parse(
        JSON.parse(text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))),
      ),
    );
    expect(plots.filter(({ kind }) => kind === 'calibration')).toHaveLength(1);
    expect(plots.find((plot) => plot.kind === 'curve' && plot.title === 'Length')).toMatchObject({
      unit: 'iteration',
      values: expect.arrayContaining([14]) as number[],
    });
  });

  it('says what is missing where a run had nothing but SFT', () => {
    const [sft] = wholeRun().stages;
    const nothing = (name: 'reward' | 'ppo', stopReason: string) => ({
      ...{ name, steps: 0, seconds: 0, metrics: {}, curves: {}, stopReason },
    });
    const stages = [
      sft!,
      nothing('reward', 'there are no preferences'),
      nothing('ppo', '3 prompts can be <judged>'),
    ];
    const page = reportBody(learningReport(wholeRun({ stages }), undefined));
    expect(page).toContain('0 steps in 0 s. It did not run: there are no preferences.');
    expect(page).toContain('No reward model was trained: there are no preferences.');
    expect(page).toContain('0 iterations in 0 s. It did not run: 3 prompts can be &#60;judged&#62;.');
    expect(page).toContain('The completions on held-out work are not kept');
  });

  it('says what silence does, where the policy has one', () => {
    const silence = { hidden: 7, givenUpChars: 31, sparedChars: 402 };
    const calibration = { over: 'logit', intercept: 0, slope: 1 } as const;
    const withSilence = reportBody(learningReport(wholeRun({ silence, calibration }), sampleKept));
    expect(withSilence).toContain(
      '7 completions were not shown, with 402 characters fewer to refuse and 31 fewer to keep.',
    );
    expect(body).not.toContain('completions were not shown');
  });

  it('says how much was forgotten', () => {
    expect(reportBody(learningReport(wholeRun(), { ...sampleKept, forgotten: 4 }))).toContain(
      'Not in these numbers, because you have forgotten them: 4 places.',
    );
  });
});

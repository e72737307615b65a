import { describe, expect, it } from 'vitest';
import { retrainReport } from '../../src/editor/retrainReport.ts';
import { sampleSummary } from './sampleSummary.ts';

const report = retrainReport(sampleSummary);

describe('retrainReport', () => {
  it.each([
    ['the verdict', '<h1>Promoted: it is better.</h1>'],
    ['what was counted on held-out work', '<tr><td>Right as a whole</td><td>2</td><td>5</td></tr>'],
    ['the gain with its interval', 'Gain 2, 95 % interval 1 to 3'],
    ['a curve of each stage', 'aria-label="loss: 2 &#8594; 0.500"'.replace('&#8594;', '→')],
    ['why a stage ended early, as text', 'Stopped: there are &#60;no&#62; preferences.'],
    ['what it learned from', '<td>11 pairs at 7 places</td>'],
  ])('shows %s', (_, expected) => {
    expect(report).toContain(expected);
  });

  it('shows samples side by side, dedented and as text', () => {
    expect(report).toContain('<span class="quiet">if (a &#60;</span> b) {');
    expect(report).toContain(' b) {\n  stop();');
    expect(report).toContain('<i class="quiet">nothing</i>');
  });

  it('leaves out the table’s metric where a curve shows it', () => {
    expect(report).toContain('<td>lastLoss</td>');
    expect(report).not.toContain('<td>loss</td>');
  });

  it('says that samples are gone where only the manifest is left', () => {
    const later = retrainReport({ manifest: sampleSummary.manifest });
    expect(later).toContain('kept in memory only');
    expect(later).not.toContain('Right as a whole');
  });
});

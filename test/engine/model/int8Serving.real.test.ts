import { describe, expect, it } from 'vitest';
import { openRealModel, realModels } from '../../support/realModels.ts';
import { tokenLoss } from '../../support/tokenLoss.ts';

/** What int8 may cost: more, and completions would be worse for being faster. */
const maxLossIncrease = 0.02;

describe.each(realModels)('%s served in int8', (id) => {
  it('reads real code nearly as well as in float32', async () => {
    const model = await openRealModel(id);
    const float32 = await tokenLoss(model, 'float32');
    const int8 = await tokenLoss(model, 'int8');
    expect(float32).toBeGreaterThan(0.5);
    expect(float32).toBeLessThan(4);
    expect(int8 / float32 - 1, `${int8} nats a token instead of ${float32}`).toBeLessThan(maxLossIncrease);
    expect(int8).not.toBe(float32);
  });
});

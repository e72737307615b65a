import type { OpAttributes, OpName } from './ops/attributes.ts';
import { elementwiseRules } from './ops/elementwise.ts';
import { groupQueryAttentionRules } from './ops/groupQueryAttention.ts';
import { int4Rules } from './ops/int4.ts';
import { int8Rules } from './ops/int8.ts';
import { layoutRules } from './ops/layout.ts';
import { networkRules } from './ops/network.ts';
import type { OpRule } from './ops/opRule.ts';
import { productRules } from './ops/products.ts';
import { reductionRules } from './ops/reductions.ts';

/**
 * Every operation of the graph language: its shape rule, its gradient, its float64 meaning and its
 * ONNX form, side by side. To add one, name its attributes in `ops/attributes.ts` and add the rule
 * to the file of its kind; `test/gradient` then fails until it has a case there.
 */
export const opTable: { readonly [O in OpName]: OpRule<OpAttributes[O]> } = {
  ...elementwiseRules,
  ...productRules,
  ...reductionRules,
  ...layoutRules,
  ...networkRules,
  ...int8Rules,
  ...int4Rules,
  ...groupQueryAttentionRules,
};

/** The rule of a node's operation. */
export function ruleOf<O extends OpName>(op: O): OpRule<OpAttributes[O]> {
  return opTable[op];
}

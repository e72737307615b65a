import { expect, it } from 'vitest';
import { appendBackward } from '../../../src/engine/graph/backward.ts';
import { add, gemm, multiply, sum } from '../../../src/engine/graph/build.ts';
import { GraphBuilder } from '../../../src/engine/graph/graphBuilder.ts';
import { printGraph } from '../../../src/engine/graph/printGraph.ts';

it('shows a loss over a linear layer with an adapter, and what walking back appends to it', () => {
  const g = new GraphBuilder();
  const x = g.input('x', ['T', 3]);
  const [a, b] = [g.input('a', [3, 1]), g.input('b', [1, 2])];
  const loss = g.scope('layers.0/attn/q_proj', () => {
    const lora = g.scope('lora', () => multiply(g, gemm(g, [gemm(g, [x, a]), b]), g.scalar(2)));
    return sum(g, add(g, gemm(g, [x, g.weight('q_proj.weight', [3, 2])]), lora), [0, 1]);
  });
  const [da, db] = appendBackward(g, loss, [a, b]);
  expect(printGraph(g.finish({ loss, da: da!, db: db! }))).toMatchInlineSnapshot(`
    "x [T,3] = input
    a [3,1] = input
    b [1,2] = input
    layers.0/attn/q_proj/lora/gemm [T,1] = gemm(x, a) {transposeA: false, transposeB: false}
    layers.0/attn/q_proj/lora/gemm.2 [T,2] = gemm(layers.0/attn/q_proj/lora/gemm, b) {transposeA: false, transposeB: false}
    layers.0/attn/q_proj/lora/scalar(2) [] = constant
    layers.0/attn/q_proj/lora/multiply [T,2] = multiply(layers.0/attn/q_proj/lora/gemm.2, layers.0/attn/q_proj/lora/scalar(2))
    q_proj.weight [3,2] = weight
    layers.0/attn/q_proj/gemm [T,2] = gemm(x, q_proj.weight) {transposeA: false, transposeB: false}
    layers.0/attn/q_proj/add [T,2] = add(layers.0/attn/q_proj/gemm, layers.0/attn/q_proj/lora/multiply)
    layers.0/attn/q_proj/sum [1,1] = sum(layers.0/attn/q_proj/add) {axes: [0,1]}
    scalar(1) [] = constant
    reshape [1,1] = reshape(scalar(1)) {shape: [1,1]}
    layers.0/attn/q_proj/sum/grad/expand [T,2] = expand(reshape) {shape: ["T",2]}
    layers.0/attn/q_proj/lora/multiply/grad/multiply [T,2] = multiply(layers.0/attn/q_proj/sum/grad/expand, layers.0/attn/q_proj/lora/scalar(2))
    layers.0/attn/q_proj/lora/gemm.2/grad/gemm [T,1] = gemm(layers.0/attn/q_proj/lora/multiply/grad/multiply, b) {transposeA: false, transposeB: true}
    layers.0/attn/q_proj/lora/gemm.2/grad/gemm.2 [1,2] = gemm(layers.0/attn/q_proj/lora/gemm, layers.0/attn/q_proj/lora/multiply/grad/multiply) {transposeA: true, transposeB: false}
    layers.0/attn/q_proj/lora/gemm/grad/gemm [3,1] = gemm(x, layers.0/attn/q_proj/lora/gemm.2/grad/gemm) {transposeA: true, transposeB: false}
    output loss = layers.0/attn/q_proj/sum
    output da = layers.0/attn/q_proj/lora/gemm/grad/gemm
    output db = layers.0/attn/q_proj/lora/gemm.2/grad/gemm.2"
  `);
});

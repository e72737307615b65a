import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { IntegerBits } from '../weights/int8Weights.ts';
import { createOnnxSession } from './onnxSession.ts';
import { floatsOf, floatTensor, type Session } from './session.ts';

/** Inner size and outputs of the test product: whole registers of every processor's kernels. */
const size = 64;

/** Rows of the test product; one alone may go to a kernel of its own. */
const rowCounts = [1, 4];

/** The largest weight of 8 bits. */
const largest = 127;

/**
 * The bits of a weight that this processor's kernels for integers can take.
 *
 * Without VNNI or its like, x86 adds two products of an unsigned and a signed byte in 16 bits, and cuts
 * off what has no room: 2 · 255 · 127 is 64,770 where 32,767 is the most. No system tells of that in
 * the same way, so the kernels are asked: one product of the largest numbers there are, of which the
 * right result is known. With 7 bits it is 32,130 at most, and always right.
 */
export async function integerBitsOf(open: () => Promise<Session> = openProduct): Promise<IntegerBits> {
  const session = await open();
  try {
    for (const rows of rowCounts) if (!(await isExact(session, rows))) return 7;
    return 8;
  } finally {
    await session.dispose();
  }
}

/** x [N,64] · w [64,64], by the operation that completions are computed with. */
function openProduct(): Promise<Session> {
  const g = new GraphBuilder();
  const x = g.input('x', ['N', size]);
  const w = g.input('w', [size, size], 'int8');
  const product = g.apply('int8Linear', [x, w, g.scalar(1)], {});
  return createOnnxSession(g.finish({ product }), [], { purpose: 'serve', threads: 1 });
}

async function isExact(session: Session, rows: number): Promise<boolean> {
  const x = floatTensor(new Float32Array(rows * size).fill(1), [rows, size]);
  const w = { dims: [size, size], data: new Int8Array(size * size).fill(largest) };
  const products = floatsOf(await session.run({ x, w }), 'product');
  // A step of the activations is 1/127, which float32 does not hold exactly.
  return products.every((product) => Math.abs(product / (size * largest) - 1) < 1e-5);
}

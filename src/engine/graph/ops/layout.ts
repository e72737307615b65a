import { gatherRows, reshape, slice, transpose } from '../build.ts';
import { addDims, elementCount, formatShape, multiplyDims, type Dim, type Shape } from '../dims.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, fillNd, sizeOf, stridesOf } from '../nd.ts';
import type { NoAttributes, PadAttributes, SliceAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch, withDim } from './shapeRules.ts';

const reshapeRule: OpRule<{ readonly shape: Shape }> = {
  shape: ([x], { shape }, name) => {
    if (elementCount(x!.shape) !== elementCount(shape)) {
      throw shapeMismatch(name, [x!], `${formatShape(shape)} holds another number of elements`);
    }
    return { shape, dtype: x!.dtype };
  },
  gradient: ({ g }, node, dy) => [reshape(g, dy, node.inputs[0]!.shape)],
  interpret: ([x], _attributes, shape) => ({ shape, data: x!.data }),
  lower: (onnx, node) =>
    onnx.node('Reshape', [onnx.nameOf(node.inputs[0]!), onnx.reshapeTarget(node.attributes.shape)], {
      result: node.name,
    }),
};

const transposeRule: OpRule<{ readonly permutation: readonly number[] }> = {
  shape: ([x], { permutation }) => ({
    shape: permutation.map((axis) => dimAt(x!, axis)),
    dtype: x!.dtype,
  }),
  gradient: ({ g }, node, dy) => {
    const { permutation } = node.attributes;
    return [
      transpose(
        g,
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  interpret: ([x], { permutation }, shape) => {
    const strides = stridesOf(x!.shape);
    return fillNd(shape, (index) => {
      const at = coordinatesOf(index, shape);
      return x!.data[
        at.reduce((flat, coordinate, axis) => flat + coordinate * strides[permutation[axis]!]!, 0)
      ]!;
    });
  },
  lower: (onnx, node) =>
    onnx.node('Transpose', [onnx.nameOf(node.inputs[0]!)], {
      attributes: { perm: node.attributes.permutation },
      result: node.name,
    }),
};

const sliceRule: OpRule<SliceAttributes> = {
  shape: ([x], { axis, start, end }) => ({
    shape: withDim(x!, axis, difference(end, start)),
    dtype: x!.dtype,
  }),
  gradient: ({ g }, node, dy) => {
    const { axis, start, end } = node.attributes;
    const size = dimAt(node.inputs[0]!, axis);
    if (typeof start !== 'number' || typeof end !== 'number' || typeof size !== 'number') {
      throw shapeMismatch(node.name, node.inputs, 'only a slice of known sizes has a gradient');
    }
    return [g.apply('pad', [dy], { axis, before: start, behind: size - end })];
  },
  interpret: ([x], { axis, start }, shape) => {
    const strides = stridesOf(x!.shape);
    const offset = (start as number) * strides.at(axis)!;
    return fillNd(shape, (index) => {
      const at = coordinatesOf(index, shape);
      return x!.data[at.reduce((flat, coordinate, i) => flat + coordinate * strides[i]!, offset)]!;
    });
  },
  lower: (onnx, node) => {
    const { axis, start, end } = node.attributes;
    const bounds = [onnx.shapeTensor([start]), onnx.shapeTensor([end]), onnx.int64([axis])];
    return onnx.node('Slice', [onnx.nameOf(node.inputs[0]!), ...bounds], { result: node.name });
  },
};

const padRule: OpRule<PadAttributes> = {
  shape: ([x], { axis, before, behind }) => ({
    shape: withDim(x!, axis, addDims(dimAt(x!, axis), before + behind)),
    dtype: x!.dtype,
  }),
  gradient: ({ g }, node, dy) => {
    const { axis, before } = node.attributes;
    return [slice(g, dy, { axis, start: before, end: addDims(before, dimAt(node.inputs[0]!, axis)) })];
  },
  interpret: ([x], { axis, before }, shape) => {
    const strides = stridesOf(x!.shape);
    return fillNd(shape, (index) => {
      const at = coordinatesOf(index, shape);
      const inside = at[axis]! - before;
      if (inside < 0 || inside >= x!.shape[axis]!) return 0;
      return x!.data[
        at.with(axis, inside).reduce((flat, coordinate, i) => flat + coordinate * strides[i]!, 0)
      ]!;
    });
  },
  lower: (onnx, node) => {
    const { axis, before, behind } = node.attributes;
    const rank = node.shape.length;
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = before;
    pads[rank + axis] = behind;
    return onnx.node('Pad', [onnx.nameOf(node.inputs[0]!), onnx.int64(pads)], { result: node.name });
  },
};

const concatRule: OpRule<{ readonly axis: number }> = {
  shape: (inputs, { axis }, name) => {
    const [first] = inputs;
    const others = (input: Value): string => formatShape(withDim(input, axis, 0));
    if (inputs.some((input) => others(input) !== others(first!))) {
      throw shapeMismatch(name, inputs, `they may differ along axis ${axis} alone`);
    }
    const dim = inputs.map((input) => dimAt(input, axis)).reduce(addDims);
    return { shape: withDim(first!, axis, dim), dtype: first!.dtype };
  },
  gradient: ({ g, isWanted }, node, dy) => {
    const { axis } = node.attributes;
    let end: Dim = 0;
    return node.inputs.map((input, i) => {
      const start = end;
      end = addDims(start, dimAt(input, axis));
      return isWanted[i] ? slice(g, dy, { axis, start, end }) : undefined;
    });
  },
  interpret: (inputs, { axis }, shape) => {
    const at = shape.map((_, i) => i).at(axis)!;
    const blocks = inputs.map((input) => sizeOf(input.shape.slice(at)));
    const outer = sizeOf(shape.slice(0, at));
    const data = new Float64Array(sizeOf(shape));
    let written = 0;
    for (let block = 0; block < outer; block++) {
      inputs.forEach((input, i) => {
        data.set(input.data.subarray(block * blocks[i]!, (block + 1) * blocks[i]!), written);
        written += blocks[i]!;
      });
    }
    return { shape, data };
  },
  lower: (onnx, node) =>
    onnx.node('Concat', node.inputs.map(onnx.nameOf), {
      attributes: { axis: node.attributes.axis },
      result: node.name,
    }),
};

/** result[..., :] = table[indices[...], :], where a row may have several axes */
const gatherRowsRule: OpRule<NoAttributes> = {
  shape: ([table, indices]) => ({
    shape: [...indices!.shape, ...table!.shape.slice(1)],
    dtype: table!.dtype,
  }),
  gradient: ({ g, isWanted }, node, dy) => {
    const [table, indices] = node.inputs;
    if (!isWanted[0]) return [undefined, undefined];
    if (indices!.shape.length !== 1) {
      throw shapeMismatch(node.name, node.inputs, 'only a list of rows has a gradient');
    }
    return [g.apply('scatterRows', [indices!, dy], { rowCount: dimAt(table!, 0) }), undefined];
  },
  interpret: ([table, indices], _attributes, shape) => {
    const width = sizeOf(table!.shape.slice(1));
    return fillNd(shape, (index) => {
      const row = indices!.data[Math.floor(index / width)]!;
      return table!.data[row * width + (index % width)]!;
    });
  },
  lower: (onnx, node) => onnx.node('Gather', node.inputs.map(onnx.nameOf), { result: node.name }),
};

/** result[r, :] = sum of rows[i, :] over all i with indices[i] = r; zero where there is none. */
const scatterRowsRule: OpRule<{ readonly rowCount: Dim }> = {
  shape: ([, rows], { rowCount }) => ({ shape: [rowCount, dimAt(rows!, 1)], dtype: rows!.dtype }),
  gradient: ({ g, isWanted }, node, dy) => [
    undefined,
    isWanted[1] ? gatherRows(g, dy, node.inputs[0]!) : undefined,
  ],
  interpret: ([indices, rows], _attributes, shape) => {
    const width = shape[1]!;
    const data = new Float64Array(sizeOf(shape));
    rows!.data.forEach((value, index) => {
      data[indices!.data[Math.floor(index / width)]! * width + (index % width)]! += value;
    });
    return { shape, data };
  },
  lower: (onnx, node) => {
    const [indices, rows] = node.inputs;
    const zeros = onnx.node('ConstantOfShape', [onnx.shapeTensor(node.shape)]);
    const column = onnx.node('Unsqueeze', [onnx.castToInt64(onnx.nameOf(indices!)), onnx.int64([-1])]);
    return onnx.node('ScatterND', [zeros, column, onnx.nameOf(rows!)], {
      attributes: { reduction: 'add' },
      result: node.name,
    });
  },
};

export const layoutRules = {
  reshape: reshapeRule,
  transpose: transposeRule,
  slice: sliceRule,
  pad: padRule,
  concat: concatRule,
  gatherRows: gatherRowsRule,
  scatterRows: scatterRowsRule,
} as const;

/** end - start */
function difference(end: Dim, start: Dim): Dim {
  return addDims(end, multiplyDims(-1, start));
}

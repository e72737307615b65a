/**
 * One size of a tensor: a number, or an expression of symbols such as `B*T` or `P+T` whose value
 * is only known when the graph runs. Expressions are kept in one canonical spelling, so two sizes
 * are equal exactly when they are the same string or number.
 */
export type Dim = number | string;

/** The sizes of a tensor, outermost first. */
export type Shape = readonly Dim[];

/** Sum of products: how often each product of symbols occurs; the key '' is the plain number. */
type Polynomial = ReadonlyMap<string, number>;

/** a + b */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const sum = new Map(parse(a));
  for (const [product, count] of parse(b)) sum.set(product, (sum.get(product) ?? 0) + count);
  return format(sum);
}

/** a * b */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const result = new Map<string, number>();
  for (const [productA, countA] of parse(a)) {
    for (const [productB, countB] of parse(b)) {
      const product = [...symbolsIn(productA), ...symbolsIn(productB)].sort().join('*');
      result.set(product, (result.get(product) ?? 0) + countA * countB);
    }
  }
  return format(result);
}

/** Number of elements of a shape. */
export function elementCount(shape: Shape): Dim {
  return shape.reduce<Dim>(multiplyDims, 1);
}

/** Whether two shapes agree in every size. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The size for given values of the symbols. Throws when a symbol has none. */
export function evaluateDim(dim: Dim, symbols: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  let total = 0;
  for (const [product, count] of parse(dim)) {
    total += symbolsIn(product).reduce((value, symbol) => value * valueOf(symbol, symbols), count);
  }
  return total;
}

/** A shape as it is printed: `[B,T,576]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

function valueOf(symbol: string, symbols: ReadonlyMap<string, number>): number {
  const value = symbols.get(symbol);
  if (value === undefined) throw new Error(`broken invariant: the size ${symbol} has no value`);
  return value;
}

function symbolsIn(product: string): string[] {
  return product === '' ? [] : product.split('*');
}

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map([['', dim]]);
  const terms = dim.split('+').map((term): [string, number] => {
    const factors = term.split('*');
    const count = Number(factors[0]);
    return Number.isInteger(count) ? [factors.slice(1).join('*'), count] : [term, 1];
  });
  return new Map(terms);
}

function format(polynomial: Polynomial): Dim {
  const terms = [...polynomial].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? 1 : -1));
  if (terms.length === 0) return 0;
  if (terms.length === 1 && terms[0]![0] === '') return terms[0]![1];
  return terms.map(([product, count]) => formatTerm(product, count)).join('+');
}

function formatTerm(product: string, count: number): string {
  if (product === '') return String(count);
  return count === 1 ? product : `${count}*${product}`;
}

/** AdamW's memory of one parameter vector: plain data, so a checkpoint can hold it. */
export interface AdamState {
  /** [N] running mean of the gradient. */
  readonly firstMoment: Float32Array;
  /** [N] running mean of its square. */
  readonly secondMoment: Float32Array;
  /** Updates made so far. */
  step: number;
}

/** How AdamW updates. The learning rate changes from step to step and is given apart. */
export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  /** Added outside the root, as PyTorch does. TensorFlow's old placement moved PPO's KL sixfold. */
  readonly epsilon: number;
  /** Decoupled: theta shrinks by learningRate * weightDecay, whatever the gradient. */
  readonly weightDecay: number;
}

/** Avoids a division by zero and nothing else; PyTorch's `clip_grad_norm_` adds the same. */
const normFloor = 1e-6;

/** The memory before the first update of a vector of `size` parameters. */
export function newAdamState(size: number): AdamState {
  return { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size), step: 0 };
}

/**
 * One update of `theta` in place, and of the state with it.
 *
 *   m      = beta1 * m + (1 - beta1) * g
 *   v      = beta2 * v + (1 - beta2) * g^2
 *   theta -= learningRate * (weightDecay * theta + (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon))
 *
 * Loshchilov and Hutter 2017, arXiv:1711.05101, algorithm 2. Storage is float32, arithmetic float64
 * and in a fixed order, so the same inputs give the same bits everywhere. Both bias corrections are
 * folded into the step size and epsilon, which leaves one root and one division an element.
 *
 * @param gradientScale factor on every gradient, for clipping (see `clipScale`).
 */
export function updateWithAdamW(
  theta: Float32Array,
  gradient: Float32Array,
  state: AdamState,
  settings: AdamSettings & { readonly learningRate: number; readonly gradientScale: number },
): void {
  state.step++;
  const { beta1, beta2, learningRate, gradientScale } = settings;
  const { firstMoment, secondMoment } = state;
  const correction2 = Math.sqrt(1 - powerOf(beta2, state.step));
  const stepSize = (learningRate * correction2) / (1 - powerOf(beta1, state.step));
  const epsilon = settings.epsilon * correction2;
  const decay = 1 - learningRate * settings.weightDecay;
  for (let i = 0; i < theta.length; i++) {
    const g = gradient[i]! * gradientScale;
    const m = beta1 * firstMoment[i]! + (1 - beta1) * g;
    const v = beta2 * secondMoment[i]! + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    theta[i] = theta[i]! * decay - (stepSize * m) / (Math.sqrt(v) + epsilon);
  }
}

/** Euclidean norm of a whole gradient vector, in float64. Not finite when an element is not. */
export function globalNorm(gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  return Math.sqrt(sum);
}

/** The factor that brings a gradient of norm `norm` down to `maxNorm`; 1 when it is short enough. */
export function clipScale(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + normFloor));
}

/** base^exponent by multiplication: `Math.pow` may round differently from one engine to the next. */
function powerOf(base: number, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= base;
  return power;
}

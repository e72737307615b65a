/** Where the adaptive controller steers to. */
export interface KlControlSettings {
  /** Wanted sum over a completion's tokens, in nats, mean over completions. */
  readonly targetKlPerCompletion: number;
  /** Completions after which a lasting error of 100 % would have doubled the coefficient, were it not clipped. */
  readonly horizon: number;
}

/** Largest relative error one update reacts to: Ziegler et al. 2019, section 2.2. */
const maxKlError = 0.2;

/**
 * The next KL coefficient: it grows while the policy strays further than the target, and shrinks
 * while it stays closer. The coefficient is the controller's whole state.
 *
 *   error = clip(kl / target - 1, -0.2, 0.2)
 *   next  = coefficient * (1 + error * completions / horizon)
 *
 * Ziegler et al. 2019, arXiv:1909.08593, section 2.2.
 */
export function nextKlCoefficient(
  klCoefficient: number,
  observed: { readonly klPerCompletion: number; readonly completionCount: number },
  { targetKlPerCompletion, horizon }: KlControlSettings,
): number {
  const relativeError = observed.klPerCompletion / targetKlPerCompletion - 1;
  const error = Math.min(Math.max(relativeError, -maxKlError), maxKlError);
  return klCoefficient * (1 + (error * observed.completionCount) / horizon);
}

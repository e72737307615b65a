/*
 * Words for what can be counted in a report. They are functions because the pages' scripts use some of them:
 * a table would be in each page as a whole.
 */
import * as l10n from '@vscode/l10n';

/** What a point of a stage's curves stands for. */
export type CurveUnit = 'step' | 'iteration';

/** The unit's own name. */
export function unitName(unit: CurveUnit): string {
  return unit === 'step' ? l10n.t('step') : l10n.t('iteration');
}

/** So many of a unit. */
export function countedUnits(count: number, unit: CurveUnit): string {
  if (unit === 'step') return count === 1 ? l10n.t('1 step') : l10n.t('{0} steps', count);
  return count === 1 ? l10n.t('1 iteration') : l10n.t('{0} iterations', count);
}

/** Over so many of a unit, more than one. */
export function inUnits(count: number, unit: CurveUnit): string {
  return unit === 'step' ? l10n.t('in {0} steps', count) : l10n.t('in {0} iterations', count);
}

/** A value at a point of a curve, counted from 1. */
export function valueAt(value: string, unit: CurveUnit, point: number): string {
  return unit === 'step'
    ? l10n.t('{0} in step {1}', value, point)
    : l10n.t('{0} in iteration {1}', value, point);
}

/** The value of a curve that has no other. */
export function onlyValue(value: string, unit: CurveUnit): string {
  return unit === 'step' ? l10n.t('{0} in its only step', value) : l10n.t('{0} in its only iteration', value);
}

/** So many places in documents. */
export function countedPlaces(count: number): string {
  return count === 1 ? l10n.t('1 place') : l10n.t('{0} places', count);
}

/** So many windows of code. */
export function countedPassages(count: number): string {
  return count === 1 ? l10n.t('1 passage') : l10n.t('{0} passages', count);
}

/** So many demonstrations. */
export function countedDemonstrations(count: number): string {
  return count === 1 ? l10n.t('1 demonstration') : l10n.t('{0} demonstrations', count);
}

/** So many pairs of texts of which one is better. */
export function countedPairs(count: number): string {
  return count === 1 ? l10n.t('1 pair') : l10n.t('{0} pairs', count);
}

import type { Hyperparameters } from '../../trainer/hyperparameters.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { localHyperparameters } from '../errors.ts';
import { parseHyperparameters } from '../training/retraining.ts';

type Unlimited<Stage, Limit extends keyof Stage> = Omit<Stage, Limit> & {
  readonly [L in Limit]?: number | undefined;
};

/** What a job is steered by. Where there is no limit, all that travels is learned from. */
export interface ClusterHyperparameters extends Omit<Hyperparameters, 'sft' | 'reward' | 'direct'> {
  readonly sft: Unlimited<Hyperparameters['sft'], 'maxDemonstrations'>;
  readonly reward: Unlimited<Hyperparameters['reward'], 'maxPrompts'>;
  readonly direct: Unlimited<Hyperparameters['direct'], 'maxPrompts'>;
}

const noWorkspace = sentence`the files of the workspace do not travel`;
const noPacks = sentence`rows share no copy of a prompt there, so each line above would cost a reading of its own`;

/** Hyperparameters of a run at home that a job could not follow, with why. cluster/attune_cluster/settings.py refuses them too. */
export const localOnly: Readonly<Record<string, Sentence>> = {
  timeBudgetMs: sentence`a job makes all its steps, so that it is the same on every cluster`,
  'sft.maxWindows': noWorkspace,
  'sft.maxWindowTokens': noWorkspace,
  'sft.maxPackedTokens': noPacks,
  'sft.aboveWeight': noPacks,
};

/**
 * The hyperparameters of a job from those that differ from the defaults of a run at home. Limits of how much is learned
 * from hold where they are named: the defaults are for what one machine has time for. Throws ProcessError
 * 'badSettings' where some are no hyperparameters, or mean nothing on a cluster.
 */
export function clusterHyperparameters(overrides: unknown): ClusterHyperparameters {
  const parsed = parseHyperparameters(overrides);
  const names = new Set(namesIn(overrides));
  const refused = Object.entries(localOnly).filter(([name]) => names.has(name));
  if (refused.length > 0) throw localHyperparameters(refused);
  const { sft, reward, direct } = parsed;
  const limit = (name: string, value: number): number | undefined => (names.has(name) ? value : undefined);
  return {
    ...parsed,
    sft: { ...sft, maxDemonstrations: limit('sft.maxDemonstrations', sft.maxDemonstrations) },
    reward: { ...reward, maxPrompts: limit('reward.maxPrompts', reward.maxPrompts) },
    direct: { ...direct, maxPrompts: limit('direct.maxPrompts', direct.maxPrompts) },
  };
}

/** What of them is for the job itself, by section; the rest is for the export and the gate, which are at home. */
export function hyperparametersThere(all: ClusterHyperparameters): Record<string, Record<string, number>> {
  const { lora, adam, sft, reward, ppo, direct, guard } = all;
  const sections = Object.entries({ lora, adam, sft, reward, ppo, direct, guard });
  return Object.fromEntries(sections.map(([section, values]) => [section, numbersThere(section, values)]));
}

function numbersThere(
  section: string,
  values: Readonly<Record<string, number | undefined>>,
): Record<string, number> {
  const isThere = (entry: [string, number | undefined]): entry is [string, number] =>
    entry[1] !== undefined && !(`${section}.${entry[0]}` in localOnly);
  return Object.fromEntries(Object.entries(values).filter(isThere));
}

/** The names in a value, each with the way to it. */
function namesIn(value: unknown, before = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => [
    `${before}${name}`,
    ...namesIn(inner, `${before}${name}.`),
  ]);
}

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { tellFailure } from '../../src/cli/failure.ts';
import { bringModelFolder } from '../../src/cli/models.ts';
import { seedOption } from '../../src/cli/options.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { openModelFolder, type ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import type { Scorer } from '../../src/trainer/stages/scoring.ts';
import { describeMachine, machineText } from '../report/machine.ts';
import { requirePlaceOf } from '../../src/cli/paths.ts';
import { fromUser, pairsCommand, pairsOf } from './learningOptions.ts';
import { namesOf } from './pairNames.ts';
import type { Versions } from '../../src/cli/replay/versions.ts';
import { readPairWork, type PairWork } from './pairWork.ts';

/** The base model, ready to tell how likely texts are. */
export interface BaseScorer extends Scorer {
  readonly sessions: GraphSessions;
}

/** What every program that looks at pairs with a base model is told. */
export interface ScoringOptions {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly model: string;
  readonly seed: number;
  readonly json?: string;
}

/** A command with those options. */
export function scoringCommand(name: string): Command {
  return pairsCommand(name)
    .option('--json <file>', 'write the numbers there too', fromUser)
    .addOption(seedOption());
}

/** Measures each pair with a base model, and writes what comes of it, with `facts`, where that is wanted. */
export async function scorePairs(
  { model, seed, json, ...folders }: ScoringOptions,
  facts: object,
  terminal: Terminal,
  measure: (work: PairWork, base: ModelFolder, scorer: BaseScorer) => Promise<object>,
): Promise<void> {
  try {
    const machine = describeMachine({});
    terminal.print(machineText(machine));
    await requirePlaceOf(json);
    const projects = await measureAll(await pairsOf(folders), { model, seed, terminal, measure });
    const result = { machine, model, ...facts, projects };
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    process.exitCode = tellFailure(error, false, terminal);
  }
}

interface Measuring extends Pick<ScoringOptions, 'model' | 'seed'> {
  readonly terminal: Terminal;
  readonly measure: Parameters<typeof scorePairs>[3];
}

async function measureAll(
  pairs: readonly Versions[],
  { model, seed, terminal, measure }: Measuring,
): Promise<object[]> {
  const base = await openModelFolder(await bringModelFolder(model, terminal));
  const sessions = new GraphSessions(cpuSessions(base, availableParallelism()));
  const trained = trainedModel(base, defaultHyperparameters.lora);
  // New factors change nothing: this is the base model.
  const scorer = { sessions, model: trained, theta: new Float32Array(trained.layout.size) };
  try {
    const measured: object[] = [];
    const names = namesOf(pairs);
    for (const [index, pair] of pairs.entries()) {
      const [work] = await readPairWork(pair, { seed, rounds: 1 });
      measured.push(await measure({ ...work!, name: names[index]! }, base, scorer));
    }
    return measured;
  } finally {
    await sessions.dispose();
  }
}

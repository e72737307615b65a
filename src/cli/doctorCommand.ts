import { homedir } from 'node:os';
import type { Command } from 'commander';
import { findEntry } from '../engine/catalogue/catalogue.ts';
import { findCachedModel } from '../engine/catalogue/cachedModel.ts';
import { measureSpeed } from '../engine/generation/deviceTiming.ts';
import type { DeviceChoice } from '../engine/runtime/devices.ts';
import { runtimeVersion } from '../engine/runtime/onnxSession.ts';
import { openModelFolder } from '../engine/weights/modelFolder.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { adapterFacts, machineFacts, storeFacts } from '../process/diagnosing.ts';
import { keptProblems, withKeptProblems } from '../report/keptProblems.ts';
import { loadServingPolicy, readServingAdapter } from '../process/serving/servingPolicy.ts';
import {
  diagnosticsText,
  shareable,
  type Diagnostics,
  type EngineDiagnosis,
  type Problem,
} from '../report/diagnostics.ts';
import { messageOf } from '../sentences/foreseenError.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { giveAnswer, jsonOption, type AnswerOptions } from './answer.ts';
import { bringModelFolder } from './models.ts';
import { defaultLimits, deviceOption, modelOption, optionalDataOption, threadsOption } from './options.ts';
import { requireFolder } from './paths.ts';
import type { Terminal } from './terminal.ts';
import { programVersion } from './version.ts';

interface DoctorOptions extends AnswerOptions {
  readonly model: string;
  /** Absent: no store and no adapter are looked at, and nothing that went wrong in the editor. */
  readonly data?: string;
  readonly threads: number;
  readonly device: DeviceChoice;
}

/** The command `doctor`. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      'Measure the model and say what Attune and this machine are like; nothing private, ready to paste.',
    )
    .addOption(modelOption())
    .addOption(optionalDataOption('no store and no adapter are looked at, nor what went wrong in the editor'))
    .addOption(threadsOption())
    .addOption(deviceOption('where the model runs'))
    .addOption(jsonOption())
    .action(async (options: DoctorOptions) => {
      const diagnostics = await diagnose(options, terminal);
      giveAnswer(terminal, options, { text: diagnosticsText(diagnostics), json: diagnostics });
    });
}

async function diagnose(options: DoctorOptions, terminal: Terminal): Promise<Diagnostics> {
  const { data, model } = options;
  if (data !== undefined) await requireFolder(data);
  const paths = data === undefined ? undefined : dataPathsIn(data);
  const problems: Problem[] = [];
  const tried = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      terminal.signal.throwIfAborted();
      problems.push({ atMs: Date.now(), severity: 'error', text: messageOf(error) });
      return undefined;
    }
  };
  const engine = await tried(() => diagnoseEngine(options, terminal));
  return shareable(
    {
      atMs: Date.now(),
      versions: { Attune: programVersion(), 'Node.js': process.versions.node },
      machine: machineFacts(),
      engine: engine ?? { kind: 'none', model, why: problems.at(-1)?.text ?? 'unknown' },
      maxPromptTokens: defaultLimits.maxPromptTokens,
      store: paths && (await tried(() => storeFacts(paths))),
      adapters: (paths && (await tried(() => adapterFacts(paths.adapters)))) ?? { count: 0 },
      settings: {},
      problems:
        paths === undefined ? problems : withKeptProblems(problems, await keptProblems(paths.problems)),
    },
    { paths: [homedir(), ...(data === undefined ? [] : [data]), ...(findEntry(model) ? [] : [model])] },
  );
}

/** Loads the model as the engine would, and measures. One that would have to be downloaded first is left alone. */
async function diagnoseEngine(
  { model, data, threads, device: choice }: DoctorOptions,
  terminal: Terminal,
): Promise<EngineDiagnosis> {
  const entry = findEntry(model);
  if (entry !== undefined && (await findCachedModel(entry)) === undefined)
    return { kind: 'none', model, why: `it is not here; 'attune models fetch ${model}' brings it` };
  const base = await openModelFolder(await bringModelFolder(model, terminal));
  const serving =
    data === undefined
      ? ({ kind: 'none' } as const)
      : await readServingAdapter({ model, adaptersFolder: dataPathsIn(data).adapters }, base);
  const { signal } = terminal;
  const { policy, device, why } = await loadServingPolicy(base, {
    ...{ serving, signal, onProgress: () => undefined },
    settings: { model, threads, device: choice },
  });
  try {
    const speed = await measureSpeed(policy, signal);
    const memoryBytes = process.memoryUsage.rss();
    return {
      kind: 'serves',
      model,
      device,
      why: inEnglish(why),
      runtimeVersion: runtimeVersion(),
      speed,
      memoryBytes,
    };
  } finally {
    await policy.dispose();
  }
}

import * as z from 'zod';
import { join } from 'node:path';
import type { CompletionLimits } from '../../src/completion/completion.ts';
import { dataPathsIn } from '../../src/process/dataFolder.ts';
import { sentenceSchema } from '../../src/sentences/sentenceSchema.ts';
import type { RetrainProgress } from '../../src/trainer/retrainRun.ts';

/** One retraining in a process of its own. */
export interface RetrainingTask {
  readonly modelFolder: string;
  readonly baseModelId: string;
  /** The feedback. */
  readonly storePath: string;
  /** JSON of the files of the workspace that are learned from. */
  readonly sourceFilesPath: string;
  /** JSON of those that prompts show; absent where they show none. */
  readonly shownFilesPath: string | undefined;
  /** Where adapters and checkpoint go. */
  readonly folder: string;
  /** Folder of the adapters that there are before; absent where there are none. */
  readonly adaptersBefore: string | undefined;
  /** What differs from the defaults. */
  readonly hyperparameters: unknown;
  readonly limits: CompletionLimits;
  readonly seed: number;
  readonly threads: number;
}

/** Where a retraining keeps what. */
export function retrainingPathsIn(folder: string) {
  const { adapters, checkpoint } = dataPathsIn(folder);
  return {
    ...{ adapters, checkpoint },
    /** What SFT alone left and what all stages left, under the id of what the gate kept, which may be the weights before. */
    ...{ sftAdapters: join(folder, 'sft'), finalAdapters: join(folder, 'final') },
    /** What came of it, once it is done. */
    end: join(folder, 'retrained.json'),
    peakMemory: join(folder, 'peakMemory.json'),
  };
}

/** What came of a retraining, beside the manifest of its adapter. */
export const retrainingEndSchema = z.object({
  adapterId: z.string(),
  gateSeconds: z.number(),
  /** The largest memory that its processes ever had in use, in megabytes of 2^20 bytes. */
  peakRssMb: z.number(),
});

export type RetrainingEnd = z.infer<typeof retrainingEndSchema>;

/** What the process says, a line of JSON each. */
export const retrainingLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: z.custom<RetrainProgress>() }),
  z.object({ kind: z.literal('failed'), reason: z.string(), sentence: sentenceSchema }),
]);

export type RetrainingLine = z.infer<typeof retrainingLineSchema>;

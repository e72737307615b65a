import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasCode, namesIn, removeLeftovers, replaceFile } from '../../engine/files.ts';
import { invariant } from '../../engine/invariant.ts';
import type { AdapterId } from '../../engine/policy.ts';
import { dropMergedWeights, moveMergedWeights } from '../../engine/weights/int8Weights.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { inEnglish, sentence, type Sentence } from '../../sentences/sentence.ts';
import {
  forgetAllComparisons,
  forgetComparisonsOf,
  readAdapterFolder,
  readComparisons,
  readLearnedFrom,
  readManifest,
  requireSound,
  writeAdapterFolder,
  type AdapterFit,
  type LoadedAdapter,
  type NewAdapter,
} from './adapterFolder.ts';
import { sha256OfJson } from '../canonicalJson.ts';
import { nothingToRollBack } from '../errors.ts';
import type { IsForgotten, KeptComparisons } from './keptComparisons.ts';
import type { Manifest } from './manifest.ts';
import { namingFullDisk } from '../namingFullDisk.ts';

/** One folder of the store: an adapter's manifest, or what is wrong with it. */
export type AdapterEntry =
  | { readonly kind: 'adapter'; readonly id: AdapterId; readonly manifest: Manifest }
  | { readonly kind: 'damaged'; readonly id: AdapterId; readonly problem: string };

/** Which adapter serves. */
export interface Serving {
  /** Absent when the base model serves alone. */
  readonly adapterId?: AdapterId;
  /** Why the store cannot tell, for the user; the base model serves then. Absent when all is well. */
  readonly problem?: Sentence;
}

const servingSchema = z.object({
  formatVersion: z.literal(1),
  /** Adapters in the order they were promoted; the last one serves, and none means the base model. */
  history: z.array(z.string().transform((text) => text as AdapterId)),
});

const servingFile = 'active.json';

/** Ids become folder names on every system, so they are short, lower case and without surprises. */
const adapterIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * The adapters of one user on disk, one folder each, in PEFT's own format with our manifest beside
 * it, and the pointer to the one that serves.
 *
 * A folder appears whole or not at all and is never changed afterwards, but for weights that an adapter
 * is merged into while it serves, and for held-out comparisons that are forgotten; the pointer is replaced
 * by a rename. So any process may read at any moment, and being killed costs nothing that was there.
 * One process writes at a time: the one that retrains, or the one that rolls back.
 */
export class AdapterStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps a new adapter under its manifest's id. It does not serve before it is promoted. */
  async save(adapter: NewAdapter): Promise<void> {
    const id = adapter.manifest.adapterId;
    invariant(adapterIdPattern.test(id), `adapter id ${id} is no folder name`);
    invariant(!(await this.#ids()).includes(id), `adapter ${id} exists already`);
    await removeLeftovers(this.#folder);
    await writeAdapterFolder(this.folderOf(id), adapter);
  }

  /** Where an adapter's files lie. */
  folderOf(id: AdapterId): string {
    return join(this.#folder, id);
  }

  /** All adapters by id; a damaged folder is an entry that says so. */
  async list(): Promise<AdapterEntry[]> {
    const ids = await this.#ids();
    return Promise.all(ids.map((id) => this.#entryOf(id)));
  }

  /**
   * The weights and the manifest of one adapter. Throws TrainerError 'adapterMissing',
   * 'adapterDamaged', or 'adapterMismatch' when it is not for that model, rank and scale.
   */
  load(id: AdapterId, fit: AdapterFit): Promise<LoadedAdapter> {
    return readAdapterFolder(this.folderOf(id), fit);
  }

  /** One adapter's manifest. Throws TrainerError 'adapterMissing' or 'adapterDamaged'. */
  manifest(id: AdapterId): Promise<Manifest> {
    return readManifest(this.folderOf(id));
  }

  /** What is kept of the held-out work one adapter was measured on; `undefined` where nothing is. */
  comparisons(id: AdapterId): Promise<KeptComparisons | undefined> {
    return readComparisons(this.folderOf(id));
  }

  /** Ids of the records one adapter learned from, those of adapters it was trained on among them; `undefined` where they are not known. */
  learnedFrom(id: AdapterId): Promise<readonly string[] | undefined> {
    return readLearnedFrom(this.folderOf(id));
  }

  /** Forgets what every adapter keeps of some held-out work. */
  async forgetPlaces(isForgotten: IsForgotten): Promise<void> {
    for (const id of await this.#ids()) await forgetComparisonsOf(this.folderOf(id), isForgotten);
  }

  /** Forgets all held-out work that adapters keep; the adapters stay. */
  async forgetComparisons(): Promise<void> {
    for (const id of await this.#ids()) await forgetAllComparisons(this.folderOf(id));
  }

  /** The adapter that serves. A pointer that cannot be read means the base model. */
  async serving(): Promise<Serving> {
    const { history, problem } = await this.#pointer();
    const adapterId = history.at(-1);
    return { ...(adapterId !== undefined && { adapterId }), ...(problem !== undefined && { problem }) };
  }

  /**
   * Lets an adapter serve from now on, new or old. `mergedFolder` is where its merged weights were
   * made, if they were; those of others go, because they are large and can be made again. Throws TrainerError
   * 'adapterMissing' or 'adapterDamaged'.
   */
  async promote(id: AdapterId, mergedFolder?: string): Promise<void> {
    await requireSound(this.folderOf(id));
    for (const other of await this.#ids()) if (other !== id) await dropMergedWeights(this.folderOf(other));
    if (mergedFolder !== undefined) await moveMergedWeights(mergedFolder, this.folderOf(id));
    const { history } = await this.#pointer();
    if (history.at(-1) !== id) await this.#pointTo([...history, id]);
  }

  /**
   * Takes an adapter out of service. The one of its model that served before it and is still sound takes over, or
   * else the base model. Gives who serves now.
   *
   * @param from absent: the one that was promoted last.
   */
  async rollBack(from?: AdapterId): Promise<AdapterId | undefined> {
    const { history } = await this.#pointer();
    const leaving = from ?? history.at(-1);
    if (leaving === undefined || history.length === 0) throw nothingToRollBack();
    const kept = historyBefore(leaving, history, await this.list());
    await this.#pointTo(kept);
    return kept.at(-1);
  }

  /** Lets the base model serve alone. The adapters stay and can be promoted again. */
  async rollBackToBase(): Promise<void> {
    const { history, problem } = await this.#pointer();
    // Where it serves already there may not even be a folder.
    if (history.length > 0 || problem !== undefined) await this.#pointTo([]);
  }

  async #ids(): Promise<AdapterId[]> {
    const names = (await namesIn(this.#folder)).filter((name) => adapterIdPattern.test(name));
    return names.map((name) => name as AdapterId).sort();
  }

  async #entryOf(id: AdapterId): Promise<AdapterEntry> {
    try {
      return { kind: 'adapter', id, manifest: await readManifest(this.folderOf(id)) };
    } catch (error) {
      return { kind: 'damaged', id, problem: inEnglish(sentenceOf(error)) };
    }
  }

  async #pointer(): Promise<{ history: AdapterId[]; problem?: Sentence }> {
    const path = join(this.#folder, servingFile);
    try {
      return { history: servingSchema.parse(JSON.parse(await readFile(path, 'utf8'))).history };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return { history: [] };
      return {
        history: [],
        problem: sentence`${path} cannot be read, so the base model serves. Promote an adapter to write it anew.`,
      };
    }
  }

  async #pointTo(history: readonly AdapterId[]): Promise<void> {
    const path = join(this.#folder, servingFile);
    const text = `${JSON.stringify({ formatVersion: 1, history })}\n`;
    await namingFullDisk(path, () => replaceFile(path, (file) => file.writeFile(text)));
  }
}

/** The history up to the newest adapter before one that is sound and, where that can be read, of the same model. */
function historyBefore(
  leaving: AdapterId,
  history: readonly AdapterId[],
  entries: readonly AdapterEntry[],
): readonly AdapterId[] {
  const models = new Map(
    entries.flatMap((entry) => (entry.kind === 'adapter' ? [[entry.id, entry.manifest.baseModelId]] : [])),
  );
  const model = models.get(leaving);
  const isNext = (id: AdapterId): boolean =>
    id !== leaving && models.has(id) && (model === undefined || models.get(id) === model);
  const place = history.lastIndexOf(leaving);
  const before = place === -1 ? history : history.slice(0, place);
  return before.slice(0, before.findLastIndex(isNext) + 1);
}

/**
 * A new adapter's id: when its run began, so that ids sort by age, and the start of its data's hash; of an imported one of
 * where it came from as well, so that two of them within a second are two.
 */
export function newAdapterId(
  startedAtMs: number,
  dataSha256: string,
  imported?: Manifest['imported'],
): AdapterId {
  const time = new Date(startedAtMs).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
  const origin = imported === undefined ? dataSha256 : sha256OfJson({ dataSha256, imported });
  return `${time}-${origin.slice(0, 8)}` as AdapterId;
}

import { cacheCopyGraph, cacheInputNames } from '../model/cacheCopyGraph.ts';
import { cachedHeadSize } from '../model/paddedHeads.ts';
import type { Graph } from '../graph/ir.ts';
import type { DeviceSession, DeviceTensor } from '../runtime/deviceSession.ts';
import { floatTensor, int32Tensor, type Tensor } from '../runtime/session.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { DevicePasses } from './devicePasses.ts';
import type { NextToken } from './sampling.ts';
import type { TextCache, TokenPass } from './textCache.ts';

/** Room grows in steps of this many positions, those of a chunk of a prompt: every run copies the room as well. */
export const roomStep = 128;

/** The layers of a cache by their input names, [B,K,room,D] each; on the CPU only before the first run. */
export type CacheLayers = Readonly<Record<string, Tensor | DeviceTensor>>;

/** Makes and copies caches in the memory of one device. */
export class CacheMemory {
  readonly config: ModelConfig;
  readonly #createSession: (graph: Graph, keptOutputs: readonly string[]) => Promise<DeviceSession>;
  /** By the room they add. */
  readonly #copiers = new Map<number, Promise<DeviceSession>>();
  /** Layers on their way back to the device. */
  readonly #releases = new Set<Promise<void>>();

  constructor(
    config: ModelConfig,
    createSession: (graph: Graph, keptOutputs: readonly string[]) => Promise<DeviceSession>,
  ) {
    this.config = config;
    this.#createSession = createSession;
  }

  /** The layers of one text without tokens. */
  empty(room: number): CacheLayers {
    const { kvHeadCount } = this.config;
    const headSize = cachedHeadSize(this.config);
    const zeros = new Float32Array(kvHeadCount * room * headSize);
    const layer = floatTensor(zeros, [1, kvHeadCount, room, headSize]);
    return Object.fromEntries(cacheInputNames(this.config).map((name) => [name, layer]));
  }

  /** New layers whose text i is text `texts[i]` of the given ones, with more room. */
  async copy(layers: CacheLayers, texts: readonly number[], addedRoom: number): Promise<CacheLayers> {
    const copier = await this.#copier(addedRoom);
    const names = cacheInputNames(this.config);
    const { kept } = await copier.run({ ...layers, texts: int32Tensor(texts) }, names);
    return kept;
  }

  /** Gives the memory of layers back once these copies of them are made. */
  release(layers: Promise<CacheLayers>, copied: Promise<unknown>): void {
    const released = Promise.all([layers, copied]).then(
      ([held]) => disposeLayers(held),
      () => undefined,
    );
    this.#releases.add(released);
    void released.then(() => this.#releases.delete(released));
  }

  /** Ends once all is given back that was to be: a tensor that outlives the sessions of its device ends the process. */
  async dispose(): Promise<void> {
    await Promise.all(this.#releases);
    for (const copier of await Promise.allSettled(this.#copiers.values()))
      if (copier.status === 'fulfilled') await copier.value.dispose();
  }

  #copier(addedRoom: number): Promise<DeviceSession> {
    const known = this.#copiers.get(addedRoom);
    if (known !== undefined) return known;
    const names = cacheInputNames(this.config);
    const made = this.#createSession(cacheCopyGraph(this.config, addedRoom), names);
    this.#copiers.set(addedRoom, made);
    // Where there was no memory for it there may be some the next time.
    made.catch(() => this.#copiers.delete(addedRoom));
    return made;
  }
}

/**
 * The keys and values of a batch of texts in a device's memory, as `KvCache` holds them in the
 * CPU's. A copy is of the cache as it was when it was asked for: the layers it is taken from stay in
 * memory until it is made, whatever becomes of the cache meanwhile.
 */
export class DeviceCache implements TextCache {
  readonly #passes: DevicePasses;
  readonly #lengths: number[];
  #room: number;
  #layers: Promise<CacheLayers>;
  /** Resolves once all copies asked for so far are made, or have failed. */
  #copied: Promise<unknown> = Promise.resolve();

  private constructor(
    passes: DevicePasses,
    lengths: number[],
    held: { readonly room: number; readonly layers: Promise<CacheLayers> },
  ) {
    this.#passes = passes;
    this.#lengths = lengths;
    this.#room = held.room;
    this.#layers = held.layers;
    // Whoever uses the layers hears of a copy that failed; nobody may have to.
    held.layers.catch(() => undefined);
  }

  /** A cache of one text without tokens. */
  static empty(passes: DevicePasses): DeviceCache {
    const layers = Promise.resolve(passes.memory.empty(roomStep));
    return new DeviceCache(passes, [0], { room: roomStep, layers });
  }

  get batch(): number {
    return this.#lengths.length;
  }

  get bytes(): number {
    const { config } = this.#passes.memory;
    const rowSize = config.kvHeadCount * cachedHeadSize(config);
    return 4 * 2 * config.layerCount * this.batch * this.#room * rowSize;
  }

  /** Positions held for one text. */
  lengthOf(row: number): number {
    return this.#lengths[row]!;
  }

  truncate(length: number): void {
    this.#lengths.forEach((held, row) => (this.#lengths[row] = Math.min(held, length)));
  }

  beginning(length: number): DeviceCache {
    const copy = this.#copy([...this.#lengths.keys()]);
    copy.truncate(length);
    return copy;
  }

  repeated(batch: number): DeviceCache {
    return this.#copy(new Array<number>(batch).fill(0));
  }

  run(pass: TokenPass): Promise<NextToken[]> {
    return this.#passes.run(this, pass);
  }

  /** The layers with room for so many more positions in every text. */
  async layersFor(tokenCount: number): Promise<CacheLayers> {
    const missing = Math.max(...this.#lengths) + tokenCount - this.#room;
    if (missing > 0) await this.#grow(Math.ceil(missing / roomStep) * roomStep);
    return this.#layers;
  }

  /** Takes the layers that a run over so many tokens per text gave, in the place of those it was given. */
  append(layers: CacheLayers, tokenCount: number): void {
    this.#release(this.#layers);
    this.#layers = Promise.resolve(layers);
    this.#lengths.forEach((held, row) => (this.#lengths[row] = held + tokenCount));
  }

  dispose(): void {
    this.#release(this.#layers);
  }

  #copy(texts: readonly number[]): DeviceCache {
    const layers = this.#layers.then((held) => this.#passes.memory.copy(held, texts, 0));
    this.#copied = Promise.allSettled([this.#copied, layers]);
    const lengths = texts.map((text) => this.#lengths[text]!);
    return new DeviceCache(this.#passes, lengths, { room: this.#room, layers });
  }

  /** Both stand in memory while it is copied, so this is what fails first where that is full: the cache stays as it was then. */
  async #grow(addedRoom: number): Promise<void> {
    const before = this.#layers;
    const texts = [...this.#lengths.keys()];
    this.#layers = before.then((held) => this.#passes.memory.copy(held, texts, addedRoom));
    try {
      await this.#layers;
    } catch (error) {
      this.#layers = before;
      throw error;
    }
    this.#room += addedRoom;
    this.#release(before);
  }

  #release(layers: Promise<CacheLayers>): void {
    this.#passes.memory.release(layers, this.#copied);
  }
}

function disposeLayers(layers: CacheLayers): void {
  for (const layer of Object.values(layers)) if ('dispose' in layer) layer.dispose();
}

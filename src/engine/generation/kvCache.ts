import { cachedHeadSize } from '../model/paddedHeads.ts';
import { cacheNames } from '../model/servingGraph.ts';
import { floatTensor, floatsOf, int32Tensor, type Tensor } from '../runtime/session.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';

/** Room grows in steps of this many positions: small against a prompt, so little is computed in vain. */
const roomStep = 64;

/**
 * The keys and values of a batch of texts that were already computed, as inputs of the serving
 * graph. Each text has its own length; room behind it does not count.
 */
export class KvCache {
  readonly #config: ModelConfig;
  #lengths: number[];
  #room = 0;
  /** Per layer [B,K,room,D]. */
  #keys: Float32Array[];
  #values: Float32Array[];

  constructor(config: ModelConfig, batch: number) {
    this.#config = config;
    this.#lengths = new Array<number>(batch).fill(0);
    this.#keys = Array.from({ length: config.layerCount }, () => new Float32Array(0));
    this.#values = Array.from({ length: config.layerCount }, () => new Float32Array(0));
  }

  get batch(): number {
    return this.#lengths.length;
  }

  get layerCount(): number {
    return this.#config.layerCount;
  }

  get #headSize(): number {
    return cachedHeadSize(this.#config);
  }

  /** Bytes of all keys and values, room that is not filled included. */
  get bytes(): number {
    return [...this.#keys, ...this.#values].reduce((sum, layer) => sum + layer.byteLength, 0);
  }

  /** Positions held for one text. */
  lengthOf(row: number): number {
    return this.#lengths[row]!;
  }

  /** Forgets what stands behind `length` in every text; their keys and values stay until overwritten. */
  truncate(length: number): void {
    this.#lengths.forEach((held, row) => (this.#lengths[row] = Math.min(held, length)));
  }

  /** A cache of its own with the first `length` positions of every text. */
  beginning(length: number): KvCache {
    const copy = new KvCache(this.#config, this.batch);
    copy.#lengths = this.#lengths.map((held) => Math.min(held, length));
    copy.#room = Math.min(this.#room, roomFor(length));
    copy.#keys = this.#keys.map((layer) => this.#withRoom(layer, copy.#room));
    copy.#values = this.#values.map((layer) => this.#withRoom(layer, copy.#room));
    return copy;
  }

  /** A cache of `batch` texts that all begin as this one text does. */
  repeated(batch: number): KvCache {
    const copy = new KvCache(this.#config, batch);
    copy.#lengths.fill(this.#lengths[0]!);
    copy.#room = this.#room;
    copy.#keys = this.#keys.map((layer) => repeat(layer, batch));
    copy.#values = this.#values.map((layer) => repeat(layer, batch));
    return copy;
  }

  /** The graph's inputs for a run over `tokenCount` tokens per text: the cache, and where they end in it. */
  feeds(tokenCount: number): Record<string, Tensor> {
    const { kvHeadCount } = this.#config;
    const headSize = this.#headSize;
    const dims = [this.batch, kvHeadCount, this.#room, headSize];
    const feeds: Record<string, Tensor> = {
      lastPosition: int32Tensor(this.#lengths.map((length) => length + tokenCount - 1)),
      tokenCount: int32Tensor([Math.max(...this.#lengths) + tokenCount], []),
    };
    this.#keys.forEach((keys, layer) => (feeds[cacheNames.pastKeys(layer)] = floatTensor(keys, dims)));
    this.#values.forEach(
      (values, layer) => (feeds[cacheNames.pastValues(layer)] = floatTensor(values, dims)),
    );
    return feeds;
  }

  /** Takes the new rows of a run over `tokenCount` tokens per text into the cache. */
  append(outputs: Readonly<Record<string, Tensor>>, tokenCount: number): void {
    this.#makeRoom(Math.max(...this.#lengths) + tokenCount);
    for (let layer = 0; layer < this.#config.layerCount; layer++) {
      this.#write(this.#keys[layer]!, floatsOf(outputs, cacheNames.newKeys(layer)), tokenCount);
      this.#write(this.#values[layer]!, floatsOf(outputs, cacheNames.newValues(layer)), tokenCount);
    }
    this.#lengths.forEach((held, row) => (this.#lengths[row] = held + tokenCount));
  }

  /** Writes rows [B,tokenCount,K*D] behind what each text holds. */
  #write(cache: Float32Array, rows: Float32Array, tokenCount: number): void {
    const { kvHeadCount } = this.#config;
    const headSize = this.#headSize;
    for (let row = 0; row < this.batch * tokenCount; row++) {
      const text = Math.floor(row / tokenCount);
      const position = this.#lengths[text]! + (row % tokenCount);
      for (let head = 0; head < kvHeadCount; head++) {
        const from = (row * kvHeadCount + head) * headSize;
        const to = ((text * kvHeadCount + head) * this.#room + position) * headSize;
        for (let i = 0; i < headSize; i++) cache[to + i] = rows[from + i]!;
      }
    }
  }

  #makeRoom(positions: number): void {
    if (positions <= this.#room) return;
    const room = roomFor(positions);
    this.#keys = this.#keys.map((layer) => this.#withRoom(layer, room));
    this.#values = this.#values.map((layer) => this.#withRoom(layer, room));
    this.#room = room;
  }

  /** A layer [B,K,room,D] copied into more room or less. */
  #withRoom(layer: Float32Array, room: number): Float32Array {
    const { kvHeadCount } = this.#config;
    const headSize = this.#headSize;
    const kept = Math.min(this.#room, room) * headSize;
    const target = new Float32Array(this.batch * kvHeadCount * room * headSize);
    for (let block = 0; block < this.batch * kvHeadCount; block++) {
      const start = block * this.#room * headSize;
      target.set(layer.subarray(start, start + kept), block * room * headSize);
    }
    return target;
  }
}

function roomFor(positions: number): number {
  return Math.ceil(positions / roomStep) * roomStep;
}

function repeat(block: Float32Array, times: number): Float32Array {
  const copies = new Float32Array(block.length * times);
  for (let i = 0; i < times; i++) copies.set(block, i * block.length);
  return copies;
}

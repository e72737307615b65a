import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceResults, DeviceSession, DeviceTensor } from '../../src/engine/runtime/deviceSession.ts';
import { floatTensor, type Tensor } from '../../src/engine/runtime/session.ts';

/** A device that computes nothing and, as ONNX Runtime does, runs nothing with a tensor that was disposed. */
export class IdleDevice {
  readonly #tensors = new Set<DeviceTensor>();

  /** Those whose memory nobody gave back. */
  get tensorCount(): number {
    return this.#tensors.size;
  }

  /** A session of any graph; to make it takes longer than a run. */
  async createSession(keptOutputs: readonly string[]): Promise<DeviceSession> {
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    return { run: (feeds) => this.#run(feeds, keptOutputs), dispose: () => Promise.resolve() };
  }

  async #run(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    keptOutputs: readonly string[],
  ): Promise<DeviceResults> {
    for (const [name, fed] of Object.entries(feeds))
      if ('dispose' in fed && !this.#tensors.has(fed)) throw new Error(`${name} was disposed before the run`);
    await nextTurn();
    const rows = floatTensor(new Float32Array(feeds['logitRows']?.dims[0] ?? 0));
    const kept = Object.fromEntries(keptOutputs.map((name) => [name, this.#newTensor()]));
    return { tensors: { logits: rows, logSumExp: rows }, kept };
  }

  #newTensor(): DeviceTensor {
    const tensor = { dims: [], dispose: () => void this.#tensors.delete(tensor) };
    this.#tensors.add(tensor);
    return tensor;
  }
}

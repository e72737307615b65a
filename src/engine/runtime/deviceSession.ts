import type { Tensor } from './session.ts';

/** A tensor in a device's own memory. Only sessions of that device read it; its numbers never come to the CPU. */
export interface DeviceTensor {
  readonly dims: readonly number[];
  /** Gives the memory back. */
  dispose(): void;
}

/** A graph ready to run on a device that has its own memory, where some of its outputs stay. */
export interface DeviceSession {
  /**
   * Feeds the inputs by name and gives the outputs asked for. Those that stay on the device are new
   * tensors: ONNX Runtime for Node writes into none that is given, and says nothing when asked to.
   */
  run(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<DeviceResults>;
  /** Gives the session's memory back. */
  dispose(): Promise<void>;
}

/** What a run gives. */
export interface DeviceResults {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The outputs that stay on the device. */
  readonly kept: Readonly<Record<string, DeviceTensor>>;
}

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
   * Feeds the inputs by name and gives the outputs asked for by name. An output that stays on the
   * device is written into the tensor that stands for it in `outputs`, which may be one of the feeds,
   * or into a new one where there is `null`.
   */
  run(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    outputs: Readonly<Record<string, DeviceTensor | null>>,
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

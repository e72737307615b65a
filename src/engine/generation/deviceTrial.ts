import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import type { DeviceVerdict } from '../runtime/deviceVerdicts.ts';

/** What a test of WebGPU beside the CPU is made of, from cheap to costly. */
export interface DeviceTrial {
  /** Throws where WebGPU finds no adapter. */
  open(): Promise<void>;
  /** The software driver behind WebGPU; undefined for real hardware, or where one cannot tell. */
  softwareDriver(): Promise<string | undefined>;
  /** The longest run of tokens that the device computes as the CPU does; throws where even short ones differ. */
  findRunTokens(): Promise<number | undefined>;
  /** Milliseconds of a typical completion on both. */
  time(maxRunTokens: number | undefined): Promise<{ readonly cpuMs: number; readonly webgpuMs: number }>;
}

/** A device has to need no more than this share of the CPU's time to be taken: a card draws the screen as well. */
export const neededShare = 0.8;

/** Which of CPU and WebGPU a model shall run on. Only what the device itself is to blame for ends in a verdict. */
export async function tryDevice(trial: DeviceTrial): Promise<DeviceVerdict> {
  try {
    await trial.open();
    const software = await trial.softwareDriver();
    if (software !== undefined) return onCpu(sentence`WebGPU runs on a software driver, ${software}`);
    const maxRunTokens = await trial.findRunTokens();
    const { cpuMs, webgpuMs } = await trial.time(maxRunTokens);
    const device = webgpuMs <= neededShare * cpuMs ? 'webgpu' : 'cpu';
    const why = sentence`a short completion takes ${Math.round(webgpuMs)} ms on WebGPU and ${Math.round(cpuMs)} ms on the CPU`;
    return { device, why, maxRunTokens };
  } catch (error) {
    if (!EngineError.is(error, 'deviceFailed')) throw error;
    return onCpu(error.sentence);
  }
}

/** The verdict while a test runs: a driver that takes the process down is not tried again. */
export const unfinishedTrial: DeviceVerdict = onCpu(
  sentence`the last test of WebGPU did not come to its end`,
);

/** The verdict where none can be kept: a driver that takes the process down would be tried at each start. */
export function unnotedTrial(folder: string): DeviceVerdict {
  return onCpu(sentence`WebGPU is not tested, since nothing can be written to ${folder}`);
}

function onCpu(why: Sentence): DeviceVerdict {
  return { device: 'cpu', why };
}

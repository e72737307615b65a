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

/** WebGPU has to need no more than this share of the CPU's time to be taken: a card draws the screen as well. */
const neededShare = 0.8;

/** Which of CPU and WebGPU a model shall run on. Only what the device itself is to blame for ends in a verdict. */
export async function tryDevice(trial: DeviceTrial): Promise<DeviceVerdict> {
  try {
    await trial.open();
    const software = await trial.softwareDriver();
    if (software !== undefined) return onCpu(`WebGPU runs on a software driver, ${software}`);
    const maxRunTokens = await trial.findRunTokens();
    const { cpuMs, webgpuMs } = await trial.time(maxRunTokens);
    const times = `${webgpuMs.toFixed(0)} ms on WebGPU and ${cpuMs.toFixed(0)} ms on the CPU`;
    const device = webgpuMs <= neededShare * cpuMs ? 'webgpu' : 'cpu';
    return { device, why: `a short completion takes ${times}`, maxRunTokens };
  } catch (error) {
    if (!EngineError.is(error, 'deviceFailed')) throw error;
    return onCpu(error.message);
  }
}

/** The verdict while a test runs: a driver that takes the process down is not tried again. */
export const unfinishedTrial: DeviceVerdict = onCpu('the last test of WebGPU did not come to its end');

function onCpu(why: string): DeviceVerdict {
  return { device: 'cpu', why };
}

import { quoted, sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import type { Device } from './devices.ts';

/** Devices as a sentence begins with them. */
const deviceNames: Readonly<Record<Device, Sentence>> = {
  cpu: sentence`The CPU`,
  webgpu: sentence`The graphics card (WebGPU)`,
  cuda: quoted('CUDA'),
  dml: quoted('DirectML'),
  coreml: quoted('Core ML'),
};

/** The chosen device is not in this installation of ONNX Runtime. */
export function deviceMissing(device: Device, present: readonly Device[]): EngineError {
  return new EngineError(
    'deviceFailed',
    sentence`The model cannot run on '${device}': on this system ONNX Runtime offers ${listOf(present)}. Set attune.device to one of these or to 'auto'.`,
    { device },
  );
}

/** The device refused the model, or stopped at work: its driver failed, it was reset or unplugged, its memory is full. */
export function deviceFailed(device: Device, what: Sentence, cause: unknown): EngineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    'deviceFailed',
    sentence`${deviceNames[device]} ${what}: ${lastSentence(why)}. Set attune.device to 'cpu', or update the driver and try again.`,
    { device },
    cause,
  );
}

/** The device computes something else than the CPU. */
export function deviceWrong(device: Device, details: Sentence): EngineError {
  return new EngineError(
    'deviceFailed',
    sentence`${deviceNames[device]} computes wrong numbers: ${details}. Its driver is to blame. Set attune.device to 'cpu', or update the driver and try again.`,
    { device },
  );
}

function listOf(present: readonly Device[]): string {
  return present.map((device) => `'${device}'`).join(', ');
}

/** ONNX Runtime's messages begin with files, functions and conditions; what happened stands last. */
function lastSentence(message: string): string {
  return message
    .trim()
    .split('\n')
    .at(0)!
    .replace(/^.*was false\. /, '')
    .replace(/\.$/, '');
}

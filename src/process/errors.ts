import * as z from 'zod';
import { ForeseenError, sentenceOf } from '../sentences/foreseenError.ts';
import { joined, sentence, type Sentence } from '../sentences/sentence.ts';
import type { MissingModel } from './missingModel.ts';

/** Why a process of ours could not do what it was asked. */
export type ProcessErrorReason =
  | 'died'
  | 'crashLoop'
  | 'incompleteInstallation'
  | 'otherMachine'
  | 'otherVersion'
  | 'stranger'
  | 'noPrivateFolder'
  | 'badMessage'
  | 'badSettings'
  | 'modelNotReady'
  | 'modelNotHere'
  | 'alreadyRunning'
  | 'alreadyThere'
  | 'unfitExport'
  | 'insecureAddress'
  | 'clusterUnreachable'
  | 'clusterRefused'
  | 'tooLargeToSend'
  | 'jobEnded'
  | 'damagedResult';

/** A failure of a child process or of the talk with it. */
export class ProcessError extends ForeseenError<ProcessErrorReason> {
  override readonly name = 'ProcessError';
}

/** The process at the other end is gone; whoever knows which one it was says more. */
export function connectionLost(cause: unknown): ProcessError {
  return new ProcessError(
    'died',
    sentence`The process at the other end stopped before it answered. Ask again.`,
    {},
    cause,
  );
}

/** The engine went down with a request that somebody waits for. */
export function engineDied(): ProcessError {
  return new ProcessError(
    'died',
    sentence`The engine stopped before it answered. It starts again by itself: ask once more.`,
  );
}

/** The engine goes down again and again. */
export function engineCrashLoop(
  { crashCount, minutes }: { readonly crashCount: number; readonly minutes: number },
  how: Sentence,
): ProcessError {
  return new ProcessError(
    'crashLoop',
    sentence`The engine stopped ${crashCount} times within ${minutes} min (the last time: ${how}), so it is not started again and there are no completions. The log says what it wrote last. Choose a smaller model if memory is short, or reload the window to try again.`,
    { crashCount, how },
  );
}

/** The trainer went down before it came to a verdict. */
export function trainerDied(how: Sentence): ProcessError {
  return new ProcessError(
    'died',
    sentence`The trainer stopped before it was done (${how}). The policy that served before still serves. Retrain again: it goes on from its last checkpoint.`,
    { how },
  );
}

/** The trainer went down while it brought an adapter in or out. */
export function exchangeDied(how: Sentence): ProcessError {
  return new ProcessError(
    'died',
    sentence`The process that reads and writes adapters stopped before it was done (${how}). The policy that served before still serves. Try again.`,
    { how },
  );
}

/** What wrote or read a file of feedback went down. */
export function feedbackExchangeDied(how: Sentence): ProcessError {
  return new ProcessError(
    'died',
    sentence`The process that writes and reads files of feedback stopped before it was done (${how}). Try again: what is stored already is not stored twice.`,
    { how },
  );
}

/** What found out how models will run went down. */
export function predictionDied(how: Sentence): ProcessError {
  return new ProcessError(
    'died',
    sentence`The process that times models stopped before it was done (${how}).`,
    { how },
  );
}

/** What talked to a cluster went down. */
export function clusterTalkDied(how: Sentence): ProcessError {
  return new ProcessError(
    'died',
    sentence`The process that talks to the cluster stopped before it was done (${how}). A job that was submitted goes on there. Try again.`,
    { how },
  );
}

/** Something is where a new folder should be. */
export function alreadyThere(path: string): ProcessError {
  return new ProcessError(
    'alreadyThere',
    sentence`There is something at ${path} already, and nothing is overwritten. Choose another name.`,
    { path },
  );
}

/** The engine went down before anybody could talk to it. */
export function engineNotStarted(how: Sentence): ProcessError {
  return new ProcessError('died', sentence`The engine could not be started: ${how}. The log says more.`, {
    how,
  });
}

/** The size of a file in bytes, undefined where it is not there, and the one it should have. */
interface FoundFile {
  readonly size?: number | undefined;
  readonly bytes?: number;
}

/** A file of the package is not there, or not whole. */
export function incompleteInstallation(
  file: string,
  found: FoundFile | 'damaged',
  others: number,
): ProcessError {
  const what = found === 'damaged' ? sentence`${file} is damaged` : wrongSize(file, found);
  const all = others === 0 ? what : sentence`${what} (${others + 1} files are not as they should be)`;
  return new ProcessError(
    'incompleteInstallation',
    sentence`Attune is not installed whole: ${all}. Uninstall Attune, install it again, and reload the window; if a virus scanner took the file away, let it pass.`,
    { file },
  );
}

function wrongSize(file: string, { size, bytes = 0 }: FoundFile): Sentence {
  return size === undefined
    ? sentence`${file} is missing`
    : sentence`${file} has ${size} bytes in place of ${bytes}`;
}

/** The package has no native files for this machine. */
export function otherMachine(here: string, served: readonly string[]): ProcessError {
  return new ProcessError(
    'otherMachine',
    sentence`Attune cannot run its model here: this machine is ${here}, and this package of Attune has ONNX Runtime for ${served.join(', ') || sentence`no system`}. Uninstall it and install the package for this machine; ONNX Runtime serves Linux and Windows on x64 and arm64, and macOS on arm64.`,
    { here },
  );
}

/** The package has native files for this machine, and its system cannot load them. */
export function runtimeNotLoaded(why: string): ProcessError {
  return new ProcessError(
    'otherMachine',
    sentence`Attune cannot run its model here, because ONNX Runtime could not be loaded: ${why}. It needs glibc on Linux, which Alpine has not, and on Windows Microsoft's Visual C++ Redistributable.`,
    { why },
  );
}

/** The child was built for another version of the protocol, as after an update under a running editor. */
export function otherProtocol(ours: number, theirs: number): ProcessError {
  return new ProcessError(
    'otherVersion',
    sentence`Attune was updated while it ran: one of its processes speaks protocol version ${theirs}, this one ${ours}. Reload the window.`,
    { ours, theirs },
  );
}

/** The engine that another window runs is newer than this window. */
export function newerEngine(ours: string, theirs: string): ProcessError {
  return new ProcessError(
    'otherVersion',
    sentence`Attune was updated: another window runs version ${theirs}, this one still ${ours}. Until this window is reloaded, each version keeps a model of its own in memory.`,
    { ours, theirs },
  );
}

/** Somebody without the right token knocked at an engine. */
export function stranger(): ProcessError {
  return new ProcessError(
    'stranger',
    sentence`This engine serves only the windows of the user who started it.`,
  );
}

/** There is nowhere that the engine and the windows could meet unseen by other users. */
export function noPrivateFolder(problems: readonly Sentence[]): ProcessError {
  return new ProcessError(
    'noPrivateFolder',
    sentence`There is no folder that only you may enter for the engine and its windows to meet: ${joined(problems, '; ')}. Remove it, or set XDG_RUNTIME_DIR or TMPDIR to a folder of your own, and start VS Code again.`,
  );
}

/** A message is not what the protocol says. */
export function badMessage(method: string, error: z.ZodError): ProcessError {
  return new ProcessError(
    'badMessage',
    sentence`The message '${method}' between two processes of Attune is not what it should be: ${onOneLine(error)}. Please report this.`,
    { method },
    error,
  );
}

/** What a retraining was asked for cannot be. */
export function badHyperparameters(error: z.ZodError): ProcessError {
  return new ProcessError(
    'badSettings',
    sentence`The hyperparameters cannot be used: ${onOneLine(error)}. Correct or remove them.`,
    {},
    error,
  );
}

/** A retraining was asked for with hyperparameters that there are not. */
export function unknownHyperparameters(names: readonly string[]): ProcessError {
  return new ProcessError(
    'badSettings',
    sentence`There is no such hyperparameter: ${names.join(', ')}. Look how it is written, or remove it.`,
  );
}

/** A job was asked for with hyperparameters that only a retraining at home can follow, each with why. */
export function localHyperparameters(names: readonly (readonly [string, Sentence])[]): ProcessError {
  const each = names.map(([name, why]) => sentence`${name} (${why})`);
  return new ProcessError(
    'badSettings',
    sentence`On a cluster these hyperparameters mean nothing: ${joined(each, ', ')}. Remove them for the job.`,
  );
}

/** There is no policy that could answer; `failure` is why there will be none by waiting. */
export function modelNotReady(failure?: Sentence): ProcessError {
  const waiting = sentence`No model is loaded at the moment. Wait until it is, and ask again.`;
  return new ProcessError('modelNotReady', failure ?? waiting);
}

/** There is no policy, and will be none before the user asks for a model. */
export function modelNotHere({ model, bytes }: MissingModel): ProcessError {
  const megabytes = Math.round(bytes / 1e6);
  return new ProcessError(
    'modelNotHere',
    sentence`The model ${model} is not on this machine, and is not downloaded (${megabytes} MB) before you ask for it: by “Attune: Choose Model”, or by “Attune: Start Model” where the settings name it.`,
    { model, bytes },
  );
}

/** A second retraining was asked for. */
export function alreadyRunning(): ProcessError {
  return new ProcessError(
    'alreadyRunning',
    sentence`A retraining, or an import or export of an adapter, is running already, here or in another window. Wait until it is done, or cancel it there.`,
  );
}

function onOneLine(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll(/\s+/g, ' ');
}

/** A folder cannot go into a job for a cluster; `why` is a whole sentence that names it. */
export function unfitExport(folder: string, why: Sentence, cause?: unknown): ProcessError {
  return new ProcessError('unfitExport', why, { folder }, cause);
}

/** An address that nothing may be sent to: none at all, or one without TLS that is not on this machine. */
export function insecureAddress(address: string, kind: 'no' | 'plain'): ProcessError {
  const what =
    kind === 'no'
      ? sentence`${address} is no address of a dashboard. Write it as https://HOST:PORT.`
      : sentence`${address} has no TLS, and is not on this machine: whoever is in between could read your code and the token. Use https, or a tunnel to a port of this machine; if the network itself is trusted, say --plain-http as well.`;
  return new ProcessError('insecureAddress', what, { address });
}

/** A dashboard's address with a user or a password in it, which is not said again here. */
export function passwordInAddress(): ProcessError {
  return new ProcessError(
    'insecureAddress',
    sentence`An address is shown, logged and remembered as it is, so it may hold no user and no password. Write it as https://HOST:PORT; what the cluster lets you in by is its token.`,
  );
}

/** Nothing that speaks Ray's Jobs API answers there. */
export function clusterUnreachable(address: string, cause: unknown): ProcessError {
  return new ProcessError(
    'clusterUnreachable',
    sentence`No Ray dashboard answers at ${address} (${sentenceOf(cause)}). Check the address and that the cluster runs.`,
    { address },
    cause,
  );
}

/** The dashboard answered, and not with what was asked. */
export function clusterRefused(address: string, status: number, text: string): ProcessError {
  return new ProcessError(
    'clusterRefused',
    sentence`The Ray dashboard at ${address} answered ${status}: ${text}. With 401 or 403, set ATTUNE_CLUSTER_TOKEN.`,
    { address, status },
  );
}

/** A job is larger than what Ray's dashboard takes. Both in bytes. */
export function tooLargeToSend(packedBytes: number, limitBytes: number): ProcessError {
  const [packed, limit] = [packedBytes, limitBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  return new ProcessError(
    'tooLargeToSend',
    sentence`The job is ${packed!} MiB packed, and Ray’s dashboard takes ${limit!} MiB. Send fewer exports at once, or take the oldest rows out of sft.jsonl and preference.jsonl: they are in the order of their time.`,
    { packedBytes, limitBytes },
  );
}

/** A job ended without an adapter; `said` is what it printed last. */
export function jobEnded(id: string, status: string, said: string): ProcessError {
  return new ProcessError(
    'jobEnded',
    sentence`Job ${id} has no adapter: it is ${status}. It said last: ${said || sentence`nothing`}. The cluster’s dashboard shows all of it.`,
    { id, status },
  );
}

/** Whether a job ended and left nothing to wait for. */
export function isJobEnded(error: unknown): boolean {
  return ProcessError.is(error, 'jobEnded');
}

/** Whether a dashboard answered that it wants another token, or one at all. */
export function isRefusedToken(error: unknown): boolean {
  return ProcessError.is(error, 'clusterRefused') && [401, 403].includes(Number(error.details['status']));
}

/** The log of a job does not hold the adapter that it should; `problem` is a clause. */
export function damagedResult(problem: Sentence): ProcessError {
  return new ProcessError(
    'damagedResult',
    sentence`The log of the job holds no whole adapter: ${problem}. Look at the job in the dashboard; it can be submitted again and goes on from its checkpoints.`,
    { problem },
  );
}

import type { Clock } from '../../completion/clock.ts';
import { withFileLock } from '../../engine/catalogue/fileLock.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { hasCode } from '../../engine/files.ts';
import type { EngineSettings } from '../clients.ts';
import { findDoor, lockFile, placeOf, type Door, type EnginePlace } from './door.ts';
import { engineNotStarted, newerEngine, ProcessError } from '../errors.ts';
import { launchEngine, type LaunchOptions } from './launchEngine.ts';
import { privateFolder } from './privateFolder.ts';
import { compareBuilds, enter, protocolVersion, retire } from '../protocol.ts';
import { dial, talkOver, type SocketTalk } from './socketTalk.ts';

/** What a window needs to find the engine, or to start it. */
export interface JoinOptions extends LaunchOptions {
  readonly clock: Clock;
  /** Where the engine and its windows may meet, the best place first: see `meetingFolders`. */
  readonly folders: readonly string[];
}

/** An engine that lets this window in. */
export interface JoinedEngine extends SocketTalk {
  readonly place: EnginePlace;
  /** For the user; absent when all is well. */
  readonly notice?: Sentence | undefined;
}

/**
 * The slowest disk builds the session of the largest model in less, and nothing else keeps an engine
 * from answering: after so long it hangs, and nobody else would end it.
 */
const patienceMs = 60_000;

/**
 * The engine for these settings: one that runs already, or one that this starts for all windows. The
 * newest build has the common place; a window of an older build has an engine of its own build.
 */
export async function joinEngine(
  settings: EngineSettings,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<JoinedEngine> {
  const place = placeOf(await privateFolder(options.folders), settings);
  try {
    return await joinAt(place, options, signal);
  } catch (error) {
    if (!ProcessError.is(error, 'otherVersion')) throw error;
    const own = { ...place, name: `${place.name}-${options.version}` };
    return { ...(await joinAt(own, options, signal)), notice: error.sentence };
  }
}

/** One window at a time joins or starts the engine, so of several one starts it. */
async function joinAt(place: EnginePlace, options: JoinOptions, signal: AbortSignal): Promise<JoinedEngine> {
  return withFileLock(lockFile(place), signal, async () => {
    const running = await meet(place, options, signal);
    if (running?.isOurBuild === true) return { ...running.talk, place };
    if (running !== undefined) await takeOver(running, options);
    await launchEngine(place, options);
    const started = await meet(place, options, signal);
    if (started === undefined) throw engineNotStarted(sentence`it was gone at once`);
    return { ...started.talk, place };
  });
}

/** An engine that answered. */
interface Met {
  readonly talk: SocketTalk;
  readonly door: Door;
  /** False: it is older. */
  readonly isOurBuild: boolean;
}

/** The engine at a place; undefined when there is none. Throws ProcessError 'otherVersion' when it is newer. */
async function meet(place: EnginePlace, options: JoinOptions, signal: AbortSignal): Promise<Met | undefined> {
  const door = await findDoor(place);
  const socket = door && (await dial(door.address));
  if (door === undefined || socket === undefined) return undefined;
  const talk = talkOver(socket, options.log);
  try {
    const order = await compareWith(talk, door, options);
    signal.throwIfAborted();
    return { talk, door, isOurBuild: order === 0 };
  } catch (error) {
    talk.dispose();
    if (ProcessError.is(error, 'died')) return undefined;
    throw error;
  }
}

/** Below 0 when the engine is older than this. */
async function compareWith({ rpc }: SocketTalk, door: Door, options: JoinOptions): Promise<number> {
  const { version } = options;
  rpc.listen();
  const hanging = options.clock.setTimer(patienceMs, () => endHanging(door, options));
  try {
    const theirs = await rpc.request(enter, { version, protocolVersion, token: door.token });
    const order = compareBuilds(theirs, { version, protocolVersion });
    if (order > 0) throw newerEngine(version, theirs.version);
    return order;
  } finally {
    hanging.dispose();
  }
}

/** Lets an older engine end in peace. */
async function takeOver({ talk, door }: Met, options: JoinOptions): Promise<void> {
  const hanging = options.clock.setTimer(patienceMs, () => endHanging(door, options));
  talk.rpc.notify(retire, {});
  await talk.ended;
  hanging.dispose();
}

function endHanging({ processId }: Door, { log }: JoinOptions): void {
  log(`The engine, process ${processId}, does not answer and is ended.`);
  try {
    process.kill(processId, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

import { timingSafeEqual } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AlternativesWatch } from '../../completion/alternatives.ts';
import type { Clock, Timer } from '../../completion/clock.ts';
import type { CompletionId, WritingWatch } from '../../completion/completion.ts';
import type { PolicyId } from '../../engine/policy.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { joined, sentence, type Sentence } from '../../sentences/sentence.ts';
import type { EngineSettings, LoadWatch } from '../clients.ts';
import { hideDoor, newDoor, showDoor, type Door, type EnginePlace } from './door.ts';
import type { EngineHost } from './engineHost.ts';
import { stranger } from '../errors.ts';
import {
  alternativeWritten,
  answerWords,
  complete,
  firstLineWritten,
  loadModel,
  measure,
  prepare,
  servingChanged,
  showReferences,
  textWritten,
  useServingAdapter,
  writeAlternatives,
  type Serving,
} from '../engineMessages.ts';
import { compareBuilds, enter, loadProgress, retire, retiring, type Build } from '../protocol.ts';
import { readReferences } from '../references.ts';
import type { Log, Rpc } from '../rpc.ts';
import { SharedLoad } from './sharedLoad.ts';
import { talkOver } from './socketTalk.ts';
import { sparingly } from '../sparingly.ts';
import { unwatched } from './unwatched.ts';

/** A window that is reloaded is back within this time, and finds the model where it was. */
const unusedMs = 5_000;

/** What a server of the engine is made of. */
export interface EngineServerOptions {
  readonly place: EnginePlace;
  readonly build: Build;
  readonly host: Pick<EngineHost, keyof EngineHost>;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the process. */
  readonly exit: () => void;
}

/**
 * The engine as all windows share it that want the same of it: the model is loaded once, requests are
 * answered in the order in which they come, and the process ends when no window has used it for a while.
 */
export class EngineServer {
  readonly #options: EngineServerOptions;
  readonly #door: Door;
  readonly #server: Server;
  readonly #windows = new Set<Rpc>();
  readonly #logged = new Set<string>();
  readonly #writing = new Set<Promise<unknown>>();
  readonly #loading = new SharedLoad();
  /** Absent until the model is loaded. */
  #serving: Serving | undefined;
  /** What was promoted elsewhere and cannot serve: it is not tried again before something else is promoted. */
  #refused: { readonly policyId: PolicyId; readonly notice: Sentence } | undefined;
  #isFollowing = false;
  #unused: Timer | undefined;

  constructor(options: EngineServerOptions) {
    this.#options = options;
    this.#door = newDoor(options.place.folder);
    this.#server = createServer((socket) => this.#accept(socket));
    options.host.onServingChanged((serving) => this.#changeServing(serving));
    options.host.onServingLost((error) => this.#loseServing(error));
  }

  /** Resolves once windows can find it. */
  async open(): Promise<void> {
    const { address } = this.#door;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, resolve);
    });
    if (process.platform !== 'win32') await chmod(address, 0o600);
    await showDoor(this.#options.place, this.#door);
    this.#endWhenUnused();
  }

  #accept(socket: Socket): void {
    const { build, log } = this.#options;
    const { rpc, ended } = talkOver(socket, log);
    void ended.then(() => this.#leave(rpc));
    rpc.answer(enter, ({ token, ...theirs }) => {
      if (!isSame(token, this.#door.token)) throw stranger();
      const order = compareBuilds(theirs, build);
      if (order > 0) rpc.hear(retire, () => void this.#retire('An engine of a newer version takes over.'));
      if (order === 0) this.#admit(rpc);
      return build;
    });
    rpc.listen();
  }

  #admit(rpc: Rpc): void {
    const { host } = this.#options;
    const onProgress = sparingly((progress) => rpc.notify(loadProgress, progress), Date.now);
    this.#windows.add(rpc);
    this.#unused?.dispose();
    rpc.answer(loadModel, (settings, signal) => this.#load(settings, { signal, onProgress }));
    rpc.answer(useServingAdapter, (_, signal) => this.#useServingAdapter({ signal, onProgress }));
    let references: string[] = [];
    rpc.hear(showReferences, ({ list }) => (references = readReferences(list, references)));
    rpc.answer(complete, (request, signal) => {
      void this.#followStore();
      return this.#write(host.complete({ ...request, references }, signal, watchOver(rpc, request.id)));
    });
    rpc.answer(prepare, async (request, signal) => {
      await this.#write(host.prepare(request, signal));
      return {};
    });
    rpc.answer(writeAlternatives, (request, signal) => {
      const watch: AlternativesWatch = {
        onAlternative: (alternative) =>
          rpc.notify(alternativeWritten, { requestId: request.id, alternative }),
        onNoSyntax: (error) => this.#logOnce(`Alternatives are not parsed: ${String(error)}`),
      };
      return this.#write(host.alternatives(request, signal, watch));
    });
    rpc.answer(answerWords, async (request, signal) => ({
      text: await this.#write(host.answer(request, signal)),
    }));
    rpc.answer(measure, (_, signal) => this.#write(host.measure(signal)));
  }

  async #load(settings: EngineSettings, options: LoadWatch): Promise<Serving> {
    const loaded =
      this.#serving ?? (await this.#loading.join(options, (all) => this.#options.host.load(settings, all)));
    this.#serving ??= loaded;
    await this.#followStore();
    return this.#told() ?? loaded;
  }

  async #useServingAdapter(options: LoadWatch): Promise<Serving> {
    const serving = await this.#options.host.useServingAdapter(options);
    this.#refused = undefined;
    this.#changeServing(serving);
    return serving;
  }

  #changeServing(serving: Serving): void {
    this.#serving = serving;
    this.#tellServing();
  }

  /** Its windows start another engine, which has the memory that this one may have lacked, or says why it cannot load. */
  #loseServing(error: unknown): void {
    this.#serving = undefined;
    void this.#retire(`What served before could not be loaded again: ${String(error)}`);
  }

  #tellServing(): void {
    const serving = this.#told();
    if (serving !== undefined) for (const rpc of this.#windows) rpc.notify(servingChanged, serving);
  }

  /** What windows are told of what serves. */
  #told(): Serving | undefined {
    if (this.#serving === undefined || this.#refused === undefined) return this.#serving;
    const notices = [this.#refused.notice, this.#serving.notice].filter((notice) => notice !== undefined);
    return { ...this.#serving, notice: joined(notices, ' ') };
  }

  /** Serves what was promoted elsewhere: by the command line, or in a window that has another engine. */
  async #followStore(): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    await this.#follow(await this.#options.host.promotedElsewhere());
    this.#isFollowing = false;
  }

  /** @param promoted undefined where what the store names serves. */
  async #follow(promoted: PolicyId | undefined): Promise<void> {
    if (promoted === this.#refused?.policyId) return;
    this.#refused = undefined;
    if (promoted === undefined) this.#tellServing();
    else await this.#tryPromoted(promoted);
  }

  async #tryPromoted(policyId: PolicyId): Promise<void> {
    try {
      await this.#useServingAdapter(unwatched);
    } catch (error) {
      this.#options.log(`The adapter that serves could not be changed: ${String(error)}`);
      const notice = sentence`${sentenceOf(error)} Until then what served before goes on.`;
      this.#refused = { policyId, notice };
      this.#tellServing();
    }
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.#options.log(line);
  }

  #write<T>(writing: Promise<T>): Promise<T> {
    const done = writing.catch(() => undefined).finally(() => this.#writing.delete(done));
    this.#writing.add(done);
    return writing;
  }

  /** What is being written now is still answered; its answers are sent before the farewell. */
  async #retire(why: string): Promise<void> {
    this.#options.log(why);
    this.#close();
    await Promise.all(this.#writing);
    await nextTurn();
    await Promise.all(Array.from(this.#windows, (rpc) => rpc.tell(retiring, {})));
    this.#options.exit();
  }

  #leave(rpc: Rpc): void {
    if (this.#windows.delete(rpc)) this.#endWhenUnused();
  }

  #endWhenUnused(): void {
    if (this.#windows.size > 0) return;
    this.#unused?.dispose();
    this.#unused = this.#options.clock.setTimer(unusedMs, () => {
      this.#close();
      this.#options.exit();
    });
  }

  /** Nobody may find the door who could not get in any more: first it goes, then what is behind it. */
  #close(): void {
    hideDoor(this.#options.place);
    this.#server.close();
  }
}

/** Tells a window what is being written for it. */
function watchOver(rpc: Rpc, id: CompletionId): WritingWatch {
  return {
    onFirstLine: (firstLine) => rpc.notify(firstLineWritten, firstLine),
    onText: (text) => rpc.notify(textWritten, { id, text }),
  };
}

/** Takes the same time wherever two texts differ, so that a token cannot be found out bit by bit. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

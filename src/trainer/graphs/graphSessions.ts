import type { Graph } from '../../engine/graph/ir.ts';
import type { Session, Tensor } from '../../engine/runtime/session.ts';
import type { SequenceBatch } from './sequenceBatch.ts';
import type { TrainedModel } from './trainingInputs.ts';

/** What a session is made of; the graphs of this folder all fit. */
export type GraphOf = (model: TrainedModel) => Graph;

/** Makes a session for a training graph. */
export type MakeSession = (graph: Graph) => Promise<Session>;

/**
 * Sessions kept at once: as many as PPO uses in turn. Each holds a graph of a few thousand nodes and,
 * in int8, the frozen weights turned round for the backward pass; making one again takes a second.
 */
const keptSessions = 4;

/**
 * Runs the training graphs of one model. A session is made for each when first needed, and serves
 * batches of every size: no batch is filled up to the size of another.
 */
export class GraphSessions {
  readonly #makeSession: MakeSession;
  /** In the order of last use. */
  readonly #sessions = new Map<string, Session>();

  constructor(makeSession: MakeSession) {
    this.#makeSession = makeSession;
  }

  /**
   * The outputs of `graphOf` for a batch; `name` tells graphs apart that are built by different closures. The prompts
   * are read with the same `theta`.
   */
  async run(
    {
      name,
      model,
      graphOf,
    }: { readonly name: string; readonly model: TrainedModel; readonly graphOf: GraphOf },
    { feeds }: SequenceBatch,
    more: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const session = this.#sessions.get(name) ?? (await this.#makeSession(graphOf(model)));
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    await this.#dropOldest();
    return session.run({ ...feeds, ...more, promptTheta: more['theta']! });
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.dispose()));
  }

  async #dropOldest(): Promise<void> {
    for (const [name, session] of this.#sessions) {
      if (this.#sessions.size <= keptSessions) return;
      this.#sessions.delete(name);
      await session.dispose();
    }
  }
}

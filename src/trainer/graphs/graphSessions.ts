import type { Graph } from '../../engine/graph/ir.ts';
import type { Session, Tensor } from '../../engine/runtime/session.ts';
import type { SequenceBatch } from './sequenceBatch.ts';
import type { BatchShape, TrainedModel } from './trainingInputs.ts';

/** What a session is made of; the graphs of this folder all fit. */
export type GraphOf = (model: TrainedModel, shape: BatchShape) => Graph;

/** Makes a session for a training graph. */
export type MakeSession = (graph: Graph) => Promise<Session>;

/**
 * Sessions kept at once. Each holds a graph of a few thousand nodes; making one again takes a
 * fraction of a second.
 */
const keptSessions = 8;

/** Runs the training graphs of one model; a session is made for each graph and shape when first needed. */
export class GraphSessions {
  readonly #makeSession: MakeSession;
  /** In the order of last use. */
  readonly #sessions = new Map<string, Session>();

  constructor(makeSession: MakeSession) {
    this.#makeSession = makeSession;
  }

  /** The outputs of `graphOf` for a batch; `name` tells graphs apart that are built by different closures. */
  async run(
    {
      name,
      model,
      graphOf,
    }: { readonly name: string; readonly model: TrainedModel; readonly graphOf: GraphOf },
    { shape, feeds }: SequenceBatch,
    more: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const { prompts, tokens, rows } = shape;
    const key = `${name} ${prompts}x${tokens}/${rows}`;
    const session = this.#sessions.get(key) ?? (await this.#makeSession(graphOf(model, shape)));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    await this.#dropOldest();
    return session.run({ ...feeds, ...more });
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.dispose()));
  }

  async #dropOldest(): Promise<void> {
    for (const [key, session] of this.#sessions) {
      if (this.#sessions.size <= keptSessions) return;
      this.#sessions.delete(key);
      await session.dispose();
    }
  }
}

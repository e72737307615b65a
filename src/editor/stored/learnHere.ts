import type { LastingValues } from '../lastingValues.ts';
import type { Settings } from '../settings/settings.ts';

/** What the user said when they were asked; 'later' may be asked once more, in another session. */
const answers = ['here', 'notHere', 'later'] as const;

export type LearnAnswer = (typeof answers)[number];

const key = 'learnHere';

/** What decides whether anything of this workspace may be stored. */
export interface LearnHereOptions {
  /** What outlives the window, of this workspace alone. */
  readonly values: LastingValues;
  /** What the setting says now; only for 'ask' the user is asked. */
  readonly collect: () => Settings['collect'];
  /** Asks the user; undefined when they closed the question. */
  readonly ask: () => PromiseLike<LearnAnswer | undefined>;
  /** The user said something. */
  readonly onAnswered: () => void;
}

/** Whether Attune may learn from the work in this workspace. Nothing is stored before the user said so. */
export class LearnHere {
  readonly #options: LearnHereOptions;
  #wasAsked = false;

  constructor(options: LearnHereOptions) {
    this.#options = options;
  }

  /** Whether it may; asks where that was never answered. */
  readonly isAllowed = (): boolean => {
    const collect = this.#options.collect();
    if (collect !== 'ask') return collect === 'on';
    const { answer } = this;
    if (!this.#wasAsked && (answer === undefined || answer === 'later')) void this.#ask(answer);
    return answer === 'here';
  };

  /** Whether it is settled, by the setting or an answer. */
  get isSettled(): boolean {
    return this.#options.collect() !== 'ask' || this.answer === 'here' || this.answer === 'notHere';
  }

  /** Undefined before the first answer. */
  get answer(): LearnAnswer | undefined {
    const stored = this.#options.values.get(key);
    return answers.find((answer) => answer === stored);
  }

  /** Keeps what the user says by a command, whatever they said before. */
  async change(answer: LearnAnswer): Promise<void> {
    this.#wasAsked = true;
    await this.#options.values.update(key, answer);
    this.#options.onAnswered();
  }

  /** Who puts it off twice is not asked a third time. */
  async #ask(before: LearnAnswer | undefined): Promise<void> {
    this.#wasAsked = true;
    const said = (await this.#options.ask()) ?? 'later';
    await this.change(said === 'later' && before === 'later' ? 'notHere' : said);
  }
}

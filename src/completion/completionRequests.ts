import type { CompletionId, CompletionRequest, PrepareRequest, RelatedCode } from './completion.ts';
import type { CodeFile } from './prompt/relatedCode.ts';
import { RelatedSnapshots } from './prompt/relatedSnapshot.ts';
import { SuffixSnapshots } from './prompt/suffixSnapshot.ts';
import type { SettingsPlace, WantedPlace } from './wantedPlace.ts';

/** What of the settings decides what is asked. */
export interface RequestSettings {
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
  /** Whether prompts show code of other files; absent: they do where there is any. */
  readonly projectCode?: boolean;
  /** What is not asked for by a command has to have at least this chance, 0 to 1; absent: 0. */
  readonly minChance?: number;
}

/** Where what is asked comes from. */
export interface RequestSources {
  /** What is followed at a place: folders and languages may have settings of their own. */
  readonly settings: (place: SettingsPlace) => RequestSettings;
  readonly newId: () => CompletionId;
  /** The texts that a completion may repeat passages of, when one is asked for. Absent: only its own context. */
  readonly references?: (place: WantedPlace) => readonly string[];
  /** Code from elsewhere in the project that is like what stands at a place; undefined while that is not known. Absent: none is shown. */
  readonly related?: (place: WantedPlace) => RelatedCode | undefined;
}

/** What a prompt shows besides its prefix. */
export type ShownAround = Pick<CompletionRequest, 'promptSuffix' | 'related'>;

/**
 * What is asked of the policy at a place. What a prompt shows around its prefix stays the same for the places nearby, so
 * that what was read of it is of use.
 */
export class CompletionRequests {
  readonly #sources: RequestSources;
  readonly #snapshots = new SuffixSnapshots();
  readonly #related: RelatedSnapshots<WantedPlace>;

  constructor(sources: RequestSources) {
    this.#sources = sources;
    this.#related = new RelatedSnapshots((place) => sources.related?.(place));
  }

  /** Code that was shown from elsewhere in the project may not be there any more, or may not be shown: it is chosen anew. */
  forgetRelated(): void {
    this.#related.clear();
  }

  /** Code of a file is another: prompts that it gives something to are to show that. */
  noteRelatedChanged(file: Pick<CodeFile, 'documentUri' | 'path'>): void {
    this.#related.noteChanged(file);
  }

  /** What a prompt at a place shows around its prefix. */
  shownAt(place: WantedPlace): ShownAround {
    return { promptSuffix: this.#snapshots.peek(place), ...this.#relatedTo(place) };
  }

  /** What the policy reads where the user is, or will be. */
  toPrepare(place: WantedPlace): PrepareRequest {
    const { prefix, suffix } = place;
    const { maxPromptTokens } = this.#sources.settings(place);
    return { prefix, suffix, ...this.shownAt(place), maxPromptTokens };
  }

  /** A completion where the user is. The suffix that it shows stays for the places nearby. */
  at(place: WantedPlace): CompletionRequest {
    return this.#request(place, this.#snapshots.take(place));
  }

  /** A completion where the user may be next: that changes nothing for where they are. */
  ahead(place: WantedPlace): CompletionRequest {
    return this.#request(place, this.#snapshots.peek(place));
  }

  #request(place: WantedPlace, promptSuffix: string): CompletionRequest {
    const { prefix, suffix, languageId, trigger } = place;
    const { settings, newId, references: referencesAt } = this.#sources;
    const { maxPromptTokens, maxNewTokens, minChance = 0 } = settings(place);
    const likeliest = { count: 1, temperature: 0, seed: 0 };
    const id = newId();
    const references = referencesAt?.(place);
    return {
      id,
      prefix,
      suffix,
      promptSuffix,
      ...this.#relatedTo(place),
      ...(references === undefined ? {} : { references: [...references] }),
      languageId,
      trigger,
      minChance: trigger === 'automatic' ? minChance : 0,
      ...likeliest,
      maxPromptTokens,
      maxNewTokens,
    };
  }

  #relatedTo(place: WantedPlace): Pick<CompletionRequest, 'related'> {
    const { projectCode = true } = this.#sources.settings(place);
    const related = projectCode ? this.#related.take(place) : undefined;
    return related === undefined ? {} : { related };
  }
}

/** The special tokens of fill-in-the-middle, of a model that was trained on it. */
export interface FimTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
}

/** The special tokens in front of the files of a repository, of a model that was trained on whole repositories. */
export interface RepositoryTokens {
  /** The repository's name follows. */
  readonly name: number;
  /** The path of a file follows, and below it its text. */
  readonly file: number;
}

/** The special tokens around a turn of a chat (ChatML), of a model that was trained on it. */
export interface ChatTokens {
  readonly start: number;
  readonly end: number;
}

/** Text to tokens and back, for one model. */
export interface Tokenizer {
  /** Rows of the embedding: every token id is below it. */
  readonly vocabularySize: number;
  /** Tokens of a plain text. Nothing in the text is read as a special token, and none is added. */
  encode(text: string): number[];
  /** The text of the tokens; special tokens give nothing, broken UTF-8 gives U+FFFD. */
  decode(tokens: readonly number[]): string;
  /** The bytes a token stands for; empty for special tokens. */
  bytesOf(token: number): Uint8Array;
  /** The token that ends a text, which is also the one that training puts at the end. */
  readonly endOfText: number;
  /** All tokens that end a completion: end of text, end of turn, and every fill-in-the-middle mark. */
  readonly stopTokens: ReadonlySet<number>;
  /** Absent when the model never saw fill-in-the-middle. */
  readonly fim: FimTokens | undefined;
  /** Absent when the model never saw a repository's files behind each other. */
  readonly repository: RepositoryTokens | undefined;
  /** Absent when the model knows no turns, or other marks for them. */
  readonly chat: ChatTokens | undefined;
}

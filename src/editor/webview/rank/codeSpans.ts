/** What a piece of code is, as far as a reader is helped by a colour. */
export type SpanKind = 'comment' | 'string' | 'number' | 'keyword' | 'plain';

/** A piece of code of one kind. */
export interface CodeSpan {
  readonly kind: SpanKind;
  readonly text: string;
}

/** Languages in which `#` begins a comment; elsewhere it is part of a name or a directive. */
const hashComments = new Set([
  ...['coffeescript', 'dockerfile', 'elixir', 'julia', 'makefile', 'perl', 'powershell', 'properties'],
  ...['python', 'r', 'ruby', 'shellscript', 'toml', 'yaml'],
]);

/** Words that structure code in most languages; names of types and library functions are left plain. */
const keywords = new Set(
  (
    'abstract and as assert async await begin break case catch class const continue def default defer del do ' +
    'elif else elsif end enum except export extends false final finally fn for from func function go if impl ' +
    'implements import in interface is lambda let loop match mod module move mut namespace new nil none not null ' +
    'or package pass private protected public pub raise readonly ref return self static struct super switch then ' +
    'this throw throws trait true try type typeof undefined unless until use using val var void when where while ' +
    'with yield None True False'
  ).split(' '),
);

const slashComment = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;
const quoted = String.raw`"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\`(?:\\.|[^\`\\])*\`?`;
const number = String.raw`\b\d[\w.]*`;
const word = String.raw`[A-Za-z_$][\w$]*`;

/**
 * Code in pieces for colouring. It knows what most languages share, no grammar of any: enough to
 * read a few lines by.
 */
export function codeSpans(code: string, languageId: string): CodeSpan[] {
  const comment = hashComments.has(languageId) ? String.raw`#[^\n]*` : slashComment;
  const pattern = new RegExp(`(${comment})|(${quoted})|(${number})|(${word})|[\\s\\S]`, 'g');
  return mergePlain(Array.from(code.matchAll(pattern), spanOf));
}

function spanOf([text, comment, string, digits, name]: RegExpMatchArray): CodeSpan {
  if (comment !== undefined) return { kind: 'comment', text };
  if (string !== undefined) return { kind: 'string', text };
  if (digits !== undefined) return { kind: 'number', text };
  return { kind: name !== undefined && keywords.has(name) ? 'keyword' : 'plain', text };
}

function mergePlain(spans: readonly CodeSpan[]): CodeSpan[] {
  return spans.reduce<CodeSpan[]>((merged, span) => {
    const last = merged.at(-1);
    const isJoined = last?.kind === 'plain' && span.kind === 'plain';
    return isJoined
      ? [...merged.slice(0, -1), { kind: 'plain', text: last.text + span.text }]
      : [...merged, span];
  }, []);
}

/** Loaded with the first text that is looked at: at the start of VS Code nobody waits for it. */
async function loadScanner() {
  const [{ lintSource }, { creator: rule }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const config = { rules: [{ id: rule.meta.id, rule }] };
  return { lintSource, options: { config, noPhysicFilePath: true } };
}

let scanner: ReturnType<typeof loadScanner> | undefined;

/** A name that says that its value is secret; secretlint's rules know only keys of known services. */
const secretName = String.raw`(?:secret|token|passw(?:or)?d|passphrase|(?:api|access|private)[_-]?key|credential|authorization)[\w-]{0,40}`;

/**
 * What may stand between such a name and what gives it its value: the end of quotes and brackets around it, as in
 * `config["apiKey"]`, and a type, as in `apiKey: string`, `api_key[]`, or Go's `apiKey string`.
 */
const behindName = String.raw`\\?["'\x60]?\]?(?:\[\w{0,9}\])?(?:\s?:\s?[\w&<>|?.'[\] ]{1,40}?|\s\w{1,20})?`;

/** An assignment, an entry, a value to fall back on, or an argument: `setApiKey("…")`, `get("API_KEY", "…")`. */
const given = String.raw`\s{0,40}(?::=|=>|[:=]+|\|\||\?\?|[,(]|\bor\b)\s*`;

/** What an HTTP header says before its key. */
const scheme = '(?:(?:Bearer|Basic) )?';

/** A quoted literal given to a name. Its closing quote may not be written yet, or lie beyond what is looked at. */
function quotedFor(name: string, minChars: number): RegExp {
  const literal = String.raw`["'\x60]${scheme}([^\s"'\x60]{${minChars},})(?:["'\x60\r\n]|$)`;
  return new RegExp(String.raw`${name}${behindName}${given}[a-z@$]{0,2}\\?${literal}`, 'gi');
}

const quotedLiteral = quotedFor(secretName, 16);

/** A value without quotes, as in YAML, `.env` files, shells, and addresses. */
const bareValue = new RegExp(
  String.raw`${secretName}[ \t]*[:=>][ \t]*${scheme}([A-Za-z0-9+/=._~-]{16,})(?=[\s;&"'\x60<\\]|$)`,
  'gi',
);

const passwordName = '(?:passw(?:or)?d|passphrase)';

/**
 * What people choose for a password is shorter than a key, and no more random than a name. With a digit and eight characters
 * it is a name in 5 of 29,000 files of libraries; of letters alone, in one of 700, so those are not taken for secrets.
 */
const quotedPassword = quotedFor(String.raw`${passwordName}[\w-]{0,40}`, 8);

/** The same without quotes. In code it would be a name. */
const barePassword = new RegExp(
  String.raw`${passwordName}[ \t]*[:=][ \t]*([^\s"'\x60;&<,(){}[\]]{8,})(?=[\s;&"'\x60<\\]|$)`,
  'gi',
);

/**
 * What stands between the lines of a key: line ends, also escaped ones, joins of literals, and the marks of comments. No
 * longer than an indentation, so that a text which is no key is seen to be none at once.
 */
const betweenKeyLines = String.raw`(?:\s|\\[nrt]?|["'\x60]\s*(?:[+,.]\s*)?[bru]?["'\x60]|[#*>|]|//){0,80}`;

const privateKeyName = '(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)? ?-{4,5}';

/**
 * The first line of a private key and what comes behind it: 20 characters of the key, a header such as
 * `Proc-Type: 4,ENCRYPTED`, or the end of the text. Secretlint wants its last line too, and the context of a cursor may
 * be cut before it. Code that only names the line, as a parser or its documentation, holds no key.
 */
const privateKeyBegin = new RegExp(
  `-{4,5} ?BEGIN ${privateKeyName}${betweenKeyLines}(?:[A-Za-z0-9+/]{20}|[A-Z][A-Za-z0-9-]*: |[A-Za-z0-9+/=]*$)`,
);

/**
 * The last line of a private key behind 20 characters of it, or at the beginning of the text. The line before may be
 * short, as the one before that where the key has a checksum.
 */
const privateKeyEnd = new RegExp(
  `(?<=(?:^|[A-Za-z0-9+/]{20})[A-Za-z0-9+/=]{0,76}(?:${betweenKeyLines}[A-Za-z0-9+/=]{1,76}){0,2}${betweenKeyLines})` +
    `-{4,5} ?END ${privateKeyName}`,
);

/**
 * Bits per character from which a literal looks drawn at random. A random hexadecimal key of 32
 * characters has about 3.6, of base64 about 4.5; words and `changeme` have less and rarely digits.
 */
const randomFromBits = 3.3;

/**
 * Whether a text holds something that gives access to somewhere: keys and tokens of the services
 * that secretlint's recommended rules know, private keys or an end of one, passwords in connection strings, and
 * random values given to a name such as `apiKey`, or chosen ones to a name such as `password`.
 *
 * It reads some 8,000 characters in about 0.6 ms.
 */
export async function holdsSecret(text: string): Promise<boolean> {
  if (privateKeyBegin.test(text) || privateKeyEnd.test(text) || holdsNamedSecret(text)) return true;
  const source = { filePath: 'text', ext: '', content: text, contentType: 'text' as const };
  const { lintSource, options } = await (scanner ??= loadScanner());
  const result = await lintSource({ source, options });
  return result.messages.length > 0;
}

function holdsNamedSecret(text: string): boolean {
  const valuesOf = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, value]) => value ?? '');
  return (
    valuesOf(quotedLiteral).some(looksRandom) ||
    valuesOf(bareValue).some((value) => looksRandom(value) && !looksLikeName(value)) ||
    valuesOf(quotedPassword).some(looksChosen) ||
    valuesOf(barePassword).some((value) => looksChosen(value) && !looksLikeName(value))
  );
}

/** Whether a value without quotes may well name something, as `settings.oauth2_token`, `prod-db2-login` or `$DB2_LOGIN` do. */
function looksLikeName(value: string): boolean {
  return /[./_~$-]/.test(value) && !/\d\D+\d/.test(value);
}

function looksRandom(literal: string): boolean {
  return looksChosen(literal) && entropyBits(literal) >= randomFromBits;
}

/** Whether a literal has letters and digits, as most systems want them in a password, and is no template. */
function looksChosen(literal: string): boolean {
  return /\d/.test(literal) && /[a-z]/i.test(literal) && !literal.includes('${');
}

/** Shannon entropy of a text's own character frequencies, in bits per character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const shares = Array.from(counts.values(), (count) => count / text.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}

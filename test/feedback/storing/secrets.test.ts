import { expect, it } from 'vitest';
import { holdsSecret } from '../../../src/feedback/storing/secrets.ts';

/** A line at a private key's border, its words apart in this file. */
const border = (side: 'BEGIN' | 'END', of = '') => ['-----', side, ` ${of}PRI`, 'VATE KEY-----'].join('');
const [begin, end] = [border('BEGIN'), border('END')];
const keyLine = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';

/** Put together here, so that no scanner takes this file for a leak. */
const made = {
  github: ['gh', 'p_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join(''),
  slack: ['xo', 'xb-123456789012-1234567890123-', 'AbCdEfGhIjKlMnOpQrStUvWx'].join(''),
  privateKey: [
    '-----BEGIN RSA PRI',
    'VATE KEY-----\n',
    'MIIEpAIBAAKCAQEA'.repeat(20),
    '\n-----END RSA PRI',
    'VATE KEY-----',
  ].join(''),
  connection: ['postgres://user:', 's3cretpw99', '@db.internal.net/x'].join(''),
  keyWithoutEnd: ['-----BEGIN PRI', 'VATE KEY-----\n', 'MIIEpAIBAAKCAQEA'.repeat(4)].join(''),
  keyWithoutBegin: ['MIIEpAIBAAKCAQEA'.repeat(4), '\n-----END PGP PRI', 'VATE KEY BLOCK-----'].join(''),
  literal: ['9f8b2c7e', '51d04a6fb3e2', '88c1d7a90f4e'].join(''),
};

it.each([
  ['a token of a known service', `const t = '${made.github}';`, true],
  ['another one', made.slack, true],
  ['a private key', made.privateKey, true],
  ['a private key cut off at its end', made.keyWithoutEnd, true],
  ['a private key cut off at its beginning', made.keyWithoutBegin, true],
  ['a private key cut off behind its first line', `key:\n${begin}\n`, true],
  ['a private key cut off in its second line', `${begin}\nMIIEvQ`, true],
  ['a private key cut off in its last line', `Qw==\n${end}`, true],
  ['a private key with a short last line', `x(${keyLine}\nQw==\n${end}\n`, true],
  ['a private key with a checksum', `x(${keyLine}\nQw==\n=aB3d\n${border('END', 'PGP ')}`, true],
  ['an encrypted private key', `${border('BEGIN', 'RSA ')}\nProc-Type: 4,ENCRYPTED\n\nx()`, true],
  ['a private key in a literal', `"${begin}\\n${keyLine}`, true],
  ['a private key in joined literals', `'${begin}\\n' +\n  '${keyLine}\\n' +\n`, true],
  ['the end of one', `x(\n'${keyLine}\\n' +\n  '${end}')`, true],
  ['a private key in a comment', `// ${begin}\n// ${keyLine}\n`, true],
  ['code that looks for a private key', `if (!pem.startsWith('${begin}')) return;`, false],
  ['code that looks for its end', `const end = '${end}';`, false],
  ['a pattern for private keys', `/${begin}[\\s\\S]*${end}/`, false],
  ['code that writes a private key', `'${begin}\\n' + encodedPrivateKeyInBase64 + '\\n${end}'`, false],
  ['a template for private keys', `\`${begin}\\n\${encodedPrivateKeyInBase64}\\n${end}\``, false],
  ['words about private keys', `(should contain ${begin} ... ${end} )`, false],
  ['words about the lines of one', `your file has '${begin}' and\n'${end}' markers.`, false],
  ['a public key cut off at its end', '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B', false],
  ['a password in a connection string', `connect('${made.connection}')`, true],
  ['a random literal given to a telling name', `const apiKey = "${made.literal}";`, true],
  ['one that does not end yet', `apiKey = "${made.literal}\nfoo();`, true],
  ['one that is cut off', `apiKey = "${made.literal.slice(0, 20)}`, true],
  ['the same in JSON', `{ "client_secret": "${made.literal}" }`, true],
  ['one with a type', `private readonly apiToken: string = '${made.literal}';`, true],
  ['one with a type of Rust', `const API_KEY: &'static str = "${made.literal}";`, true],
  ['one with a type of Go', `const apiKey string = "${made.literal}"`, true],
  ['one with a type of C', `static const char api_key[] = "${made.literal}";`, true],
  ['one with a mark of its language', `api_key = b"${made.literal}"`, true],
  ['a header with hyphens', `headers: { 'x-api-key': '${made.literal}' }`, true],
  ['a header with a scheme', `curl -H "Authorization: Bearer ${made.literal}"`, true],
  ['a name in brackets', `config["apiKey"] = "${made.literal}";`, true],
  ['an entry with an arrow', `'password' => '${made.literal}',`, true],
  ['an entry of XML', `<add key="ApiKey" value="${made.literal}" />`, true],
  ['an element of XML', `<password>${made.literal}</password>`, true],
  ['JSON in a literal', `'{ \\"apiKey\\": \\"${made.literal}\\" }'`, true],
  ['an argument', `client.setApiKey("${made.literal}");`, true],
  ['a value to fall back on', `process.env.API_KEY ?? "${made.literal}"`, true],
  ['the same in Python', `os.environ.get("API_KEY", "${made.literal}")`, true],
  ['a value of YAML', `db:\n  password: ${made.literal}\n  port: 1\n`, true],
  ['a value of YAML that is cut off', `password: ${made.literal.slice(0, 20)}`, true],
  ['a variable of a container', `      - DB_PASSWORD=${made.literal}\n`, true],
  ['a variable of a shell', `export API_TOKEN=${made.literal} && ./run`, true],
  ['a property', `db.password=${made.literal}\r\n`, true],
  ['a parameter of an address', `fetch('https://example.org/?api_key=${made.literal}&page=2')`, true],
  ['a key read from an object', 'access_token = settings.oauth2_access_token\n', false],
  ['a key read from a file', 'POSTGRES_PASSWORD_FILE=/run/secrets/db2_password\n', false],
  ['the name of a secret', 'secretName: prod-eu1-db-credentials\n', false],
  ['a model with a tokenizer', `tokenizer = Auto.from_pretrained("Qwen/Qwen2.5-Coder-0.5B")`, false],
  ['tokens in a table of packages', `"js-tokens": { "integrity": "sha512-${made.literal}" }`, false],
  ['a random literal given to any name', `const commit = "${made.literal}";`, false],
  ['a key read from the environment', 'const apiKey = process.env["SERVICE_API_KEY_2"];', false],
  ['a placeholder', 'const password = "change-me-before-use";', false],
  ['a template', 'const token = `${prefix}-${id}-0123456789`;', false],
  ['plain code', 'export function tokenCount(text: string): number { return 1; }', false],
])('%s', async (_, text, expected) => {
  expect(await holdsSecret(text)).toBe(expected);
});

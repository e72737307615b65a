import { expect, it } from 'vitest';
import { holdsSecret } from '../../src/feedback/secrets.ts';

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
  ['a public key cut off at its end', '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B', false],
  ['a password in a connection string', `connect('${made.connection}')`, true],
  ['a random literal given to a telling name', `const apiKey = "${made.literal}";`, true],
  ['one that does not end yet', `apiKey = "${made.literal}\nfoo();`, true],
  ['one that is cut off', `apiKey = "${made.literal.slice(0, 20)}`, true],
  ['the same in JSON', `{ "client_secret": "${made.literal}" }`, true],
  ['a random literal given to any name', `const commit = "${made.literal}";`, false],
  ['a key read from the environment', 'const apiKey = process.env["SERVICE_API_KEY_2"];', false],
  ['a placeholder', 'const password = "change-me-before-use";', false],
  ['a template', 'const token = `${prefix}-${id}-0123456789`;', false],
  ['plain code', 'export function tokenCount(text: string): number { return 1; }', false],
])('%s', async (_, text, expected) => {
  expect(await holdsSecret(text)).toBe(expected);
});

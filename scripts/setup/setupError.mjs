/** A thing that could not be had: what happened, then what the user can do about it. */
export class SetupError extends Error {
  name = 'SetupError';

  /**
   * @param {string} happened one sentence
   * @param {string} [remedy] what to do, one sentence; absent when the first one says it
   * @param {string} [details] the last lines of whatever failed
   */
  constructor(happened, remedy = '', details = '') {
    super([happened, remedy, details && `\n${details}`].filter(Boolean).join('\n'));
  }
}

/** Causes a failed command can have, by what it prints; the first that matches is reported. */
const causes = [
  {
    pattern: /spawn \S+ ENOENT/,
    remedy:
      'That program is not installed: install it with the package manager of this system and run the same command again.',
  },
  {
    pattern: /ENOSPC|no space left/i,
    remedy: 'The disk is full: free some space (3 GB is plenty) and run the same command again.',
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|could not resolve|unable to fetch|temporary failure/i,
    remedy: 'The network did not answer: check the connection or the proxy and run the same command again.',
  },
  {
    pattern: /EACCES|EPERM|EROFS|ENOTDIR|permission denied|are you root/i,
    remedy:
      'A file or folder may not be written: check its owner, or point ATTUNE_CACHE at a folder of yours.',
  },
  {
    pattern: /certificate|self.signed|CERT_/i,
    remedy:
      'The server certificate was refused: behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate.',
  },
];

/** What to do about a failed command, judged by what it printed. */
export function remedyFor(output) {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  return cause?.remedy ?? 'Run the same command again; if it fails the same way, the lines below say why.';
}

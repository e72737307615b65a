/** What can be said of an address that the user typed for a cluster's dashboard. */
export type AddressKind = 'encrypted' | 'thisMachine' | 'plain' | 'none';

/** What a dashboard may be reached without TLS by. */
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether it is one, and whether others could read what goes there. */
export function addressKind(typed: string): AddressKind {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (url?.protocol === 'https:') return 'encrypted';
  if (url?.protocol !== 'http:') return 'none';
  return loopback.test(url.hostname) ? 'thisMachine' : 'plain';
}

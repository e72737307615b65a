/** What can be said of an address that the user typed for a cluster's dashboard. */
export type AddressKind = 'encrypted' | 'thisMachine' | 'plain' | 'withPassword' | 'none';

/** What a dashboard may be reached without TLS by. */
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether it is one, and whether others could read what goes there, or what stands in it: an address is shown, logged and remembered. */
export function addressKind(typed: string): AddressKind {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) return 'none';
  if (`${url.username}${url.password}` !== '') return 'withPassword';
  if (url.protocol === 'https:') return 'encrypted';
  return loopback.test(url.hostname) ? 'thisMachine' : 'plain';
}

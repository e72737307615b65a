/** What the URI of a file begins with that can lie on another system alone. */
export const elsewhere = process.platform === 'win32' ? 'file:///home/me' : 'file:///c%3A/me';

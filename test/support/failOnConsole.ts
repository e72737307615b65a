import { afterEach, beforeEach, expect, vi } from 'vitest';

const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** Makes a test fail that writes to the console: what a user should read goes through a `Logger`. */
let spies = methods.map((method) => vi.spyOn(console, method));

beforeEach(() => {
  spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => undefined));
});

afterEach(() => {
  const written = spies.flatMap((spy) => spy.mock.calls);
  for (const spy of spies) spy.mockRestore();
  expect(written, 'nothing is written to the console').toEqual([]);
});

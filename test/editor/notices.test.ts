import { expect, it, vi } from 'vitest';
import { tellStoreProblem } from '../../src/editor/stored/openStore.ts';
import { storeError } from '../../src/feedback/errors.ts';
import { recordingLog } from './recordingLog.ts';

const api = vi.hoisted(() => ({
  window: {
    showInformationMessage: vi.fn(),
    showWarningMessage: vi.fn<(message: string) => Promise<void>>(() => Promise.resolve()),
    showErrorMessage: vi.fn(),
  },
}));
vi.mock('vscode', () => api);
const { Notices } = await import('../../src/editor/notices.ts');

it('shows each trouble of the store once, also the second that it has in a session', () => {
  const { log, lines } = recordingLog();
  const notices = new Notices(log);
  for (const reason of ['busy', 'busy', 'replaced', 'busy'] as const)
    tellStoreProblem(storeError(reason, '/feedback.sqlite'), notices);
  const shown = api.window.showWarningMessage.mock.calls.map(([message]) => message);
  expect(shown).toEqual([
    'Attune: Feedback store /feedback.sqlite: Another window is using it: this one event was not kept. Completions go on.',
    expect.stringMatching(
      /^Attune: .* Reload this window: until then nothing from it is stored\. Completions go on\.$/,
    ),
  ]);
  expect(lines).toHaveLength(4);
});

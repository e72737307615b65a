import { expect, it } from 'vitest';
import { ModelConsent } from '../../../src/editor/model/modelConsent.ts';

/** Consent where the user's settings name a model, or none, and something was kept before. */
function consentWith(chosen: string | undefined, kept?: unknown) {
  const values = new Map<string, unknown>(kept === undefined ? [] : [['mayDownload', kept]]);
  const lasting = {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
  const consentAgain = () => new ModelConsent({ values: lasting, chosen: () => chosen });
  return { consent: consentAgain(), consentAgain };
}

it.each<[string, string | undefined, unknown, boolean]>([
  ['nobody chose a model', undefined, undefined, false],
  ['the user’s settings name it', 'small', undefined, true],
  ['the user’s settings name another', 'large', undefined, false],
  ['it was asked for', undefined, { small: true }, true],
  ['another was asked for', undefined, { large: true }, false],
  ['its download was ended, whatever the settings name', 'small', { small: false }, false],
  ['what was kept cannot be read', undefined, 'small', false],
  ['what was kept is no answer', undefined, { small: 'yes' }, false],
])('where %s', (_, chosen, kept, isGiven) => {
  expect(consentWith(chosen, kept).consent.isGiven('small')).toBe(isGiven);
});

it('outlives the window, until the download is ended', () => {
  const { consent, consentAgain } = consentWith(undefined);
  consent.give('small');
  consent.give('large');
  expect(consentAgain().isGiven('small')).toBe(true);
  consent.withdraw('small');
  expect([consentAgain().isGiven('small'), consentAgain().isGiven('large')]).toEqual([false, true]);
});

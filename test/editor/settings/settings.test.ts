import { describe, expect, it } from 'vitest';
import {
  changedSettings,
  completerSettings,
  formerCollectName,
  isLanguageOn,
  parseSettings,
  settingsAt,
  settingTable,
  type SettingName,
} from '../../../src/editor/settings/settings.ts';
import { inEnglish } from '../../../src/sentences/sentence.ts';

const parse = (written: Partial<Record<SettingName | typeof formerCollectName, unknown>>) =>
  parseSettings((name) => written[name]);

describe('parseSettings', () => {
  it('gives the defaults where nothing is written', () => {
    const { settings, problems } = parse({});
    const defaults = Object.entries(settingTable).map(([name, { fallback }]) => [name, fallback]);
    expect(settings).toEqual(Object.fromEntries(defaults));
    expect(problems).toEqual([]);
  });

  it('takes the default of each setting for a good value', () => {
    const read = (name: SettingName | typeof formerCollectName) =>
      name === formerCollectName ? undefined : settingTable[name].fallback;
    expect(parseSettings(read).problems).toEqual([]);
  });

  it.each<[SettingName, unknown]>([
    ['debounceMs', 0],
    ['debounceMs', 2000],
    ['debounceMs', 'auto'],
    ['maxPromptTokens', 64],
    ['maxPromptTokens', 'auto'],
    ['model', '/models/my.gguf'],
    ['languages', { '*': false, python: true }],
    ['retrainSchedule', 'dailyWhenIdle'],
    ['store.excluded', ['secret/**']],
    ['threads', 3],
    ['retrainMinutes', 0],
    ['retrainMinutes', 90],
  ])('takes %s = %j', (name, value) => {
    const { settings, problems } = parse({ [name]: value });
    expect(settings[name]).toEqual(value);
    expect(problems).toEqual([]);
  });

  it.each<[SettingName, unknown]>([
    ['debounceMs', -1],
    ['debounceMs', 2001],
    ['debounceMs', 10.5],
    ['debounceMs', '100'],
    ['maxNewTokens', 0],
    ['model', '  '],
    ['device', 'tpu'],
    ['retrainMinutes', -1],
    ['retrainMinutes', 0.5],
    ['languages', { python: 'yes' }],
    ['languages', true],
    ['store.excluded', 'secret/**'],
    ['enabled', 'no'],
  ])('falls back to the default for %s = %j, and says so', (name, value) => {
    const { settings, problems } = parse({ [name]: value });
    expect(settings[name]).toEqual(settingTable[name].fallback);
    expect(problems.map(({ sentence }) => inEnglish(sentence))).toEqual([
      `The setting attune.${name} cannot be ${JSON.stringify(value)}; ${JSON.stringify(settingTable[name].fallback)} is used.`,
    ]);
  });
});

describe('attune.collect', () => {
  it.each<[unknown, unknown, string]>([
    [undefined, undefined, 'ask'],
    ['off', undefined, 'off'],
    [false, undefined, 'off'],
    [true, undefined, 'on'],
    ['nothing', undefined, 'ask'],
    ['off', true, 'off'],
    ['on', true, 'on'],
    ['ask', true, 'on'],
    [undefined, false, 'off'],
    ['ask', false, 'off'],
    ['on', false, 'off'],
    ['on', 'no', 'on'],
  ])('that is %j, and %j under its former name, is %j', (collect, former, expected) => {
    expect(parse({ collect, [formerCollectName]: former }).settings.collect).toBe(expected);
  });

  it('tells of what stands under its former name, and what that means', () => {
    const { problems } = parse({ collect: 'on', [formerCollectName]: false });
    expect(problems.map(({ name, sentence }) => [name, inEnglish(sentence)])).toEqual([
      [
        'collect',
        'The setting attune.store.enabled is called attune.collect now, which is "off" for as long as the old one stands there. Take the old one out.',
      ],
    ]);
  });
});

describe('isLanguageOn', () => {
  it.each([
    [{}, 'go', true],
    [{ '*': false }, 'go', false],
    [{ '*': false, go: true }, 'go', true],
    [{ '*': true, go: false }, 'go', false],
    [{ '*': true, go: false }, undefined, true],
  ])('of %j for %s is %s', (languages, languageId, expected) => {
    expect(isLanguageOn(languages, languageId)).toBe(expected);
  });
});

describe('the length of prompts', () => {
  const tokensAt = (tokensPerSecond: number | undefined, written: unknown = 'auto'): number =>
    settingsAt(parse({ maxPromptTokens: written }).settings, tokensPerSecond).maxPromptTokens;

  it.each([
    [100, 512],
    [682, 512],
    [853, 512],
    [854, 640],
    [2000, 1408],
    [2048, 1536],
    [50_000, 1536],
  ])('follows a model that reads %d tokens a second', (tokensPerSecond, tokens) => {
    expect(tokensAt(tokensPerSecond)).toBe(tokens);
  });

  it('is short where the model never ran', () => {
    expect(tokensAt(undefined)).toBe(512);
  });

  it('is what the user wrote, whatever the speed', () => {
    expect(tokensAt(100, 2048)).toBe(2048);
    expect(tokensAt(50_000, 64)).toBe(64);
  });
});

it('names the settings that the user changed, as they wrote them', () => {
  expect(changedSettings(parse({}).settings)).toEqual({});
  expect(changedSettings(parse({ maxPromptTokens: 512, threads: 2 }).settings)).toEqual({
    maxPromptTokens: 512,
    threads: 2,
  });
});

it('offers nothing unasked where the user wants that', () => {
  const { settings } = parse({ show: 'onlyWhenAsked', completeProse: false });
  expect(completerSettings(settingsAt(settings, undefined))).toMatchObject({
    isOnlyWhenAsked: true,
    isProseLeftOut: true,
  });
});

it('gives the completer what it needs of the settings', () => {
  const settings = settingsAt(
    parse({ enabled: false, debounceMs: 7, show: 'rarely', projectCode: false }).settings,
    1500,
  );
  expect(completerSettings(settings)).toEqual({
    isEnabled: false,
    isOnlyWhenAsked: false,
    isProseLeftOut: false,
    languages: { '*': true },
    debounceMs: 7,
    headStartMs: 125,
    maxPromptTokens: 1024,
    maxNewTokens: settings.maxNewTokens,
    projectCode: false,
    minChance: 0.5,
    writeAheadAfterMs: 300,
  });
});

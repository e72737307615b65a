import * as l10n from '@vscode/l10n';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const projectFolder = join(import.meta.dirname, '..', '..');
/** A text, or one with a comment for its translators. */
const textSchema = z.union([
  z.string(),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);
const textsSchema = z.record(z.string(), textSchema);

function read(...path: readonly string[]): string {
  return readFileSync(join(projectFolder, ...path), 'utf8');
}

function textsOf(...path: readonly string[]): Readonly<Record<string, string>> {
  return textsSchema.parse(JSON.parse(read(...path)));
}

/** What stands for values or must not be translated: `{0}`, commands of links, code. */
function fixedParts(text: string): string[] {
  return (text.match(/\{\d+\}|\(command:[^)]+\)|`[^`]+`/g) ?? []).sort();
}

/** What stands in quotation marks as the name of a command in some texts, and is the title of none. */
function unknownCommands(
  texts: readonly string[],
  manifest: Readonly<Record<string, string>>,
  named: RegExp,
): string[] {
  const titles = Object.keys(manifest).flatMap((key) => (key.startsWith('command.') ? manifest[key]! : []));
  const found = texts.flatMap((text) => Array.from(text.matchAll(named), ([, title]) => title!));
  expect(found.length).toBeGreaterThan(3);
  return found.filter((title) => !titles.includes(title));
}

const languages = readdirSync(join(projectFolder, 'l10n')).flatMap((name) => {
  const [, language] = /^bundle\.l10n\.([\w-]+)\.json$/.exec(name) ?? [];
  return language ?? [];
});

describe('package.nls.json', () => {
  it('has a text for every key of package.json, and no other', () => {
    const keys = Array.from(read('package.json').matchAll(/"%([^%"]+)%"/g), ([, key]) => key!);
    expect(Object.keys(textsOf('package.nls.json')).sort()).toEqual([...new Set(keys)].sort());
  });
});

it('texts name commands by their titles', () => {
  const manifest = textsOf('package.nls.json');
  const texts = [...Object.keys(textsOf('l10n', 'bundle.l10n.json')), ...Object.values(manifest)];
  expect(unknownCommands(texts, manifest, /“Attune: ([^”]+)”/g)).toEqual([]);
});

describe.each(languages)('the texts in %s', (language) => {
  const pairs = [
    [textsOf('package.nls.json'), textsOf(`package.nls.${language}.json`)],
    [textsOf('l10n', 'bundle.l10n.json'), textsOf('l10n', `bundle.l10n.${language}.json`)],
  ] as const;

  it.each(pairs)('are all there, with the same values, links and code in them', (english, translated) => {
    expect(Object.keys(translated)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      expect(translated[key], key).not.toBe('');
      expect(fixedParts(translated[key]!), key).toEqual(fixedParts(text));
    }
  });

  it('call a command the same in the palette and elsewhere', () => {
    const [[english, manifest], [, code]] = pairs;
    for (const [key, text] of Object.entries(english))
      if (text in code) expect(manifest[key]).toBe(code[text]);
  });

  it('name commands by their titles in it', () => {
    const [[, manifest], [, code]] = pairs;
    const texts = [...Object.values(code), ...Object.values(manifest)];
    expect(unknownCommands(texts, manifest, /[“„"«]Attune: ([^“”"»]+)[“”"»]/g)).toEqual([]);
  });

  it('have the pages of the walkthrough', () => {
    const folder = join(projectFolder, 'media', 'walkthrough');
    const pages = readdirSync(folder).filter((name) => !name.includes('.nls.'));
    for (const page of pages)
      expect(existsSync(join(folder, page.replace(/\.md$/, `.nls.${language}.md`))), page).toBe(true);
  });
});

describe('a module that makes texts', () => {
  it('speaks the language whose bundle was given to l10n before it was loaded', async () => {
    l10n.config({ contents: textsOf('l10n', 'bundle.l10n.de.json') });
    const { commandTitles } = await import('../../src/editor/commands.ts');
    const { loadingText } = await import('../../src/editor/status/statusText.ts');
    expect(commandTitles['attune.retrain']).toBe('Assistenten trainieren');
    expect(loadingText({ phase: 'download', doneBytes: 5e6, totalBytes: 1e7 })).toBe(
      'Das Modell wird heruntergeladen: 50 % von 10 MB',
    );
  });
});

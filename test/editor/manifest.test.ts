import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandTable, keyBindings, type CommandInfo } from '../../src/editor/commands.ts';
import { rankViewId } from '../../src/editor/rankView.ts';
import { modelDescriptions, settingTable } from '../../src/editor/settings.ts';
import { catalogue, defaultModelId } from '../../src/engine/catalogue/catalogue.ts';

const projectFolder = join(import.meta.dirname, '..', '..');

/** package.json as VS Code reads it in English: with the texts of package.nls.json in the place of their keys. */
function englishManifest(): string {
  const texts = z
    .record(z.string(), z.string())
    .parse(JSON.parse(readFileSync(join(projectFolder, 'package.nls.json'), 'utf8')));
  const manifest = readFileSync(join(projectFolder, 'package.json'), 'utf8');
  return manifest.replaceAll(/"%([^%"]+)%"/g, (_, key: string) => JSON.stringify(texts[key]));
}

const { contributes, icon, activationEvents } = z
  .object({
    icon: z.string(),
    activationEvents: z.array(z.string()),
    contributes: z.object({
      commands: z.unknown(),
      menus: z.object({ commandPalette: z.unknown() }),
      keybindings: z.unknown(),
      walkthroughs: z.array(
        z.object({
          steps: z.array(z.object({ description: z.string(), media: z.object({ markdown: z.string() }) })),
        }),
      ),
      configuration: z.object({ properties: z.unknown() }),
      views: z.object({ attune: z.array(z.object({ id: z.string() })) }),
      viewsContainers: z.object({ activitybar: z.array(z.object({ icon: z.string() })) }),
    }),
  })
  .parse(JSON.parse(englishManifest()));
const commands: [string, CommandInfo][] = Object.entries(commandTable);

describe('package.json', () => {
  it('has the commands of the table, each with its title and icon', () => {
    expect(contributes.commands).toEqual(
      commands.map(([command, { title, icon }]) => ({
        command,
        title,
        category: 'Attune',
        ...(icon === undefined ? {} : { icon }),
      })),
    );
  });

  it('keeps out of the command palette what only makes sense in an editor', () => {
    const hidden = commands.filter(([, { isHidden }]) => isHidden === true);
    expect(contributes.menus.commandPalette).toEqual(hidden.map(([command]) => ({ command, when: 'false' })));
  });

  it('has the key bindings of the table', () => {
    expect(contributes.keybindings).toEqual(keyBindings);
  });

  it('has the settings of the table, with types, ranges, defaults and descriptions', () => {
    const settings = Object.entries(settingTable).map(([name, setting]) => [
      `attune.${name}`,
      setting.manifest,
    ]);
    expect(contributes.configuration.properties).toEqual(Object.fromEntries(settings));
  });

  it('names the view that the extension fills', () => {
    expect(contributes.views.attune.map(({ id }) => id)).toEqual([rankViewId]);
  });

  it('leads through first steps whose texts and commands are there', () => {
    for (const { description, media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      expect(existsSync(join(projectFolder, media.markdown)), media.markdown).toBe(true);
      const linked = Array.from(description.matchAll(/\(command:([^)]+)\)/g), ([, id]) => id!);
      expect(linked.filter((id) => !(id in commandTable))).toEqual([]);
    }
  });

  it('names pictures that are there', () => {
    const pictures = [icon, ...contributes.viewsContainers.activitybar.map((container) => container.icon)];
    expect(pictures.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([]);
  });

  it('asks for nothing but the start of VS Code to be activated', () => {
    expect(activationEvents).toEqual(['onStartupFinished']);
  });
});

describe('README', () => {
  const rows = readFileSync(join(projectFolder, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .replaceAll('`', '')
        .split('|')
        .map((cell) => cell.trim()),
    );

  it('lists every setting with its default', () => {
    for (const [name, { manifest }] of Object.entries(settingTable)) {
      const row = rows.find(([, cell]) => cell === `attune.${name}`);
      const fallback = JSON.stringify(manifest.default).replace(/^"(.*)"$/, '$1');
      expect(row?.[2]?.replaceAll(' ', ''), name).toBe(fallback);
    }
  });

  it('lists every command that the palette has', () => {
    const named = rows.map(([, cell]) => cell).join(' ');
    for (const [, { title, isHidden }] of commands) if (isHidden !== true) expect(named).toContain(title);
  });
});

describe('modelDescriptions', () => {
  it('are those of the catalogue, the default first, with their sizes', () => {
    expect(Object.keys(modelDescriptions)).toEqual(catalogue.map(({ id }) => id));
    expect(settingTable.model.fallback).toBe(defaultModelId);
    for (const { id, bytes } of catalogue) {
      const size = bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
      expect(modelDescriptions[id as keyof typeof modelDescriptions]).toContain(size);
    }
  });
});

describe('keyBindings', () => {
  it('run VS Code’s own command first, so that a key is as quick as without Attune', () => {
    const notes = keyBindings.flatMap(({ args }) => args ?? []);
    expect(notes.length).toBeGreaterThan(0);
    for (const { commands } of notes) expect(commands[0]).toMatch(/^editor\.action\.inlineSuggest\./);
  });

  it('leave Tab to VS Code', () => {
    expect(keyBindings.map(({ key }) => key)).not.toContain('tab');
  });
});

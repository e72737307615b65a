import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { firstLineLeniency, minChances } from '../../src/completion/trimming/confidence.ts';
import { commandTitles, listeningContext, noteCommands } from '../../src/editor/commands.ts';
import { rankViewId } from '../../src/editor/rank/rankView.ts';
import {
  modelDescriptions,
  settingTable,
  showDescriptions,
  type SettingName,
} from '../../src/editor/settings/settings.ts';
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

/** What may be written for a setting, or one form of it. */
const form = z.object({
  enum: z.array(z.string()).optional(),
  enumDescriptions: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
});
const property = form.extend({
  type: z.union([z.string(), z.array(z.string())]),
  default: z.unknown(),
  scope: z.string().optional(),
  anyOf: z.array(form).optional(),
});

const { contributes, icon, activationEvents } = z
  .object({
    icon: z.string(),
    activationEvents: z.array(z.string()),
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.literal('Attune'),
          icon: z.string().optional(),
        }),
      ),
      menus: z.object({
        commandPalette: z.array(z.object({ command: z.string(), when: z.literal('false') })),
        'view/title': z.array(z.object({ command: z.string() })),
      }),
      keybindings: z.array(
        z.object({
          command: z.string(),
          key: z.string(),
          when: z.string(),
          args: z.object({ commands: z.tuple([z.string(), z.string()]) }).optional(),
        }),
      ),
      walkthroughs: z.array(
        z.object({
          steps: z.array(z.object({ description: z.string(), media: z.object({ markdown: z.string() }) })),
        }),
      ),
      configuration: z.object({ properties: z.record(z.string(), property) }),
      views: z.object({ attune: z.array(z.object({ id: z.string() })) }),
      viewsContainers: z.object({ activitybar: z.array(z.object({ icon: z.string() })) }),
    }),
  })
  .parse(JSON.parse(englishManifest()));
const { commands, menus, keybindings } = contributes;
const hidden = menus.commandPalette.map(({ command }) => command);

/** The type of a value, as package.json names it. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function columnsOf(table: Readonly<Record<string, string>>): string[][] {
  return [Object.keys(table), Object.values(table)];
}

describe('package.json', () => {
  it('has the commands of the table, each with its title', () => {
    expect(commands.map(({ command, title }) => [command, title])).toEqual(Object.entries(commandTitles));
  });

  it('has an icon for each command that is a button', () => {
    const withIcon = commands.flatMap(({ command, icon }) => (icon === undefined ? [] : [command]));
    expect(withIcon).toEqual(expect.arrayContaining(menus['view/title'].map(({ command }) => command)));
  });

  it('keeps out of the command palette what only makes sense while a completion is on the screen', () => {
    expect(hidden).toEqual([
      ...['attune.accept', 'attune.acceptWord', 'attune.acceptLine'],
      ...['attune.showNext', 'attune.showPrevious', 'attune.dismiss'],
    ]);
  });

  it('names the view that the extension fills', () => {
    expect(contributes.views.attune.map(({ id }) => id)).toEqual([rankViewId]);
  });

  it('leads through first steps whose texts and commands are there', () => {
    for (const { description, media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      expect(existsSync(join(projectFolder, media.markdown)), media.markdown).toBe(true);
      const linked = Array.from(description.matchAll(/\(command:([^)]+)\)/g), ([, id]) => id!);
      expect(linked.filter((id) => !(id in commandTitles))).toEqual([]);
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

describe('the settings of package.json', () => {
  const { properties } = contributes.configuration;
  const names = Object.keys(settingTable) as SettingName[];
  const propertyOf = (name: SettingName) => properties[`attune.${name}`]!;

  it('are those of the table', () => {
    expect(Object.keys(properties)).toEqual(names.map((name) => `attune.${name}`));
  });

  it.each(names)('have the default, choices and ranges that are read of %s', (name) => {
    const { read, fallback, ...setting } = settingTable[name];
    const written = propertyOf(name);
    const forms = [written, ...(written.anyOf ?? [])];
    const limits = forms.flatMap(({ minimum, maximum }) =>
      minimum === undefined ? [] : [minimum, maximum!],
    );
    const choices = forms.flatMap((one) => one.enum ?? []);
    expect([written.type].flat()).toContain(typeOf(fallback));
    expect(written.default).toEqual(fallback);
    expect(read(fallback)).toEqual(fallback);
    for (const value of [...choices, ...limits]) expect(read(value)).toBe(value);
    const beside = limits.length === 0 ? [] : [limits[0]! - 1, limits[0]! + 0.5, limits[1]! + 1];
    for (const value of beside) expect(read(value)).toBeUndefined();
    if ('choices' in setting) expect(choices).toEqual(setting.choices);
  });

  it('may differ between folders and languages where completing and what is stored depend on them, and not at all where one store is all folders’', () => {
    const scoped = names.flatMap((name) => (propertyOf(name).scope === undefined ? [] : [name]));
    expect(scoped.map((name) => [name, propertyOf(name).scope])).toEqual([
      ['enabled', 'language-overridable'],
      ['projectCode', 'language-overridable'],
      ['languages', 'resource'],
      ['show', 'language-overridable'],
      ['completeProse', 'language-overridable'],
      ['collect', 'resource'],
      // A project with a limit of its own would have the oldest records of all others deleted.
      ['store.limitMB', 'application'],
      ['store.excluded', 'resource'],
    ]);
  });

  it('describe their choices as the lists do that one chooses from', () => {
    const [known, path] = propertyOf('model').anyOf!;
    expect([known?.enum, known?.enumDescriptions]).toEqual(columnsOf(modelDescriptions));
    expect(path).toEqual({ minLength: 1 });
    const { enum: shows, enumDescriptions } = propertyOf('show');
    expect([shows, enumDescriptions]).toEqual(columnsOf(showDescriptions));
  });

  it.each(['rarely', 'balanced'] as const)('say from which chance on a line is offered %s', (show) => {
    const oneOf = (chance: number): string => `one of ${{ 2: 'two', 4: 'four', 8: 'eight' }[1 / chance]}`;
    const [first, further] = [minChances[show] * firstLineLeniency, minChances[show]];
    expect(showDescriptions[show]).toContain(
      `right in ${oneOf(first)} cases or more, further lines in ${oneOf(further)}`,
    );
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
    for (const [name, setting] of Object.entries(settingTable)) {
      const row = rows.find(([, cell]) => cell === `attune.${name}`);
      const fallback = JSON.stringify(setting.fallback).replace(/^"(.*)"$/, '$1');
      expect(row?.[2]?.replaceAll(' ', ''), name).toBe(fallback);
    }
  });

  it('lists the choices and ranges of every setting but the models', () => {
    for (const [id, written] of Object.entries(contributes.configuration.properties)) {
      const range = rows.find(([, cell]) => cell === id)?.[3];
      const forms = [written, ...(written.anyOf ?? [])];
      const choices = id === 'attune.model' ? [] : forms.flatMap((one) => one.enum ?? []);
      const limits = forms.flatMap(({ minimum, maximum }) =>
        minimum === undefined ? [] : `${minimum} to ${maximum}`,
      );
      expect(range?.split(', '), id).toEqual(expect.arrayContaining([...choices, ...limits]));
    }
  });

  it('lists every command that the palette has', () => {
    const named = rows.map(([, cell]) => cell).join(' ');
    for (const { command, title } of commands) if (!hidden.includes(command)) expect(named).toContain(title);
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

describe('the key bindings of package.json', () => {
  it('run VS Code’s own command first and then a note of ours, or a command of ours', () => {
    const noted = keybindings.flatMap(({ args }) => args?.commands[1] ?? []);
    const { wordAccepted, lineAccepted, dismissed } = noteCommands;
    expect(noted).toEqual([wordAccepted, lineAccepted, dismissed]);
    for (const { command, args } of keybindings)
      if (args === undefined) expect(Object.keys(commandTitles)).toContain(command);
      else
        expect([command, args.commands[0]]).toEqual([
          'runCommands',
          expect.stringMatching(/^editor\.action\.inlineSuggest\./),
        ]);
  });

  it('hold only once there is who hears a note', () => {
    for (const { when, args } of keybindings)
      if (args !== undefined) expect(when).toContain(listeningContext);
  });

  it('leave Tab to VS Code', () => {
    expect(keybindings.map(({ key }) => key)).not.toContain('tab');
  });
});

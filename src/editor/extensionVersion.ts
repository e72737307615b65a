import type * as vscode from 'vscode';
import * as z from 'zod';

const manifestSchema = z.object({ version: z.string() });

/** The version that an extension's manifest says. */
export function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  return manifestSchema.parse(packageJSON).version;
}

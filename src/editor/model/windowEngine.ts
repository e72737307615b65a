import type * as vscode from 'vscode';
import type { EngineClient } from '../../process/clients.ts';
import { meetingFolders } from '../../process/serving/privateFolder.ts';
import { SharedEngineClient } from '../../process/serving/sharedEngineClient.ts';
import { childOptions } from './childOptions.ts';
import { versionOf } from '../extensionVersion.ts';
import type { Logger } from '../logger.ts';

/** The engine that the windows of a user share, as this one reaches it. */
export function windowEngine(context: vscode.ExtensionContext, log: Logger): EngineClient {
  return new SharedEngineClient({
    ...childOptions(context, log, 'engine.mjs'),
    version: versionOf(context.extension),
    folders: meetingFolders(),
  });
}

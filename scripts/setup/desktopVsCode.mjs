import { toolchainFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';
import { SetupError } from './setupError.mjs';

/**
 * Brings the newest desktop VS Code and names it in `ATTUNE_DESKTOP_VSCODE`, where the tests look;
 * nothing to bring when that is set already.
 */
export async function bringDesktopVsCode() {
  process.env.ATTUNE_DESKTOP_VSCODE ||= await withProgress('Desktop VS Code', download);
}

async function download() {
  const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
  const options = {
    version: 'stable',
    cachePath: toolchainFolder('desktop-vscode'),
    reporter: new SilentReporter(),
  };
  try {
    return await downloadAndUnzipVSCode(options);
  } catch (error) {
    throw new SetupError(
      `Desktop VS Code could not be downloaded from its maker: ${error.message}`,
      'It needs a network that reaches code.visualstudio.com, or ATTUNE_DESKTOP_VSCODE set to an installed one; ' +
        '`npm run test:vscode` runs the same tests in VS Code Server.',
    );
  }
}

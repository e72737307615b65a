import { findOnPath, outputOf } from './command.mjs';

/** Whether this user may install Debian packages without being asked for anything. */
export function mayInstallDebianPackages() {
  return process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;
}

/** Installs Debian packages, and what they cannot do without. */
export async function installDebianPackages(title, packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await outputOf('Reading the list of Debian packages', 'apt-get', ['update', '-qq'], { env });
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  await outputOf(`Installing ${title}`, 'apt-get', install, { env });
}

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';

/*
 * WebGPU in ONNX Runtime does not say which adapter it took. What can be known from outside: which
 * drivers are installed, and which of them the process has loaded.
 */

/** Where a driver is looked for: the system's own, unless a test says otherwise. */
export interface DriverSearch {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * A short text that changes when another graphics driver or another version of one is installed.
 * On macOS drivers are part of the system, so its version is all of it.
 */
export async function driverSignature({ platform, environment }: DriverSearch): Promise<string> {
  const parts = platform === 'win32' ? await windowsDrivers(environment) : await vulkanDrivers(environment);
  const hash = createHash('sha256');
  for (const part of [platform, release(), ...parts.sort()]) hash.update(`${part}\n`);
  return hash.digest('hex').slice(0, 12);
}

/** Folders in which Vulkan's loader finds a manifest for each driver. */
const manifestFolders = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
/** Says the version of NVIDIA's driver, whose manifest stays the same. */
const nvidiaVersion = '/proc/driver/nvidia/version';

async function vulkanDrivers(environment: DriverSearch['environment']): Promise<string[]> {
  const named = environment['VK_DRIVER_FILES'] ?? environment['VK_ICD_FILENAMES'];
  const found = await Promise.all(manifestFolders.map(filesIn));
  const manifests = named === undefined ? found.flat() : named.split(delimiter);
  const dated = await Promise.all(manifests.map(withDate));
  return [...dated, await readFile(nvidiaVersion, 'utf8').catch(() => '')];
}

/** Display drivers by the names of their packages: NVIDIA, AMD, Intel, Qualcomm. */
const displayPackage = /^(nv|u0|c0|iigd|cui|igdlh|qcdx)/i;

async function windowsDrivers(environment: DriverSearch['environment']): Promise<string[]> {
  const system = environment['SystemRoot'] ?? 'C:\\Windows';
  const packages = await filesIn(join(system, 'System32', 'DriverStore', 'FileRepository'));
  return packages.filter((path) => displayPackage.test(path.split(/[\\/]/).at(-1)!));
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

async function withDate(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return `${path} ${found?.mtimeMs} ${found?.size}`;
}

/** Drivers that compute on the CPU: SwiftShader, Mesa's lavapipe and llvmpipe, Windows' WARP. */
const softwareDriver = /swiftshader|lavapipe|llvmpipe|vulkan_lvp|d3d10warp/i;
/** Drivers of real hardware: Mesa's, NVIDIA's, AMD's, Intel's, Qualcomm's, ARM's. */
const hardwareDriver = /vulkan_(?!lvp)|nvidia|nvoglv|nvwgf|nvvk|amdvlk|amdxc|igd1|igvk|qcdx|mali/i;
/** The doors to real hardware on Linux; without any, whatever Vulkan offers is software. */
const hardwareDoor = /^(renderD\d+|nvidia\d+|dxg|kgsl-3d0|mali\d+)$/;

/**
 * The software driver that WebGPU must be using: one is loaded, and no hardware is there that it
 * could have preferred. Undefined where there is none, or where one cannot tell.
 *
 * @param libraries everything the process has loaded, after a session was created.
 * @param deviceFiles names in /dev and /dev/dri; absent where hardware is not opened through them.
 */
export function softwareDriverAmong(
  libraries: readonly string[],
  deviceFiles: readonly string[] | undefined,
): string | undefined {
  const hasHardware =
    libraries.some((path) => hardwareDriver.test(path) && !softwareDriver.test(path)) &&
    (deviceFiles?.some((name) => hardwareDoor.test(name)) ?? true);
  return hasHardware ? undefined : libraries.find((path) => softwareDriver.test(path));
}

/** The software driver that WebGPU uses in this process, after a session was created in it. */
export async function softwareDriverInUse(): Promise<string | undefined> {
  const folders = ['/dev', '/dev/dri'].map((folder) => readdir(folder).catch(() => []));
  const deviceFiles = process.platform === 'linux' ? (await Promise.all(folders)).flat() : undefined;
  return softwareDriverAmong(loadedLibraries(), deviceFiles);
}

function loadedLibraries(): readonly string[] {
  // Looking up the names of its network peers would take the report seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const { sharedObjects } = process.report.getReport() as { readonly sharedObjects?: readonly string[] };
  return sharedObjects ?? [];
}

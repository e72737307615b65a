import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driverSignature, softwareDriverAmong } from '../../../src/engine/runtime/graphicsDrivers.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('softwareDriverAmong', () => {
  const swiftShader = '/usr/lib/chromium/libvk_swiftshader.so';
  const lavapipe = '/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so';
  const radeon = '/usr/lib/x86_64-linux-gnu/libvulkan_radeon.so';
  const loader = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';
  it.each<[string, string[], string[] | undefined, string | undefined]>([
    ['SwiftShader alone', [loader, swiftShader], ['null'], swiftShader],
    ['all of Mesa on a machine without a card', [loader, radeon, lavapipe], ['null', 'tty'], lavapipe],
    ['all of Mesa on a machine with a card', [loader, radeon, lavapipe], ['renderD128'], undefined],
    ['SwiftShader on a machine with a card', [loader, swiftShader], ['renderD128'], swiftShader],
    ['NVIDIA', [loader, '/usr/lib/libGLX_nvidia.so.0'], ['nvidia0'], undefined],
    [
      'Windows without a card',
      ['C:\\Windows\\System32\\d3d10warp.dll'],
      undefined,
      'C:\\Windows\\System32\\d3d10warp.dll',
    ],
    [
      'Windows with a card',
      ['C:\\Windows\\System32\\d3d10warp.dll', 'C:\\x\\nvwgf2umx.dll'],
      undefined,
      undefined,
    ],
    ['macOS', ['/System/Library/Frameworks/Metal.framework/Metal'], undefined, undefined],
  ])('of %s', (_, libraries, deviceFiles, expected) => {
    expect(softwareDriverAmong(libraries, deviceFiles)).toBe(expected);
  });
});

describe('driverSignature', () => {
  it('stays while the drivers stay, and changes with a driver', async () => {
    const manifest = join(temporaryFolder(), 'driver.json');
    writeFileSync(manifest, '{}');
    const search = { platform: 'linux', environment: { VK_DRIVER_FILES: manifest } } as const;
    const before = await driverSignature(search);
    expect(await driverSignature(search)).toBe(before);
    utimesSync(manifest, 1, 1);
    expect(await driverSignature(search)).not.toBe(before);
  });

  it('can be had where there is nothing', async () => {
    expect(await driverSignature({ platform: 'win32', environment: {} })).toMatch(/^[0-9a-f]{12}$/);
    expect(await driverSignature({ platform: 'darwin', environment: {} })).toMatch(/^[0-9a-f]{12}$/);
  });
});

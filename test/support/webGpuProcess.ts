import { fork } from 'node:child_process';
import { join } from 'node:path';
import { softwareVulkan } from './softwareVulkan.ts';
import type { WebGpuJobs } from './webGpuWorker.ts';

/** What a job of `webGpuWorker.ts` gives in a process of its own that finds SwiftShader, unless `environment` says otherwise. */
export function runOnWebGpu<Name extends keyof WebGpuJobs>(
  name: Name,
  input: Parameters<WebGpuJobs[Name]>[0],
  environment: Record<string, string> | undefined = softwareVulkan(),
): Promise<Awaited<ReturnType<WebGpuJobs[Name]>>> {
  const child = fork(join(import.meta.dirname, 'webGpuWorker.ts'), {
    env: { ...process.env, ...environment },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('message', ({ result, error }: { result?: never; error?: Error }) => {
      if (error === undefined) resolve(result as never);
      else reject(error);
    });
    child.once('exit', (code, signal) =>
      reject(new Error(`the process ended by ${code ?? signal}: ${errors}`)),
    );
    child.send({ name, input });
  });
}

import { isAbsolute } from 'node:path';
import * as pulumi from '@pulumi/pulumi';

/**
 * The folder of Pulumi.yaml. The engine runs a program in the folder of the project's `main`, which for ours lies in
 * `node_modules` or `dist`.
 */
export function projectFolder(): string {
  const folder = pulumi.runtime.getRootDirectory();
  // Where no language host has told it, the SDK gives the bare word "rootDirectory".
  return isAbsolute(folder) ? folder : process.cwd();
}

import * as pulumi from '@pulumi/pulumi';

/**
 * What was thrown, for Pulumi to show: the message alone where a person can mend it, with the stack where the fault is
 * ours. It has no stack of its own, which Pulumi would give to `util.inspect` in colours: on Node 20 that takes more
 * than a minute for a frame such as `node_modules/@pulumi/resource.ts`, and ends with "Invalid string length".
 */
export function plainError(error: unknown): Error {
  // By its looks, not its class: an application may have another copy of the library.
  const { name, message, stack } = (error ?? {}) as Partial<Error>;
  const text = name === 'KeelsonError' ? message : (stack ?? message);
  return Object.assign(new pulumi.RunError(text ?? String(error)), { stack: '' });
}

import log = require('@pulumi/pulumi/log');

/**
 * Keeps the SDK from telling the engine of each of its calls. It spells out whole resources, secrets too, which would
 * come back in clear with the engine's events; some versions pass those through a file.
 */
export function silenceSdk(): void {
  const told = log as { debug: typeof log.debug };
  told.debug = () => Promise.resolve();
}

import { KeelsonError } from '../../../lib/config/problem.js';
import { originOf, type Via } from './place.js';

/**
 * Reads `registry.internal=localhost:5000` or `…=http://10.0.0.5:5000`, as `--via` gives it.
 *
 * @throws KeelsonError for what has another form
 */
export function viaOf(given: readonly string[]): Via {
  const read = given.map((text) => {
    const [, host = '', address = ''] = /^([^=/]+)=(.+)$/.exec(text) ?? [];
    const origin = /^https?:\/\//.test(address) ? address : originOf(address);
    return { text, host, origin: URL.canParse(origin) ? new URL(origin).origin : undefined };
  });
  const wrong = read.filter(({ host, origin }) => host === '' || origin === undefined);
  if (wrong.length > 0)
    throw new KeelsonError(
      'The command',
      wrong.map(({ text }) => ({
        where: `--via ${text}`,
        message:
          'expected the name of a registry and the address that answers for it, such as registry.internal=localhost:5000',
      })),
    );
  return new Map(read.map(({ host, origin = '' }) => [host, origin]));
}

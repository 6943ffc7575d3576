import { readFileSync } from 'node:fs';

/** A line of the private key in a kubeconfig: it is a part of every form of the key. */
export function clientKeyOf(kubeconfig: string): string {
  const [, encoded = ''] = /client-key-data"?: "?([\w+/=]{40,})/.exec(readFileSync(kubeconfig, 'utf8')) ?? [];
  const [, line = ''] = Buffer.from(encoded, 'base64').toString().split('\n');
  if (line.length < 40) throw new Error(`${kubeconfig}: holds no private key`);
  return line;
}

/** A kubeconfig that logs in by another certificate; both PEM. */
export function withClient(
  kubeconfig: string,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): string {
  const base64 = (value: string) => Buffer.from(value).toString('base64');
  const other = kubeconfig
    .replace(/(client-certificate-data"?: *"?)[\w+/=]+/, `$1${base64(certificate)}`)
    .replace(/(client-key-data"?: *"?)[\w+/=]+/, `$1${base64(key)}`);
  expect(other).not.toBe(kubeconfig);
  return other;
}

import { readFileSync } from 'node:fs';

/** A line of the private key in a kubeconfig: it is a part of every form of the key. */
export function clientKeyOf(kubeconfig: string): string {
  const [, encoded = ''] = /client-key-data"?: "?([\w+/=]{40,})/.exec(readFileSync(kubeconfig, 'utf8')) ?? [];
  const [, line = ''] = Buffer.from(encoded, 'base64').toString().split('\n');
  if (line.length < 40) throw new Error(`${kubeconfig}: holds no private key`);
  return line;
}

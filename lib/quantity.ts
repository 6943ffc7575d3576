/**
 * `250m` or `0.25` → 250. YAML and patches may hold a number in place of its text.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function toMillis(quantity: string | number = 0): number {
  const text = `${quantity}`;
  return text.endsWith('m') ? Number.parseFloat(text) : 1000 * Number.parseFloat(text);
}

const BYTES: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `1Gi` → 1024, `128974848` → 123. */
export function toMiB(quantity: string | number = 0): number {
  const [, amount = '0', unit = ''] = /^([\d.]+(?:[eE]\d+)?)([A-Za-z]*)$/.exec(`${quantity}`) ?? [];
  return (Number(amount) * (BYTES[unit] ?? 1)) / 2 ** 20;
}

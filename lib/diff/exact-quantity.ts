/** Powers of ten and of two behind a quantity. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,2})|([numkMGTPE]?))$/;

/** Digits that a number of billionths may have more than what is written: enough for every suffix and exponent. */
const SCALE = 120;

/**
 * A quantity as a whole number of 10⁻¹²⁰, so that two quantities are equal exactly where these are; undefined for what
 * is none. @example exactQuantity('1Gi') === exactQuantity('1024Mi')
 */
export function exactQuantity(quantity: unknown): bigint | undefined {
  const [match, sign = '', whole = '', fraction = '', binary, exponent, decimal = ''] =
    QUANTITY.exec(`${quantity}`) ?? [];
  if (match === undefined || whole + fraction === '' || fraction.length > 20) return undefined;
  const power =
    exponent === undefined ? (DECIMAL[binary === undefined ? decimal : ''] ?? 0) : Number(exponent);
  const digits =
    BigInt(whole + fraction) *
    10n ** BigInt(SCALE + power - fraction.length) *
    2n ** BigInt(BINARY[binary ?? ''] ?? 0);
  return sign === '-' ? -digits : digits;
}

/** Whether two spellings mean the same amount. */
export function isSameQuantity(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const exact = exactQuantity(one);
  return exact !== undefined && exact === exactQuantity(other);
}

/** What is wrong with a TCP port, or undefined. */
export const portProblem = (port: unknown): string | undefined =>
  Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535
    ? undefined
    : `${JSON.stringify(port)} is no port; use a whole number from 1 to 65535`;

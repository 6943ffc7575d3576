/** What is wrong with a TCP port, or undefined. */
export const portProblem = (port: unknown): string | undefined =>
  Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535
    ? undefined
    : `${JSON.stringify(port)} is no port; use a whole number from 1 to 65535`;

/** How a port is spoken to, by its name: `http`, `http-admin`, `grpc`, `grpc-internal`; any other is plain TCP. */
export function protocolOf(portName: string): 'http' | 'grpc' | 'tcp' {
  const [first] = portName.split('-');
  return first === 'http' || first === 'grpc' ? first : 'tcp';
}

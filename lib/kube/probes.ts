import type { Container, Probe } from 'kubernetes-types/core/v1';

/**
 * The probes of a service's main port: `grpc` is asked by gRPC, `http` by HTTP at `health`, any other by TCP.
 *
 * Liveness asks the process alone: a store that is away must not restart the pods that wait for it.
 */
export function probes(
  portName: string,
  port: number,
  health: string,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  return {
    startupProbe: { tcpSocket: { port }, periodSeconds: 2, failureThreshold: 30 },
    readinessProbe: { ...readiness(portName, port, health), periodSeconds: 5, timeoutSeconds: 2 },
    livenessProbe: { tcpSocket: { port }, periodSeconds: 10, timeoutSeconds: 2 },
  };
}

function readiness(portName: string, port: number, health: string): Probe {
  if (portName === 'grpc') return { grpc: { port } };
  return portName === 'http' ? { httpGet: { path: health, port } } : { tcpSocket: { port } };
}

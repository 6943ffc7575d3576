import type { Container, Probe } from 'kubernetes-types/core/v1';
import { protocolOf } from './port.js';

/** Seconds between two questions of the startup probe. */
const START_PERIOD = 2;

export interface ProbeOptions {
  /** HTTP path, or the name that the gRPC health service is asked for. @default / over HTTP, the whole server over gRPC */
  readonly health?: string;
  /** How long a start may take. */
  readonly startSeconds: number;
}

/**
 * The probes of a service's main port.
 *
 * Liveness asks the process alone: a store that is away must not restart the pods that wait for it.
 */
export function probes(
  portName: string,
  port: number,
  { health, startSeconds }: ProbeOptions,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  return {
    startupProbe: {
      tcpSocket: { port },
      periodSeconds: START_PERIOD,
      failureThreshold: Math.ceil(startSeconds / START_PERIOD),
    },
    readinessProbe: { ...readiness(portName, port, health), periodSeconds: 5, timeoutSeconds: 2 },
    livenessProbe: { tcpSocket: { port }, periodSeconds: 10, timeoutSeconds: 2 },
  };
}

function readiness(portName: string, port: number, health: string | undefined): Probe {
  switch (protocolOf(portName)) {
    case 'grpc':
      return { grpc: { port, ...(health !== undefined && { service: health }) } };
    case 'http':
      return { httpGet: { path: health ?? '/', port } };
    case 'tcp':
      return { tcpSocket: { port } };
  }
}

export function healthProblem(portName: string, health: string | undefined): string[] {
  if (health === undefined) return [];
  const protocol = protocolOf(portName);
  if (protocol === 'http' && !health.startsWith('/'))
    return [`health: ${JSON.stringify(health)} must begin with "/"`];
  if (protocol === 'grpc' && health.startsWith('/'))
    return [
      `health: ${JSON.stringify(health)} looks like a path, but "${portName}" is asked over gRPC; give the service's name or leave it out`,
    ];
  return protocol === 'tcp'
    ? [
        `health: "${portName}" is probed by TCP, which asks for nothing; name the port http… or grpc…, or leave it out`,
      ]
    : [];
}

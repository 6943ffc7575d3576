import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation';
import recorded from './recorded-events.json';

/** Events of real runs of the engine, without the inputs and outputs of resources. */
export const events = (run: keyof typeof recorded): EngineEvent[] =>
  recorded[run] as unknown as EngineEvent[];

const PARENTS = 'keelson:kubernetes:ClusterManifests$keelson:kubernetes:Manifest';

/** URN of a Kubernetes object in a stack: `urnOf('apps/v1:Deployment', 'shop/Deployment/web')`. */
export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:dev::shop::${PARENTS}$kubernetes:${type}::${name}`;

/** A hand-made step, for what no recording has. */
export function step(
  phase: 'resourcePreEvent' | 'resOutputsEvent' | 'resOpFailedEvent',
  op: StepEventMetadata['op'],
  urn: string,
  more: Partial<StepEventMetadata> & { readonly timestamp?: number } = {},
): EngineEvent {
  const { timestamp = 0, ...metadata } = more;
  return {
    sequence: 0,
    timestamp,
    [phase]: { metadata: { op, urn, type: '', provider: '', ...metadata } },
  } as EngineEvent;
}

export const diagnostic = (severity: string, message: string, urn?: string): EngineEvent =>
  ({ sequence: 0, timestamp: 0, diagnosticEvent: { severity, message, urn, color: 'never' } }) as EngineEvent;

import type { EngineEvent } from '@pulumi/pulumi/automation';

/** When things happened in an `up`: milliseconds since the start of its process. */
export interface UpTimes {
  /** Everything that it needs is loaded and found. */
  readonly loaded: number;
  readonly synthesized: number;
  /** The engine has compared all that comes before and changes the first Deployment. @default no one is changed */
  readonly changing?: number;
  /** The last changed Deployment has its new pods, all of them ready. @default no one is changed */
  readonly rolledOut?: number;
}

const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';

/** Follows the Deployments that a run makes or changes. The engine's provider waits for their pods. */
export class RollOut {
  changing?: number;
  rolledOut?: number;

  constructor(private readonly clock: () => number) {}

  add({ resourcePreEvent, resOutputsEvent }: EngineEvent): void {
    if (isChanged(resourcePreEvent?.metadata)) this.changing ??= this.clock();
    if (isChanged(resOutputsEvent?.metadata)) this.rolledOut = this.clock();
  }
}

const isChanged = (step?: { readonly type: string; readonly op: string }): boolean =>
  step?.type === DEPLOYMENT && step.op !== 'same';

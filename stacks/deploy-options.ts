import type { EngineEvent, PulumiCommand, PulumiFn } from '@pulumi/pulumi/automation';
import type { Report } from '../lib/progress.js';
import type { Synthesis } from '../lib/synth.js';
import type { StackSettings } from './settings.js';

/** What a preview, up, refresh or destroy of one stack needs. */
export interface DeployOptions {
  readonly synthesis: Synthesis;
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** What runs in the stack instead of one of the synthesis. @default the stack's objects */
  readonly program?: PulumiFn;
  /** @default what the stack's configuration says */
  readonly settings?: StackSettings;
  /** The Pulumi project's folder. Where it has no Pulumi.yaml, one is written. */
  readonly workDir: string;
  /** Make the stack where there is none. @default false: an unknown stack is an error */
  readonly createStack?: boolean;
  /** Where the state lies, such as `file:///home/ada/state`. @default what Pulumi.yaml or the environment says */
  readonly backendUrl?: string;
  /** @default the user's own, `~/.pulumi` */
  readonly pulumiHome?: string;
  /** Added to the process' environment, such as PULUMI_CONFIG_PASSPHRASE. */
  readonly env?: Readonly<Record<string, string>>;
  readonly engine: PulumiCommand;
  /** The plugins that the engine finds or fetches, or one for `kubernetes` that listens on a port of this machine. */
  readonly providers: 'real' | { readonly debugPort: number };
  /** Set random values for secrets that allow it and have none. @default false */
  readonly generateSecrets?: boolean;
  /**
   * Logical names of the objects to touch, such as `shop/Deployment/web`; all others stay as they are, whatever the
   * program says of them. @default every object
   */
  readonly only?: readonly string[];
  /** An up takes back the fields that somebody else changed in the cluster. @default false: it is refused */
  readonly forceConflicts?: boolean;
  /** What a person types to hand an object over. @default `keelson import OBJECT` */
  readonly importCommand?: (object: string) => string;
  /** What a person types to make the state anew where it is thrown away. @default none: it is to be saved */
  readonly startAnew?: string;
  readonly onEvent?: (event: EngineEvent) => void;
  /** Hears what happens beside the engine's events. @default nobody */
  readonly report?: Report;
  /** Ends the run in good order: what is under way is finished and recorded. */
  readonly signal?: AbortSignal;
}

export type Verb = 'preview' | 'up' | 'refresh' | 'import' | 'destroy';

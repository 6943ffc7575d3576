import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent, OpMap, OutputMap } from '@pulumi/pulumi/automation';
import { LocalWorkspace, type PulumiFn, type Stack } from '@pulumi/pulumi/automation';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import { type Consequence, consequences } from '../../stacks/digitalocean/consequences.js';
import { silenceSdk } from '../../stacks/silent-sdk.js';
import { DigitalOceanSimulator } from '../digitalocean/simulator/simulator.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import type { SecretWatch } from '../support/secret-watch.js';
import './forgive-late-calls.js';
import { type TestedCloud, testedCloud } from './tested-cloud.js';

/** What happened to one resource. */
export interface Step {
  readonly op: string;
  /** `Droplet main-server-1`. */
  readonly resource: string;
}

/** What a run did to DigitalOcean's resources. */
export interface Outcome {
  readonly changes: OpMap;
  readonly steps: readonly Step[];
  readonly consequences: readonly Consequence[];
  readonly messages: readonly string[];
}

interface Listeners {
  readonly onEvent: (event: EngineEvent) => void;
  readonly onOutput: (text: string) => void;
}

const TYPE = /\bdigitalocean:[^:]+:(\w+)$/;

const spacesOf = ({ url }: DigitalOceanSimulator): string => `${url}/spaces/{{.Region}}`;

/** A simulated cloud, a real engine, and a provider between them; everything below one temporary folder. */
export class CloudBed {
  private constructor(
    readonly folder: string,
    readonly simulator: DigitalOceanSimulator,
    private readonly engine: PulumiEngine,
    readonly provider: TestedCloud,
  ) {}

  static async start(): Promise<CloudBed> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-digitalocean-'));
    const engine = await findPulumiEngine({ report: () => {} });
    const simulator = await DigitalOceanSimulator.start();
    return new CloudBed(folder, simulator, engine, await testedCloud(spacesOf(simulator)));
  }

  async stop(): Promise<void> {
    await this.provider.close();
    await this.simulator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get account() {
    return this.simulator.account;
  }

  /** A stack with state of its own. */
  async stack(name: string, token = this.account.token): Promise<CloudStack> {
    silenceSdk();
    const home = join(this.folder, name);
    const [state, workDir] = [join(home, 'state'), join(home, 'work')];
    for (const path of [state, workDir]) mkdirSync(path, { recursive: true });
    const envVars = {
      PULUMI_HOME: this.provider.home(join(home, 'pulumi')),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      ...this.provider.environment,
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: 'cloud', program: async () => {} },
      { pulumiCommand: this.engine.command, workDir, envVars },
    );
    await stack.setAllConfig({
      'digitalocean:token': { value: token, secret: true },
      'digitalocean:apiEndpoint': { value: this.simulator.url },
      'digitalocean:spacesEndpoint': { value: spacesOf(this.simulator) },
      'digitalocean:spacesAccessId': { value: 'access-id' },
      'digitalocean:spacesSecretKey': { value: 'secret-key', secret: true },
    });
    return new CloudStack(stack, home);
  }
}

/** One stack, and what its runs told. */
export class CloudStack {
  readonly events: EngineEvent[] = [];
  readonly output: string[] = [];
  /** The outputs of the last run. */
  readonly outputs: () => Promise<OutputMap>;

  constructor(
    readonly stack: Stack,
    /** The folder of everything that the stack has: state, settings and logs. */
    readonly home: string,
  ) {
    this.outputs = stack.outputs.bind(stack);
    // After each run the Automation API starts the engine three times more to ask what the events have told.
    Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
  }

  /** Finds nothing of the values: not in its files, in what its runs told, or where somebody watched them. */
  expectHidden(secrets: readonly string[], watch: SecretWatch): void {
    expect(watch.placesOf(secrets)).toEqual([]);
    expect(filesWith(this.home, secrets)).toEqual([]);
    const told = `${JSON.stringify(this.events)}${this.output.join('')}`;
    expect(secrets.filter((secret) => holds(told, secret))).toEqual([]);
  }

  preview(program: PulumiFn): Promise<Outcome> {
    return this.run(program, (record) => this.stack.preview(record));
  }

  up(program: PulumiFn, options: { readonly refresh?: boolean } = {}): Promise<Outcome> {
    return this.run(program, (record) => this.stack.up({ ...record, ...options }));
  }

  refresh(program: PulumiFn): Promise<Outcome> {
    return this.run(program, (record) => this.stack.refresh(record));
  }

  /** With its program, for the sake of what runs before a machine is deleted. */
  destroy(program: PulumiFn): Promise<Outcome> {
    return this.run(program, (record) => this.stack.destroy({ ...record, runProgram: true }));
  }

  destroyPreview(program: PulumiFn): Promise<Outcome> {
    return this.run(program, (record) => this.stack.previewDestroy({ ...record, runProgram: true }));
  }

  private async run(program: PulumiFn, go: (record: Listeners) => Promise<unknown>): Promise<Outcome> {
    const from = this.events.length;
    this.stack.workspace.program = program;
    await go({
      onEvent: (event) => void this.events.push(event),
      onOutput: (text) => void this.output.push(text),
    });
    const events = this.events.slice(from);
    return {
      changes: events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {},
      steps: events.flatMap(({ resourcePreEvent }) => {
        const type = TYPE.exec(resourcePreEvent?.metadata.type ?? '')?.[1];
        return resourcePreEvent === undefined || type === undefined || resourcePreEvent.metadata.op === 'same'
          ? []
          : [
              {
                op: resourcePreEvent.metadata.op,
                resource: `${type} ${resourcePreEvent.metadata.urn.split('::').at(-1)}`,
              },
            ];
      }),
      consequences: consequences(events),
      messages: events.flatMap(({ diagnosticEvent }) => (diagnosticEvent ? [diagnosticEvent.message] : [])),
    };
  }
}

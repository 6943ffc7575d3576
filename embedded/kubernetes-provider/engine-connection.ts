import { setMaxListeners } from 'node:events';
import type { Configuration } from './configuration.js';
import { EngineLogClient } from './engine-log.js';
import type { Operation } from './operation.js';
import type { Properties } from './property-values.js';
import { parseToken, typeOfUrn } from './resource-token.js';

/** One engine's connection: one provider resource, with its own configuration and its own cancellation. */
export class EngineConnection {
  readonly #cancellation = new AbortController();
  #log: EngineLogClient | undefined;
  #configuration: Configuration | undefined;

  constructor() {
    setMaxListeners(0, this.#cancellation.signal);
  }

  attach(engineAddress: string): void {
    this.#log?.close();
    this.#log = engineAddress ? new EngineLogClient(engineAddress) : undefined;
  }

  set configuration(configuration: Configuration) {
    this.#configuration?.client.close();
    this.#configuration = configuration;
  }

  /** @throws where the engine has not configured the provider, or was refused */
  operation(
    urn: string,
    inputs: Properties,
    redact: (message: string) => string,
    timeoutSeconds = 0,
  ): Operation {
    if (!this.#configuration) {
      throw new Error(
        'the kubernetes provider is not configured: give it the embedded cluster’s kubeconfig.',
      );
    }
    return {
      configuration: this.#configuration,
      token: parseToken(typeOfUrn(urn), inputs),
      log: this.#log?.for(urn, redact) ?? { status: () => {}, warn: () => {} },
      signal: this.#cancellation.signal,
      timeoutSeconds,
    };
  }

  /** Ends what is under way; what was created by then keeps its place in the state. */
  cancel(): void {
    this.#cancellation.abort(new Error('cancelled by the engine'));
  }

  close(): void {
    this.cancel();
    this.#log?.close();
    this.#configuration?.client.close();
  }
}

import { credentials } from '@grpc/grpc-js';
import { EngineClient } from '@pulumi/pulumi/proto/engine_grpc_pb';
import { LogRequest, LogSeverity } from '@pulumi/pulumi/proto/engine_pb';

/** Messages for one resource, shown by the engine beside it. */
export interface EngineLog {
  /** What it waits for just now: replaced by the next one, kept nowhere. */
  status(message: string): void;
  warn(message: string): void;
}

/** A connection to the engine's log; a message that it does not take is lost, and nothing else. */
export class EngineLogClient {
  readonly #client: EngineClient;

  constructor(address: string) {
    this.#client = new EngineClient(address, credentials.createInsecure());
  }

  for(urn: string, redact: (message: string) => string): EngineLog {
    const send = (severity: LogSeverity, ephemeral: boolean) => {
      return (message: string) => {
        const request = new LogRequest();
        request.setSeverity(severity).setUrn(urn).setMessage(redact(message)).setEphemeral(ephemeral);
        this.#client.log(request, () => {});
      };
    };
    return { status: send(LogSeverity.INFO, true), warn: send(LogSeverity.WARNING, false) };
  }

  close(): void {
    this.#client.close();
  }
}

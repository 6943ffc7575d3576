import { status } from '@grpc/grpc-js';
import { EngineClient } from '@pulumi/pulumi/proto/engine_grpc_pb';
import { ResourceMonitorClient } from '@pulumi/pulumi/proto/resource_grpc_pb';

type Answer = (error: { readonly code?: number } | null, response: unknown) => void;
type Call = (request: unknown, callback: Answer) => unknown;

/**
 * What the SDK still tells an engine that has just given up is rejected after the run, where nobody hears of it but
 * the process, which ends. The product listens to its process for that (stacks/late-calls.ts); Jest gives its tests a
 * process object which hears of nothing.
 */
function forgiveLateCalls<Name extends string>(
  client: { readonly prototype: Partial<Record<Name, unknown>> },
  name: Name,
): void {
  const call = client.prototype[name] as Call;
  const isOver = (error: { readonly code?: number } | null) =>
    error?.code === status.UNAVAILABLE || error?.code === status.CANCELLED;
  Object.assign(client.prototype, {
    [name](this: unknown, request: unknown, callback: Answer) {
      return call.call(this, request, (error, response) => callback(isOver(error) ? null : error, response));
    },
  });
}
forgiveLateCalls(ResourceMonitorClient, 'registerResourceOutputs');
forgiveLateCalls(EngineClient, 'setRootResource');

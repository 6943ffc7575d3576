import { isDeepStrictEqual } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { revealProperties } from './secrets.js';
import { toServiceError } from './service-error.js';
import { properties, withStructs } from './structs.js';

/** A method of a provider; what it throws is what the engine tells. */
export const unary =
  <Request, Response>(handle: (request: Request, peer: string) => Response | Promise<Response>) =>
  async (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    try {
      callback(null, await handle(call.request, call.getPeer()));
    } catch (error) {
      callback(toServiceError(error));
    }
  };

/** What a stand-in says of itself and of its configuration, which never replaces anything. */
export const introduction = (name: string, version: string) => ({
  getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
  getSchema: unary(() =>
    new messages.GetSchemaResponse().setSchema(JSON.stringify({ name, version, resources: {} })),
  ),
  checkConfig: unary((request: messages.CheckRequest) =>
    new messages.CheckResponse().setInputs(request.getNews()),
  ),
  diffConfig: unary((request: messages.DiffRequest) => {
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const [before, after] = [request.getOldInputs(), request.getNews()].map(properties).map(revealProperties);
    return new messages.DiffResponse().setChanges(isDeepStrictEqual(before, after) ? DIFF_NONE : DIFF_SOME);
  }),
});

/** Serves a provider on a free port of loopback, for engines that are given it in PULUMI_DEBUG_PROVIDERS. */
export async function servePlugin(
  methods: UntypedServiceImplementation,
): Promise<{ readonly port: number; close(): void }> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(withStructs(ResourceProviderService), methods);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

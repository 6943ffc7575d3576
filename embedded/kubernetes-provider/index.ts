import { isDeepStrictEqual } from 'node:util';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { type PluginAttach, PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { configure } from './configuration.js';
import { EngineConnection } from './engine-connection.js';
import { check, create, diff, read, remove, update } from './resource-service.js';
import { revealProperties } from './secrets.js';
import { toServiceError } from './service-error.js';
import { properties, withStructs } from './structs.js';

/** What the stand-in says it is, so that an SDK which asks for pulumi-kubernetes 4 is content. */
const version = '4.34.2';

/**
 * Serves the stand-in for Pulumi's `kubernetes` provider in this process, on loopback, for engines that are given
 * `PULUMI_DEBUG_PROVIDERS=kubernetes:PORT`. It is there for networks in which the real plugin cannot be had, and
 * refuses every API server but `server`, the embedded cluster's.
 *
 * It behaves as pulumi-kubernetes 4 does, except that:
 * - `metadata.name` must be given: there is no auto-naming and no `generateName`;
 * - Helm releases, YAML and kustomize components, lists, functions and client-side apply are not served;
 * - inputs are not checked against the OpenAPI schema: the server's dry run in the preview does that;
 * - a diff compares inputs with inputs; a refresh takes over those that moved in the cluster since the last apply;
 * - outputs hold neither `managedFields` nor `__inputs`, and a Secret's `stringData` is sent as `data`;
 * - a refused update leaves the state as it was (the real one saves the new inputs with an initialization error);
 * - a CustomResourceDefinition is awaited until it is established, a Namespace until it is active;
 * - an Ingress is awaited by its address alone, a workload by its own status, `waitFor` knows simple JSONPaths only;
 * - a changed kubeconfig never replaces the provider, for there is one server only.
 *
 * @param options.server the embedded cluster's URL, as its kubeconfig has it
 */
export async function serveKubernetesProvider(options: {
  readonly server: string;
}): Promise<{ readonly port: number; close(): Promise<void> }> {
  const engines = new Map<string, EngineConnection>();
  let latest = new EngineConnection();

  /** Each provider resource of a program has a connection of its own; a lost one may come back as another peer. */
  const engineOf = (peer: string) => engines.get(peer) ?? latest;
  const newEngine = (peer: string) => {
    latest = new EngineConnection();
    engines.get(peer)?.close();
    engines.set(peer, latest);
    return latest;
  };
  const unary =
    <Request, Response>(
      handle: (request: Request, engine: EngineConnection) => Response | Promise<Response>,
      choose: (peer: string) => EngineConnection = engineOf,
    ) =>
    async (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
      try {
        callback(null, await handle(call.request, choose(call.getPeer())));
      } catch (error) {
        callback(toServiceError(error));
      }
    };

  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(withStructs(ResourceProviderService), {
    handshake: unary((request: messages.ProviderHandshakeRequest, engine) => {
      engine.attach(request.getEngineAddress());
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true);
    }, newEngine),
    attach: unary((request: PluginAttach, engine) => {
      engine.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => {
      const schema = { name: 'kubernetes', version, resources: {} };
      return new messages.GetSchemaResponse().setSchema(JSON.stringify(schema));
    }),
    checkConfig: unary((request: messages.CheckRequest) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary((request: messages.DiffRequest) => {
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      const [before, after] = [request.getOldInputs(), request.getNews()]
        .map(properties)
        .map(revealProperties);
      return new messages.DiffResponse().setChanges(isDeepStrictEqual(before, after) ? DIFF_NONE : DIFF_SOME);
    }),
    configure: unary((request: messages.ConfigureRequest, engine) => {
      engine.configuration = configure(revealProperties(properties(request.getArgs())), options.server);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    read: unary(read),
    update: unary(update),
    delete: unary(remove),
    cancel: unary((_: Empty, engine) => {
      engine.cancel();
      return new Empty();
    }),
    invoke: (
      call: ServerUnaryCall<messages.InvokeRequest, messages.InvokeResponse>,
      callback: sendUnaryData<messages.InvokeResponse>,
    ) => {
      const details = `${call.request.getTok()}: the stand-in for the kubernetes provider has no functions.`;
      callback({ code: status.UNIMPLEMENTED, details });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    close: async () => {
      for (const engine of engines.values()) engine.close();
      server.forceShutdown();
    },
  };
}

import { type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { PluginAttach } from '@pulumi/pulumi/proto/plugin_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { configure } from './configuration.js';
import { EngineConnection } from './engine-connection.js';
import { introduction, servePlugin, unary } from './plugin-server.js';
import { check, create, diff, read, remove, update } from './resource-service.js';
import { revealProperties } from './secrets.js';
import { properties } from './structs.js';

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
  const on = <Request, Response>(
    handle: (request: Request, engine: EngineConnection) => Response | Promise<Response>,
    choose: (peer: string) => EngineConnection = engineOf,
  ) => unary((request: Request, peer) => handle(request, choose(peer)));

  const { port, close } = await servePlugin({
    ...introduction('kubernetes', version),
    handshake: on((request: messages.ProviderHandshakeRequest, engine) => {
      engine.attach(request.getEngineAddress());
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true);
    }, newEngine),
    attach: on((request: PluginAttach, engine) => {
      engine.attach(request.getAddress());
      return new Empty();
    }),
    configure: on((request: messages.ConfigureRequest, engine) => {
      engine.configuration = configure(revealProperties(properties(request.getArgs())), options.server);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: on(check),
    diff: on(diff),
    create: on(create),
    read: on(read),
    update: on(update),
    delete: on(remove),
    cancel: on((_: Empty, engine) => {
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
  return {
    port,
    close: async () => {
      for (const engine of engines.values()) engine.close();
      close();
    },
  };
}

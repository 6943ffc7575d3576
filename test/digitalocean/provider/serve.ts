import { setMaxListeners } from 'node:events';
import sdk from '@pulumi/digitalocean/package.json';
import type { PluginAttach } from '@pulumi/pulumi/proto/plugin_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { introduction, servePlugin, unary } from '../../../embedded/kubernetes-provider/plugin-server.js';
import { type Properties, text } from '../../../embedded/kubernetes-provider/property-values.js';
import { revealProperties } from '../../../embedded/kubernetes-provider/secrets.js';
import { properties } from '../../../embedded/kubernetes-provider/structs.js';
import { ApiClient } from './api-client.js';
import { type Connect, check, create, diff, read, remove, update } from './service.js';

export interface ServeOptions {
  /** What the real plugin takes from DIGITALOCEAN_TOKEN, DIGITALOCEAN_API_URL and SPACES_ENDPOINT_URL. @default none */
  readonly environment?: {
    readonly token?: string;
    readonly apiEndpoint?: string;
    readonly spacesEndpoint?: string;
  };
  /** Milliseconds between two questions after something that takes time. @default 10 */
  readonly pollEvery?: number;
  /** Milliseconds before the second try of a request. @default 5 */
  readonly retryWait?: number;
}

/**
 * Serves a stand-in for Pulumi's `digitalocean` provider on loopback, for engines that are given
 * `PULUMI_DEBUG_PROVIDERS=digitalocean:PORT`. It speaks to any server that answers as DigitalOcean's API does.
 *
 * It differs from pulumi-digitalocean 4 in that:
 * - what replaces is decided by `lib/digitalocean/replacements.ts`, as far as that was read correctly;
 * - names must be given, inputs are not checked against the schema, and lists are compared in their order;
 * - it waits milliseconds where the real one waits ten seconds, and Spaces is asked without a signature;
 * - it has the resources of the components, no functions, and no import.
 */
export async function serveDigitalOceanProvider(
  options: ServeOptions = {},
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { environment = {}, pollEvery = 10, retryWait = 5 } = options;
  const cancellation = new AbortController();
  setMaxListeners(0, cancellation.signal);
  /** Each provider resource has a connection, with a configuration, of its own. */
  const connections = new Map<string, Connect>();

  const configure = (inputs: Properties): Connect => {
    const given = (name: string) => text(inputs, name);
    const api = new ApiClient({
      endpoint: given('apiEndpoint') || environment.apiEndpoint || 'https://api.digitalocean.com',
      token: given('token') || environment.token || '',
      retryMax: Number(inputs.httpRetryMax ?? 4),
      retryWait,
    });
    const spaces = {
      endpoint:
        given('spacesEndpoint') || environment.spacesEndpoint || 'https://{{.Region}}.digitaloceanspaces.com',
      accessId: given('spacesAccessId'),
    };
    return (timeoutSeconds) => ({
      api,
      spaces,
      signal: cancellation.signal,
      pollEvery,
      timeoutSeconds: timeoutSeconds || 60,
    });
  };
  const connected = (peer: string): Connect => {
    const connect = connections.get(peer);
    if (connect === undefined) throw new Error('the digitalocean provider is not configured');
    return connect;
  };

  const { port, close } = await servePlugin({
    ...introduction('digitalocean', sdk.version),
    handshake: unary((_: messages.ProviderHandshakeRequest) =>
      new messages.ProviderHandshakeResponse().setAcceptSecrets(true),
    ),
    attach: unary((_: PluginAttach) => new Empty()),
    configure: unary((request: messages.ConfigureRequest, peer) => {
      connections.set(peer, configure(revealProperties(properties(request.getArgs()))));
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary(check),
    diff: unary(diff),
    create: unary((request: messages.CreateRequest, peer) => create(request, connected(peer))),
    read: unary((request: messages.ReadRequest, peer) => read(request, connected(peer))),
    update: unary((request: messages.UpdateRequest, peer) => update(request, connected(peer))),
    delete: unary((request: messages.DeleteRequest, peer) => remove(request, connected(peer))),
    cancel: unary((_: Empty) => new Empty()),
  });
  return {
    port,
    close: async () => {
      cancellation.abort(new Error('the provider is closed'));
      close();
    },
  };
}

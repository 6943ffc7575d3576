import { isDeepStrictEqual } from 'node:util';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { introduction, servePlugin, unary } from '../../embedded/kubernetes-provider/plugin-server.js';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { properties } from '../../embedded/kubernetes-provider/structs.js';

/** What a provider was asked to do to one resource. */
export interface Call {
  readonly what: 'create' | 'update' | 'delete';
  /** Its name in the program. */
  readonly name: string;
  /** As they came: secrets are marked. */
  readonly inputs?: Properties;
}

/** Milliseconds that everything takes, so that what does not wait for another is seen to overtake it. */
const TAKES = 50;

/**
 * A provider for `kubernetes` without a cluster or Helm, which does what it is asked by noting it: what a program of
 * ours hands to Pulumi's plugin, and in which order.
 */
export async function serveEcho(): Promise<{
  readonly port: number;
  /** Begun and ended, in their order. */
  readonly begun: readonly Call[];
  readonly ended: readonly string[];
  close(): void;
}> {
  const begun: Call[] = [];
  const ended: string[] = [];
  const note = async (call: Call): Promise<void> => {
    begun.push(call);
    await new Promise((resolve) => setTimeout(resolve, TAKES));
    ended.push(`${call.what} ${call.name}`);
  };

  const { port, close } = await servePlugin({
    ...introduction('kubernetes', '4.34.2'),
    handshake: unary(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: unary(() => new Empty()),
    configure: unary(() => new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: unary((request: messages.CheckRequest) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diff: unary((request: messages.DiffRequest) => {
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      const same = isDeepStrictEqual(properties(request.getOldInputs()), properties(request.getNews()));
      return new messages.DiffResponse().setChanges(same ? DIFF_NONE : DIFF_SOME);
    }),
    create: unary(async (request: messages.CreateRequest) => {
      const name = nameIn(request.getUrn());
      if (!request.getPreview())
        await note({ what: 'create', name, inputs: properties(request.getProperties()) });
      return new messages.CreateResponse().setId(name).setProperties(request.getProperties());
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      if (!request.getPreview())
        await note({ what: 'update', name: nameIn(request.getUrn()), inputs: properties(request.getNews()) });
      return new messages.UpdateResponse().setProperties(request.getNews());
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      await note({ what: 'delete', name: nameIn(request.getUrn()) });
      return new Empty();
    }),
    cancel: unary(() => new Empty()),
  });
  return { port, begun, ended, close };
}

const nameIn = (urn: string): string => urn.split('::').slice(3).join('::');

import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties } from '../../../embedded/kubernetes-provider/property-values.js';
import {
  hasUnknown,
  markSecrets,
  redactor,
  revealProperties,
} from '../../../embedded/kubernetes-provider/secrets.js';
import { InitializationError } from '../../../embedded/kubernetes-provider/service-error.js';
import { properties, structOf } from '../../../embedded/kubernetes-provider/structs.js';
import { diffOf } from './diff.js';
import { type Context, type Live, UnfinishedError } from './resource.js';
import { resourceOfUrn } from './resources.js';

/** What an operation gets from its engine; seconds are the operation's own timeout, 0 for the default. */
export type Connect = (timeoutSeconds: number) => Context;

const plain = (struct: Struct | undefined) => revealProperties(properties(struct));

/** Errors tell no secret; one that comes after the resource exists carries the resource. */
async function guarded<T>(marked: Properties, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = redactor(marked)((error as Error).message);
    if (!(error instanceof UnfinishedError)) throw new Error(message);
    const { id, outputs } = error.live;
    throw new InitializationError(message, id, markSecrets(outputs, marked), [message]);
  }
}

export function check(request: messages.CheckRequest): messages.CheckResponse {
  resourceOfUrn(request.getUrn());
  return new messages.CheckResponse().setInputs(request.getNews());
}

export function diff(request: messages.DiffRequest): messages.DiffResponse {
  const { type } = resourceOfUrn(request.getUrn());
  const [before, after] = [plain(request.getOldInputs()), plain(request.getNews())];
  return diffOf(type, before, after, request.getIgnorechangesList());
}

export async function create(request: messages.CreateRequest, connect: Connect) {
  const marked = properties(request.getProperties());
  const response = new messages.CreateResponse();
  if (request.getPreview()) return response.setProperties(request.getProperties());
  const { resource } = resourceOfUrn(request.getUrn());
  return guarded(marked, async () => {
    const { id, outputs } = await resource.create(connect(request.getTimeout()), revealProperties(marked));
    return response.setId(id).setProperties(structOf(markSecrets(outputs, marked)));
  });
}

export async function update(request: messages.UpdateRequest, connect: Connect) {
  const marked = properties(request.getNews());
  const inputs = revealProperties(marked);
  const state = plain(request.getOlds());
  const response = new messages.UpdateResponse();
  if (request.getPreview() || hasUnknown(inputs))
    return response.setProperties(structOf({ ...properties(request.getOlds()), ...marked }));
  const { resource } = resourceOfUrn(request.getUrn());
  return guarded(marked, async () => {
    const live = await resource.update(connect(request.getTimeout()), request.getId(), state, inputs);
    return response.setProperties(structOf(markSecrets(live.outputs, marked)));
  });
}

export async function read(request: messages.ReadRequest, connect: Connect) {
  const marked = properties(request.getInputs());
  const state = plain(request.getProperties());
  const inputs = revealProperties(marked);
  const { resource } = resourceOfUrn(request.getUrn());
  const response = new messages.ReadResponse();
  return guarded(marked, async () => {
    const live = await resource.read(connect(0), request.getId(), state);
    if (live === undefined) return response;
    return response
      .setId(live.id)
      .setProperties(structOf(markSecrets(live.outputs, marked)))
      .setInputs(structOf(markSecrets(current(inputs, live), marked)));
  });
}

/** The inputs as the cloud has them now; what it does not tell stays as it was given. */
const current = (inputs: Properties, { outputs }: Live): Properties =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, key === 'userData' ? value : (outputs[key] ?? value)]),
  );

export async function remove(request: messages.DeleteRequest, connect: Connect): Promise<Empty> {
  const state = plain(request.getProperties());
  const { resource } = resourceOfUrn(request.getUrn());
  return guarded(properties(request.getOldInputs()), async () => {
    await resource.remove(connect(request.getTimeout()), request.getId(), state);
    return new Empty();
  });
}

import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { messageOf } from './api-error.js';
import { type Change, formatPath } from './changes.js';
import { createObject } from './create.js';
import { deleteObject } from './delete.js';
import { diffObject } from './diff.js';
import type { EngineConnection } from './engine-connection.js';
import { fieldManagerOf } from './field-manager.js';
import { at, isProperties, type Properties, text } from './property-values.js';
import { readObject } from './read.js';
import { idOf, parseToken, typeOfUrn, withoutServerFields } from './resource-token.js';
import { hasUnknown, markSecrets, redactor, revealProperties } from './secrets.js';
import { InitializationError } from './service-error.js';
import { properties, structOf } from './structs.js';
import { updateObject } from './update.js';
import { NotReadyError } from './wait.js';
import { waitForAnnotation } from './wait-for.js';

/** What the state keeps of an object: all of it, without the server's bookkeeping, and who applied it. */
function outputsOf(live: Properties, inputs: Properties, fieldManager: string): Properties {
  const metadata = isProperties(live.metadata) ? live.metadata : {};
  const { managedFields: _, ...kept } = metadata;
  const own = { __initialApiVersion: live.apiVersion ?? null, __fieldManager: fieldManager };
  return markSecrets({ ...live, metadata: kept, ...own }, inputs);
}

/** Runs an operation; its errors tell no secret, and one that comes after the object exists carries the object. */
async function guarded<T>(
  inputs: Properties,
  fieldManager: string,
  run: (redact: (message: string) => string) => Promise<T>,
): Promise<T> {
  const redact = redactor(inputs);
  try {
    return await run(redact);
  } catch (error) {
    if (error instanceof InitializationError) throw error;
    const message = redact(messageOf(error));
    if (!(error instanceof NotReadyError)) throw new Error(message);
    const outputs = outputsOf(error.live, inputs, fieldManager);
    throw new InitializationError(message, idOf(error.live), outputs, error.reasons.map(redact));
  }
}

export function check(request: messages.CheckRequest): messages.CheckResponse {
  const news = properties(request.getNews());
  const response = new messages.CheckResponse();
  const inputs = { ...withoutServerFields(news) };
  const fail = (property: string, reason: string) => {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  };
  try {
    const { apiVersion, kind } = parseToken(typeOfUrn(request.getUrn()), inputs);
    Object.assign(inputs, { apiVersion, kind });
    const plain = revealProperties(inputs);
    const metadata = at(plain, 'metadata') ?? null;
    if (!hasUnknown(metadata) && !text(metadata, 'name')) {
      fail(
        'metadata.name',
        'is missing: the stand-in for the kubernetes provider makes up no names. Set one.',
      );
    }
    if (!hasUnknown(metadata)) waitForAnnotation(plain);
  } catch (error) {
    fail('', messageOf(error));
  }
  response.setInputs(structOf(markSecrets(inputs, inputs)));
  return response;
}

export async function diff(
  request: messages.DiffRequest,
  engine: EngineConnection,
): Promise<messages.DiffResponse> {
  const before = revealProperties(properties(request.getOldInputs()));
  const after = revealProperties(properties(request.getNews()));
  const operation = engine.operation(request.getUrn(), after, (message) => message);
  const ignored = request.getIgnorechangesList();
  const found = await diffObject(operation, request.getId(), before, after, ignored);
  const kinds = messages.PropertyDiff.Kind;
  const kindOf = (change: Change) => {
    const replaces = found.replacing.has(change);
    if (change.kind === 'add') return replaces ? kinds.ADD_REPLACE : kinds.ADD;
    if (change.kind === 'delete') return replaces ? kinds.DELETE_REPLACE : kinds.DELETE;
    return replaces ? kinds.UPDATE_REPLACE : kinds.UPDATE;
  };
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(found.changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(found.deleteBeforeReplace);
  response.setReplacesList([...found.replacing].map((change) => formatPath(change.path)));
  for (const change of found.changes) {
    const detail = new messages.PropertyDiff();
    detail.setKind(kindOf(change));
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(formatPath(change.path), detail);
  }
  return response;
}

export async function create(
  request: messages.CreateRequest,
  engine: EngineConnection,
): Promise<messages.CreateResponse> {
  const marked = properties(request.getProperties());
  const inputs = revealProperties(marked);
  const fieldManager = fieldManagerOf(inputs);
  const preview = request.getPreview();
  const response = new messages.CreateResponse();
  return guarded(marked, fieldManager, async (redact) => {
    const operation = engine.operation(request.getUrn(), inputs, redact, request.getTimeout());
    const unforeseeable = preview && (operation.token.patch || hasUnknown(inputs));
    const live = unforeseeable ? undefined : await createObject(operation, inputs, fieldManager, preview);
    if (live && !preview) response.setId(idOf(live));
    return response.setProperties(
      live ? structOf(outputsOf(live, marked, fieldManager)) : request.getProperties(),
    );
  });
}

export async function update(
  request: messages.UpdateRequest,
  engine: EngineConnection,
): Promise<messages.UpdateResponse> {
  const marked = properties(request.getNews());
  const inputs = revealProperties(marked);
  const state = revealProperties(properties(request.getOlds()));
  const fieldManager = fieldManagerOf(inputs, state);
  const preview = request.getPreview();
  const response = new messages.UpdateResponse();
  if (preview && hasUnknown(inputs)) return response.setProperties(request.getNews());
  return guarded(marked, fieldManager, async (redact) => {
    const operation = engine.operation(request.getUrn(), inputs, redact, request.getTimeout());
    const live = await updateObject(operation, inputs, {
      id: request.getId(),
      fieldManager,
      formerManager: text(state, '__fieldManager'),
      ignoreChanges: request.getIgnorechangesList(),
      preview,
    });
    return response.setProperties(structOf(outputsOf(live, marked, fieldManager)));
  });
}

export async function read(
  request: messages.ReadRequest,
  engine: EngineConnection,
): Promise<messages.ReadResponse> {
  const marked = properties(request.getInputs());
  const state = revealProperties(properties(request.getProperties()));
  const inputs = revealProperties(marked);
  const fieldManager = fieldManagerOf(inputs, state);
  const response = new messages.ReadResponse();
  return guarded(marked, fieldManager, async (redact) => {
    const operation = engine.operation(request.getUrn(), inputs, redact, request.getTimeout());
    const reading = await readObject(operation, request.getId(), inputs, state);
    if (!reading) return response;
    const outputs = outputsOf(reading.live, marked, fieldManager);
    const current = markSecrets(reading.inputs, marked);
    if (reading.troubles.length > 0) {
      const reasons = reading.troubles.map(redact);
      throw new InitializationError(reasons.join('\n'), request.getId(), outputs, reasons, current);
    }
    return response.setId(idOf(reading.live)).setProperties(structOf(outputs)).setInputs(structOf(current));
  });
}

export async function remove(request: messages.DeleteRequest, engine: EngineConnection): Promise<Empty> {
  const marked = properties(request.getOldInputs());
  const inputs = revealProperties(marked);
  const state = revealProperties(properties(request.getProperties()));
  return guarded(marked, fieldManagerOf(inputs, state), async (redact) => {
    const operation = engine.operation(request.getUrn(), inputs, redact, request.getTimeout());
    await deleteObject(operation, request.getId(), inputs, state);
    return new Empty();
  });
}

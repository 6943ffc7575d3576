import type { ServiceDefinition } from '@grpc/grpc-js';
import { BinaryReader } from 'google-protobuf';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties, Value } from './property-values.js';

/** What each Struct of a request was, as it came. */
const bytesOf = new WeakMap<Struct, Uint8Array>();

/**
 * Reads a message as ever, and puts aside what stands in its Structs: google-protobuf goes through all that is below a
 * field once for each level above it, which takes seconds for the definitions of custom resources, deep as they are.
 */
class RequestReader extends BinaryReader {
  override readMessage: BinaryReader['readMessage'] = (message, read) => {
    if (message instanceof Struct) bytesOf.set(message, this.readBytes());
    else BinaryReader.prototype.readMessage.call(this, message, read);
  };
}

interface Message {
  new (): object;
  deserializeBinaryFromReader(message: object, reader: BinaryReader): object;
}

/** The same service, whose requests hold Structs that only {@link properties} can read. */
export function readingRequests<Service extends ServiceDefinition>(service: Service): Service {
  const methods = Object.entries(service).map(([name, method]) => {
    const type = (method as unknown as { readonly requestType: Message }).requestType;
    const requestDeserialize = (bytes: Buffer) =>
      type.deserializeBinaryFromReader(new type(), new RequestReader(bytes));
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods) as Service;
}

/** What a Struct holds, of a request or any other; nothing where there is none. */
export function properties(struct: Struct | undefined): Properties {
  const bytes = struct && bytesOf.get(struct);
  if (bytes) return readStruct(new BinaryReader(bytes));
  return (struct?.toJavaScript() ?? {}) as Properties;
}

// Field numbers are those of google/protobuf/struct.proto.

function readStruct(reader: BinaryReader): Properties {
  const entries: [string, Value][] = [];
  while (reader.nextField()) {
    let [key, value]: [string, Value] = ['', null];
    within(reader, () => {
      if (reader.getFieldNumber() === 1) key = reader.readString();
      else value = readValue(reader);
    });
    entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

function readValue(reader: BinaryReader): Value {
  let value: Value = null;
  within(reader, () => {
    const field = reader.getFieldNumber();
    if (field === 2) value = reader.readDouble();
    else if (field === 3) value = reader.readString();
    else if (field === 4) value = reader.readBool();
    else if (field === 5) reader.readMessage({}, () => (value = readStruct(reader)));
    else if (field === 6) value = readList(reader);
    else reader.skipField();
  });
  return value;
}

function readList(reader: BinaryReader): Value[] {
  const values: Value[] = [];
  within(reader, () => values.push(readValue(reader)));
  return values;
}

/** Reads the message that comes next field by field. */
function within(reader: BinaryReader, readField: () => void): void {
  reader.readMessage({}, () => {
    while (reader.nextField()) readField();
  });
}

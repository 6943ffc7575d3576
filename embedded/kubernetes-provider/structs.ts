import type { ServiceDefinition } from '@grpc/grpc-js';
import { BinaryReader, BinaryWriter, type Message } from 'google-protobuf';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties, Value } from './property-values.js';

/*
 * google-protobuf goes through all that is below a field of a Struct once for each level above it, which takes seconds
 * for the definitions of custom resources, deep as they are. So the bytes of each Struct are put aside as they come and
 * go, and what they say is read and written here. Field numbers are those of google/protobuf/struct.proto.
 */
const bytesOf = new WeakMap<Struct, Uint8Array>();

/** Reads a message as ever, but for its Structs. */
class Reader extends BinaryReader {
  override readMessage: BinaryReader['readMessage'] = (message, read) => {
    if (message instanceof Struct) bytesOf.set(message, this.readBytes());
    else BinaryReader.prototype.readMessage.call(this, message, read);
  };
}

/** Writes a message as ever, but for such Structs. */
class Writer extends BinaryWriter {
  override writeMessage: BinaryWriter['writeMessage'] = (field, message, write) => {
    const bytes = message instanceof Struct ? bytesOf.get(message) : undefined;
    if (bytes) this.writeBytes(field, bytes);
    else BinaryWriter.prototype.writeMessage.call(this, field, message, write);
  };
}

interface Type {
  new (): Message;
  deserializeBinaryFromReader(message: Message, reader: BinaryReader): Message;
  serializeBinaryToWriter(message: Message, writer: BinaryWriter): void;
}

/** The same service. Structs of its requests are for {@link properties}, and its responses may hold those of {@link structOf}. */
export function withStructs<Service extends ServiceDefinition>(service: Service): Service {
  const methods = Object.entries(service).map(([name, method]) => {
    const { requestType, responseType } = method as unknown as Record<'requestType' | 'responseType', Type>;
    const requestDeserialize = (bytes: Buffer) =>
      requestType.deserializeBinaryFromReader(new requestType(), new Reader(bytes));
    const responseSerialize = (message: Message) => {
      const writer = new Writer();
      responseType.serializeBinaryToWriter(message, writer);
      return Buffer.from(writer.getResultBuffer());
    };
    return [name, { ...method, requestDeserialize, responseSerialize }];
  });
  return Object.fromEntries(methods) as Service;
}

/** What a Struct holds, of a request or any other; nothing where there is none. */
export function properties(struct: Struct | undefined): Properties {
  const bytes = struct && bytesOf.get(struct);
  if (bytes) return readStruct(new BinaryReader(bytes));
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** A Struct for a response, and for nothing else: to google-protobuf itself it is empty. */
export function structOf(contents: Properties): Struct {
  const writer = new BinaryWriter();
  writeStruct(contents, writer);
  const struct = new Struct();
  bytesOf.set(struct, writer.getResultBuffer());
  return struct;
}

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

function writeStruct(contents: Properties, writer: BinaryWriter): void {
  for (const [key, value] of Object.entries(contents))
    writer.writeMessage(1, {}, () => {
      writer.writeString(1, key);
      writer.writeMessage(2, {}, () => writeValue(value, writer));
    });
}

function writeValue(value: Value, writer: BinaryWriter): void {
  if (value === null) writer.writeEnum(1, 0);
  else if (typeof value === 'number') writer.writeDouble(2, value);
  else if (typeof value === 'string') writer.writeString(3, value);
  else if (typeof value === 'boolean') writer.writeBool(4, value);
  else if (Array.isArray(value))
    writer.writeMessage(6, {}, () => {
      for (const one of value) writer.writeMessage(1, {}, () => writeValue(one, writer));
    });
  else writer.writeMessage(5, {}, () => writeStruct(value, writer));
}

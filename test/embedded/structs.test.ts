import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import * as fc from 'fast-check';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { properties, structOf, withStructs } from '../../embedded/kubernetes-provider/structs.js';

const service = withStructs(ResourceProviderService);

/** As it comes over the wire. */
const diffed = (news: Properties, oldInputs?: Properties) => {
  const request = new messages.DiffRequest().setId('shop/web').setUrn('urn:web');
  request.setNews(Struct.fromJavaScript(news)).setIgnorechangesList(['spec.replicas']);
  if (oldInputs) request.setOldInputs(Struct.fromJavaScript(oldInputs));
  return service.diff.requestDeserialize(Buffer.from(request.serializeBinary()));
};

const anyProperties = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })) as fc.Arbitrary<Properties>;

test('properties are what google-protobuf reads, whatever they are', () => {
  const itself = (sent: Properties) =>
    Struct.deserializeBinary(Struct.fromJavaScript(sent).serializeBinary()).toJavaScript();
  fc.assert(
    fc.property(anyProperties, anyProperties, (news, oldInputs) => {
      const request = diffed(news, oldInputs);
      expect(properties(request.getNews())).toEqual(itself(news));
      expect(properties(request.getOldInputs())).toEqual(itself(oldInputs));
    }),
    { numRuns: 300 },
  );
});

test('google-protobuf reads what a response holds, whatever it is', () => {
  fc.assert(
    fc.property(anyProperties, (contents) => {
      const response = new messages.CheckResponse().setInputs(structOf(contents));
      const read = messages.CheckResponse.deserializeBinary(service.check.responseSerialize(response));
      const itself = Struct.deserializeBinary(Struct.fromJavaScript(contents).serializeBinary());
      expect(read.getInputs()?.toJavaScript()).toEqual(itself.toJavaScript());
      expect(properties(structOf(contents))).toEqual(contents);
    }),
    { numRuns: 300 },
  );
});

test('a Struct goes from a request into a response as it is', () => {
  const response = new messages.CheckResponse().setInputs(diffed({ a: [1, null] }).getNews());
  const read = messages.CheckResponse.deserializeBinary(service.check.responseSerialize(response));
  expect(read.getInputs()?.toJavaScript()).toEqual({ a: [1, null] });
});

test('the other fields of a request are as ever, and a Struct that is absent is empty', () => {
  const request = diffed({});
  expect([request.getId(), request.getUrn(), request.getIgnorechangesList()]).toEqual([
    'shop/web',
    'urn:web',
    ['spec.replicas'],
  ]);
  expect(request.hasOldInputs()).toBe(false);
  expect(properties(request.getOldInputs())).toEqual({});
  expect(properties(request.getNews())).toEqual({});
});

test('a Struct that was not read from a request is read, too', () => {
  expect(properties(Struct.fromJavaScript({ replicas: 2, ports: [80, null] }))).toEqual({
    replicas: 2,
    ports: [80, null],
  });
});

import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import * as fc from 'fast-check';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { properties, readingRequests } from '../../embedded/kubernetes-provider/request-reader.js';

const service = readingRequests(ResourceProviderService);

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

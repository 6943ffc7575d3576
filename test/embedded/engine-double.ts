import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { FakeApiServer } from './fake-api-server.js';

export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
export const configMaps = '/api/v1/namespaces/shop/configmaps';
export const deployments = '/apis/apps/v1/namespaces/shop/deployments';

export const secret = (value: Properties[string]): Properties => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});
export const plain = (value: Struct | undefined) => (value?.toJavaScript() ?? {}) as Properties;

const struct = (properties: Properties) => Struct.fromJavaScript(properties);
const urn = (type: string) => `urn:pulumi:dev::shop::${type}::it`;

export function configMap(data: Properties, metadata: Properties = {}): Properties {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', ...metadata },
    data,
  };
}

export function deployment(spec: Properties, annotations: Properties = {}): Properties {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec,
  };
}

type Done<Response> = (error: ServiceError | null, response: Response) => void;

function call<Response>(method: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) =>
    method((error, response) => (error ? reject(error) : resolve(response))),
  );
}

/** Calls a served provider as one connection of the engine does. */
export class EngineDouble {
  readonly #client: ResourceProviderClient;

  constructor(port: number) {
    // Without a pool of its own, two clients of one port would share a connection.
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  close(): void {
    this.#client.close();
  }

  handshake() {
    const request = new messages.ProviderHandshakeRequest();
    return call<messages.ProviderHandshakeResponse>((done) => this.#client.handshake(request, done));
  }

  configure(inputs: Properties) {
    const request = new messages.ConfigureRequest().setArgs(struct(inputs));
    return call<messages.ConfigureResponse>((done) => this.#client.configure(request, done));
  }

  async version() {
    return (await call<PluginInfo>((done) => this.#client.getPluginInfo(new Empty(), done))).getVersion();
  }

  invoke(token: string) {
    const request = new messages.InvokeRequest().setTok(token);
    return call<messages.InvokeResponse>((done) => this.#client.invoke(request, done));
  }

  cancel() {
    return call<Empty>((done) => this.#client.cancel(new Empty(), done));
  }

  async check(type: string, news: Properties) {
    const request = new messages.CheckRequest().setUrn(urn(type)).setNews(struct(news));
    const answer = await call<messages.CheckResponse>((done) => this.#client.check(request, done));
    const failures = answer.getFailuresList().map((one) => `${one.getProperty()} ${one.getReason()}`);
    return { inputs: plain(answer.getInputs()), failures };
  }

  async diff(type: string, id: string, before: Properties, after: Properties, ignored: string[] = []) {
    const request = new messages.DiffRequest().setUrn(urn(type)).setId(id).setOldInputs(struct(before));
    request.setNews(struct(after)).setIgnorechangesList(ignored);
    const answer = await call<messages.DiffResponse>((done) => this.#client.diff(request, done));
    const paths: string[] = [];
    answer.getDetaileddiffMap().forEach((_: messages.PropertyDiff, path: string) => void paths.push(path));
    return {
      changed: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      paths,
      replaces: answer.getReplacesList(),
      deleteFirst: answer.getDeletebeforereplace(),
    };
  }

  async create(type: string, inputs: Properties, options: { preview?: boolean; timeout?: number } = {}) {
    const request = new messages.CreateRequest().setUrn(urn(type)).setProperties(struct(inputs));
    request.setPreview(options.preview ?? false).setTimeout(options.timeout ?? 0);
    const answer = await call<messages.CreateResponse>((done) => this.#client.create(request, done));
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async update(type: string, id: string, olds: Properties, news: Properties) {
    const request = new messages.UpdateRequest().setUrn(urn(type)).setId(id).setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await call<messages.UpdateResponse>((done) => this.#client.update(request, done));
    return plain(answer.getProperties());
  }

  async read(type: string, id: string, inputs: Properties, properties: Properties) {
    const request = new messages.ReadRequest().setUrn(urn(type)).setId(id).setInputs(struct(inputs));
    request.setProperties(struct(properties));
    const answer = await call<messages.ReadResponse>((done) => this.#client.read(request, done));
    return { id: answer.getId(), inputs: plain(answer.getInputs()), outputs: plain(answer.getProperties()) };
  }

  remove(type: string, id: string, olds: Properties, timeout = 0) {
    const request = new messages.DeleteRequest().setUrn(urn(type)).setId(id).setProperties(struct(olds));
    request.setOldInputs(struct(olds)).setTimeout(timeout);
    return call<Empty>((done) => this.#client.delete(request, done));
  }
}

class Bed {
  readonly api = new FakeApiServer();
  engine!: EngineDouble;
  port = 0;
}

/** Before each test: an empty API server, a provider for it, and an engine that has configured it. */
export function useProvider() {
  const bed = new Bed();
  const { api } = bed;
  let provider: Awaited<ReturnType<typeof serveKubernetesProvider>>;
  beforeAll(() => api.start());
  afterAll(() => api.stop());
  beforeEach(async () => {
    api.reset();
    provider = await serveKubernetesProvider({ server: api.url });
    bed.port = provider.port;
    bed.engine = new EngineDouble(provider.port);
    expect((await bed.engine.handshake()).getAcceptSecrets()).toBe(true);
    await bed.engine.configure({ kubeconfig: secret(api.kubeconfig()), suppressHelmHookWarnings: 'true' });
  });
  afterEach(async () => {
    bed.engine.close();
    await provider.close();
  });
  return bed;
}

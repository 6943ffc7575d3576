import type { ServiceError } from '@grpc/grpc-js';
import { ErrorResourceInitFailed } from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { deployment, deployments, plain, useProvider } from './engine-double.js';

const bed = useProvider();

/** A controller that makes a Deployment ready. */
function rollOut(path: string, object: Properties): void {
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  bed.api.put(path, { ...object, metadata: { ...Object(object.metadata), generation: 1 }, status });
}

describe('waiting', () => {
  test('resolves once the Deployment is rolled out', async () => {
    bed.api.control = (path, object) => setTimeout(() => rollOut(path, object), 100);
    const made = await bed.engine.create('kubernetes:apps/v1:Deployment', deployment({}));
    expect(made.outputs).toMatchObject({ status: { availableReplicas: 1 } });
  });

  test('goes on when the server ends a watch', async () => {
    const path = `${deployments}/web`;
    const made = bed.engine.create('kubernetes:apps/v1:Deployment', deployment({}));
    setTimeout(() => bed.api.endWatches(), 100);
    setTimeout(() => rollOut(path, bed.api.objects.get(path) ?? {}), 150);
    expect((await made).id).toBe('shop/web');
  });

  test('keeps the object in the state and says what was not ready', async () => {
    const inputs = deployment({ replicas: 2, selector: { matchLabels: { app: 'web' } } });
    bed.api.control = (path, object) =>
      bed.api.put(path, {
        ...object,
        status: {
          updatedReplicas: 2,
          replicas: 2,
          conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }],
        },
      });
    const error: ServiceError = await bed.engine
      .create('kubernetes:apps/v1:Deployment', inputs, { timeout: 0.5 })
      .then(
        () => Promise.reject(new Error('was ready')),
        (reason) => reason,
      );
    expect(error.details).toMatch(
      /Deployment "shop\/web" is there, but did not become ready within 0.5 s: 0 of 2 replicas available/,
    );
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    const [detail] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
    const failed = ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? Buffer.of());
    expect(failed.getId()).toBe('shop/web');
    expect(plain(failed.getProperties())).toHaveProperty('__fieldManager');
    expect(failed.getReasonsList()).toContain('condition Available is False (MinimumReplicasUnavailable)');
  });

  test.each([
    [{ 'pulumi.com/skipAwait': 'true' }, undefined],
    [
      { 'pulumi.com/waitFor': 'jsonpath={.status.phases[?(@.name=="a")].state}=done' },
      { phases: [{ name: 'a', state: 'done' }] },
    ],
    [
      { 'pulumi.com/waitFor': '["condition=Good","jsonpath={.status[\'x\'][0]}"]' },
      { x: [1], conditions: [{ type: 'Good', status: 'True' }] },
    ],
  ])('honours %j', async (annotations, status) => {
    bed.api.control = (path, object) => {
      if (status) setTimeout(() => bed.api.put(path, { ...object, status }), 50);
    };
    await bed.engine.create('kubernetes:apps/v1:Deployment', deployment({}, annotations), { timeout: 5 });
  });

  test('ends when the engine cancels, without losing the object', async () => {
    const made = bed.engine.create('kubernetes:apps/v1:Deployment', deployment({}));
    setTimeout(() => void bed.engine.cancel(), 200);
    await expect(made).rejects.toThrow(/Deployment "shop\/web": waiting was cancelled/);
  });
});

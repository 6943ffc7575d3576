// node cdk8s-plus.js COUNT FOLDER: a Deployment, a Service and an Ingress a service, as cdk8s-plus-27's pages show.
const { App, Chart } = require('cdk8s');
const { Deployment, Ingress, IngressBackend } = require('cdk8s-plus-27');

const [count, outdir] = process.argv.slice(2);
const app = new App({ outdir });
const chart = new Chart(app, 'bench', { namespace: 'bench' });
for (let index = 0; index < Number(count); index++) {
  const name = `service-${index}`;
  const deployment = new Deployment(chart, `${name}-deployment`, {
    metadata: { name },
    containers: [{ image: `example.com/${name}:1.0.0`, portNumber: 8080 }],
  });
  const service = deployment.exposeViaService({ name });
  new Ingress(chart, `${name}-ingress`, {
    metadata: { name },
    rules: [{ host: `${name}.example.com`, backend: IngressBackend.fromService(service) }],
  });
}
app.synth();

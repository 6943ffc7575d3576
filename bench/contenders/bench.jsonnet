local three(name) =
  local labels = { 'app.kubernetes.io/name': name };
  [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: name, namespace: 'bench' },
      spec: {
        minReadySeconds: 0,
        progressDeadlineSeconds: 600,
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: {
          metadata: { labels: labels },
          spec: {
            automountServiceAccountToken: false,
            containers: [{
              name: 'main',
              image: 'example.com/%s:1.0.0' % name,
              imagePullPolicy: 'Always',
              ports: [{ containerPort: 8080 }],
              resources: {
                requests: { cpu: '1000m', memory: '512Mi' },
                limits: { cpu: '1500m', memory: '2048Mi' },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                privileged: false,
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
              },
              startupProbe: { failureThreshold: 3, tcpSocket: { port: 8080 } },
            }],
            dnsPolicy: 'ClusterFirst',
            hostNetwork: false,
            restartPolicy: 'Always',
            securityContext: { fsGroupChangePolicy: 'Always', runAsNonRoot: true },
            setHostnameAsFQDN: false,
            terminationGracePeriodSeconds: 30,
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: name, namespace: 'bench' },
      spec: { externalIPs: [], ports: [{ port: 8080, targetPort: 8080 }], selector: labels, type: 'ClusterIP' },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: name, namespace: 'bench' },
      spec: {
        rules: [{
          host: '%s.example.com' % name,
          http: {
            paths: [{
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: name, port: { number: 8080 } } },
            }],
          },
        }],
      },
    },
  ];

function(count)
  std.flattenArrays(std.makeArray(count, function(index) three('service-%d' % index)))

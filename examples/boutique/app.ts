import { defineApplication, Redis, Service, type Usable, Worker } from 'keelson';
import images from './images.lock.json';

export default defineApplication({
  name: 'boutique',
  domain: 'boutique.example.com',
  contact: 'ops@boutique.example.com',
  images,
  clusters: { main: {} },
  environments: { staging: { cluster: 'main', quota: { memory: 3072 } } },

  services(env) {
    const grpc = (name: string, uses: readonly Usable[] = []) =>
      new Service(env, name, {
        image: env.image(name),
        ports: { grpc: 50051 },
        resources: { memoryMiB: 32 },
        uses,
      });

    const advert = grpc('advert');
    const currency = grpc('currency');
    const email = grpc('email');
    const payment = grpc('payment');
    const shipping = grpc('shipping');
    const stock = grpc('stock');
    const catalogue = grpc('catalogue', [stock]);
    const search = grpc('search', [catalogue]);
    const recommendation = grpc('recommendation', [catalogue]);
    const cart = grpc('cart', [new Redis(env, 'carts')]);
    const checkout = grpc('checkout', [cart, catalogue, currency, email, payment, shipping, stock]);

    const frontend = new Service(env, 'frontend', {
      image: env.image('frontend'),
      ports: { http: 8080 },
      host: '@',
      health: '/healthz',
      uses: [advert, cart, catalogue, checkout, currency, recommendation, search, shipping],
    });
    new Worker(env, 'load', { image: env.image('load'), uses: [frontend] });
  },
});

// An app beside the portal on one host: it reads the portal's own cookie. Run `make dev`, then `npm run build` and this.
import express from 'express';
import { portcullis } from '@portcullis/sdk';
import { requireAuth, requireFeatures } from '@portcullis/sdk/express';

const issuer = process.env.ISSUER ?? 'http://127.0.0.1:8787';
const auth = portcullis({ issuer, audience: 'customer', token: { cookie: 'customer_auth_token' } });
const app = express();

app.get('/', requireAuth(auth), (request, response) => {
  const { email, organization, features, isAdmin } = request.auth;
  response.json({ email, organization, features, isAdmin });
});
app.get('/orders', requireFeatures(auth, 'portal.orders.view'), (request, response) => {
  response.json({ ordersOf: request.auth.email });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port} trusts ${issuer}`);
});

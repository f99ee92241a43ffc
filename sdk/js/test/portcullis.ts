// An auth service made of values: its clock, its keys and its snapshot are the test's to move.
import { SignJWT, CompactSign, exportJWK, generateKeyPair, calculateJwkThumbprint, type CryptoKey, type JWK } from 'jose';

export const ISSUER = 'https://id.example.com';
export const AUDIENCE = 'orders';

export interface Key {
  kid: string;
  key: CryptoKey;
  jwk: JWK;
}

export async function newKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, key: privateKey, jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' } };
}

export class FakePortcullis {
  now = 1_800_000_000_000;
  keys: Key[] = [];
  /** What the database knows. */
  entries: Array<{ k: string; id: string; nbf?: number; exp: number; seq: number }> = [];
  notBefore: Record<string, number> = {};
  seq = 0;
  interval = 2;
  stale = 600;
  down = false;
  /** Paths asked, in order. */
  asked: string[] = [];
  /** Answers instead of the usual ones, by path. */
  instead = new Map<string, (request: Request) => Response | Promise<Response>>();

  static async start(): Promise<FakePortcullis> {
    const fake = new FakePortcullis();
    fake.keys = [await newKey()];
    return fake;
  }

  get seconds(): number {
    return Math.floor(this.now / 1000);
  }

  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  revoke(k: string, id: string, nbf?: number): void {
    this.seq += 1;
    this.entries.push({ k, id, exp: this.seconds + 600, seq: this.seq, ...(nbf === undefined ? {} : { nbf }) });
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input as string, init);
    const url = new URL(request.url);
    this.asked.push(url.pathname);
    if (this.down) throw new TypeError('fetch failed');
    const instead = this.instead.get(url.pathname);
    if (instead) return instead(request);
    if (url.pathname === '/.well-known/jwks.json') return Response.json({ keys: this.keys.map((key) => key.jwk) });
    if (url.pathname === '/.well-known/revocations') return new Response(await this.snapshot(url.searchParams.get('since')));
    return new Response('nothing here', { status: 404 });
  };

  count(path: string): number {
    return this.asked.filter((asked) => asked === path).length;
  }

  async snapshot(since: string | null = null, change: Record<string, unknown> = {}, typ = 'revocations+jwt', key = this.keys[0]!): Promise<string> {
    const from = since === null ? 0 : Number(since);
    const payload = {
      iss: ISSUER,
      iat: this.seconds,
      exp: this.seconds + this.stale,
      seq: this.seq,
      interval: this.interval,
      entries: this.entries.filter((entry) => entry.seq > from).map(({ seq: _, ...entry }) => entry),
      notBefore: this.notBefore,
      ...(since === null ? {} : { since: from }),
      ...change,
    };
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload))).setProtectedHeader({ alg: 'ES256', typ, kid: key.kid }).sign(key.key);
  }

  /** A token as the server makes them. */
  async token(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = this.keys[0]!): Promise<string> {
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      iat: this.seconds,
      exp: this.seconds + 600,
      jti: crypto.randomUUID(),
      sub: 'user-1',
      sid: 'session-1',
      type: 'app',
      realm: 'customer',
      tenantId: 'tenant-1',
      orgId: 'organization-1',
      email: 'buyer@example.com',
      displayName: 'Buyer',
      roles: ['buyer'],
      resolvedFeatures: ['portal.orders.*'],
      ...change,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid, ...header }).sign(key.key);
  }
}

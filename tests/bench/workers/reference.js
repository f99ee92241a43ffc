// The floor of honesty: three routes of Portcullis by hand in JavaScript, without a framework. The same binding calls
// (limiter object, one D1 batch with the same statements, WebCrypto), the same answer with the same headers, and a log
// line. It leaves out what costs no call: routing, host and cross-site checks, strict JSON, deadlines.
import { DurableObject } from 'cloudflare:workers';

const utf8 = new TextEncoder();
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
const random = (n) => crypto.getRandomValues(new Uint8Array(n));

let keys;
async function imported(env) {
  if (keys) return keys;
  const { kty, crv, x, y, d } = JSON.parse(env.SIGNING_KEY_JWK);
  const [own, verify] = await Promise.all([
    crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, CURVE, false, ['sign']),
    crypto.subtle.importKey('jwk', { kty, crv, x, y }, CURVE, false, ['verify']),
  ]);
  return (keys = { own, verify, kid: env.KID, jwk: { alg: 'ES256', crv, kid: env.KID, kty, use: 'sig', x, y } });
}

function shard(key) {
  let hash = 2166136261;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 16777619);
  return `limiter-${(hash >>> 0) % 64}`;
}

async function take(env, key, policy) {
  const reply = await env.LIMITER.getByName(shard(key)).fetch('https://limiter/', { method: 'POST', body: JSON.stringify({ op: 'take', key, policy }) });
  return reply.json();
}

const DAY = 86_400_000;
// Beside each first batch the Worker asks whether the signing keys are others than the ones it knows; here there are none.
const NEWS = [0];
const batch = async (env, sql, args) => (await env.DB.batch(sql.map((text, at) => env.DB.prepare(text).bind(...args[at])))).map((one) => one.results);

function cookie(request, name) {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return decodeURIComponent(pair.slice(at + 1));
  }
}

function grants(row) {
  const acl = row.user_acl && JSON.parse(row.user_acl);
  const held = acl ? [acl] : JSON.parse(row.roles);
  return { admin: held.some((one) => one.admin), features: [...new Set(held.flatMap((one) => one.features ?? []))] };
}

const covers = (grant, feature) => grant === '*' || grant === feature || (grant.endsWith('.*') && (feature === grant.slice(0, -2) || feature.startsWith(grant.slice(0, -1))));

function alive(row, now) {
  return row && !row.ended_at && row.expires_at > now && row.last_used_at > now - IDLE && row.is_active && row.tenant_active && row.organization_active;
}

const IDLE = 30 * 86_400_000;

function answer(env, route, now, body, { decision, spent, cookies = [], caching, etag }) {
  const id = hex(random(8));
  const headers = new Headers({
    'content-type': 'application/json',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'cache-control': caching ?? 'no-store',
    ...(caching ? { 'access-control-allow-origin': '*', etag } : { vary: 'Origin, Cookie, Authorization' }),
    ...(decision ? { 'x-ratelimit-limit': decision.limit, 'x-ratelimit-remaining': decision.remaining, 'x-ratelimit-reset': decision.reset } : {}),
    'x-request-id': id,
    'x-portcullis-operations': `d1=${spent.d1} kv=${spent.kv} limiter=${spent.limiter} hash=0`,
  });
  for (const one of cookies) headers.append('set-cookie', one);
  console.log(JSON.stringify({ requestId: id, route, status: 200, ...spent, hash: 0 }));
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { headers });
}

const refused = () => Response.json({ ok: false }, { status: 401 });

let published;
async function jwks(env, now) {
  let kv = 0;
  if (!(published?.at > now - 300_000)) {
    kv = 1;
    await env.KV.get('jwks:published');
    published = { at: now };
  }
  const { jwk } = await imported(env);
  const body = JSON.stringify({ keys: [jwk] });
  const etag = `"${hex(await crypto.subtle.digest('SHA-256', utf8.encode(body))).slice(0, 32)}"`;
  return answer(env, 'jwks', now, body, { spent: { d1: 0, kv, limiter: 0 }, caching: 'public, max-age=300, stale-if-error=86400', etag });
}

async function featureCheck(request, env, now) {
  const [header, payload, signature] = (cookie(request, 'customer_auth_token') ?? '').split('.');
  const { verify, kid } = await imported(env);
  if (!signature || JSON.parse(atob(header)).kid !== kid) return refused();
  if (!(await crypto.subtle.verify(ES256, verify, bytesOf(signature), utf8.encode(`${header}.${payload}`)))) return refused();
  const claims = JSON.parse(new TextDecoder().decode(bytesOf(payload)));
  if (claims.iss !== env.APP_URL || claims.aud !== 'customer' || claims.exp * 1000 < now) return refused();
  const [[[row]], decision] = await Promise.all([
    batch(env, env.STATEMENTS.featureCheck, [[claims.sid, claims.sub, claims.tenantId], NEWS]),
    take(env, `signed-in|customer|${claims.sub}`, { points: 100_000, duration: 60, block: 0, window: 'sliding' }),
  ]);
  if (!alive(row, now) || !decision.allowed) return refused();
  const { features } = await request.json();
  const held = grants(row);
  const granted = features.filter((feature) => held.admin || held.features.some((grant) => covers(grant, feature)));
  return answer(env, 'check_features', now, { granted, ok: true }, { decision, spent: { d1: 1, kv: 0, limiter: 1 } });
}

async function refresh(request, env, now) {
  const decision = await take(env, `customer-refresh-ip|${request.headers.get('cf-connecting-ip')}`, { points: 100_000, duration: 60, block: 60, window: 'fixed' });
  const token = cookie(request, 'customer_session_token');
  if (!decision.allowed || !token) return refused();
  const hash = hex(await crypto.subtle.digest('SHA-256', utf8.encode(token)));
  const [[row]] = await batch(env, env.STATEMENTS.refresh, [[hash], [hash, now, IDLE, DAY, DAY / 4], NEWS]);
  if (!alive(row, now)) return refused();
  const { own, kid } = await imported(env);
  const held = grants(row);
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: env.APP_URL, aud: 'customer', iat, exp: iat + 28_800, jti: crypto.randomUUID(), sub: row.user_id, sid: row.session_id, type: 'customer', tenantId: row.tenant_id,
    orgId: row.organization_id, customerEntityId: row.customer_entity_id, displayName: row.display_name, email: row.email, isPortalAdmin: held.admin,
    personEntityId: row.person_entity_id, resolvedFeatures: held.features,
    roles: JSON.parse(row.roles).map(({ slug }) => slug), session_expiry: Math.floor(Math.min(row.expires_at, now + IDLE) / 1000),
  };
  const input = `${base64url(utf8.encode(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid })))}.${base64url(utf8.encode(JSON.stringify(claims)))}`;
  const access = `${input}.${base64url(new Uint8Array(await crypto.subtle.sign(ES256, own, utf8.encode(input))))}`;
  const expires = new Date(now + 28_800_000).toUTCString();
  const cookies = [`customer_auth_token=${access}; Path=/; Expires=${expires}; Max-Age=28800; Secure; HttpOnly; SameSite=lax`];
  return answer(env, 'refresh_session', now, { ok: true, resolvedFeatures: held.features }, { decision, cookies, spent: { d1: 1, kv: 0, limiter: 1 } });
}

export default {
  fetch(request, env) {
    const now = Date.now();
    switch (new URL(request.url).pathname) {
      case '/.well-known/jwks.json':
        return jwks(env, now);
      case '/api/customer_accounts/portal/feature-check':
        return featureCheck(request, env, now);
      case '/api/customer_accounts/portal/sessions-refresh':
        return refresh(request, env, now);
      default:
        return new Response('not here', { status: 404 });
    }
  },
};

/** The limiter's rules and statements, as core/src/domain/limit.rs and src/durable/limiter.rs have them. */
export class LimiterObject extends DurableObject {
  armed = false;
  ready = false;

  async fetch(request) {
    const { key, policy } = await request.json();
    const { sql } = this.ctx.storage;
    if (!this.ready) sql.exec('CREATE TABLE IF NOT EXISTS bucket (key TEXT PRIMARY KEY, state TEXT NOT NULL, forget_at INTEGER NOT NULL) WITHOUT ROWID');
    this.ready = true;
    const [stored] = sql.exec('SELECT state FROM bucket WHERE key = ?', key).raw();
    const [state, decision, forget] = decide(policy, stored && JSON.parse(stored[0]), Date.now());
    sql.exec('INSERT OR REPLACE INTO bucket (key, state, forget_at) VALUES (?, ?, ?)', key, JSON.stringify(state), forget);
    if (!this.armed) {
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + 60_000);
      this.armed = true;
    }
    return Response.json(decision);
  }

  alarm() {
    this.armed = false;
    this.ctx.storage.sql.exec('DELETE FROM bucket WHERE forget_at <= ?', Date.now());
  }
}

function decide({ points, duration, block, window }, stored, now) {
  const until = (at) => Math.max(1, Math.ceil((at - now) / 1000));
  if (window === 'sliding') {
    const hits = (stored?.hits ?? []).filter((at) => at > now - duration * 1000);
    const allowed = hits.length < points;
    if (allowed) hits.push(now);
    return [{ w: 'sliding', hits }, { allowed, limit: points, remaining: points - hits.length, reset: until((hits[0] ?? now) + duration * 1000) }, (hits.at(-1) ?? now) + duration * 1000];
  }
  const state = stored?.ends > now ? stored : { w: 'fixed', hits: 0, ends: now + duration * 1000, blocked: false };
  if (!state.blocked && state.hits < points) state.hits += 1;
  else if (!state.blocked) Object.assign(state, { blocked: true, ends: block > 0 ? now + block * 1000 : state.ends });
  return [state, { allowed: !state.blocked, limit: points, remaining: state.blocked ? 0 : points - state.hits, reset: until(state.ends) }, state.ends];
}

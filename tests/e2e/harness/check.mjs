// What every suite asserts about answers.
import assert from 'node:assert/strict';

export { assert };

const TYPES = { 400: ['INVALID_REQUEST', 'VALIDATION_ERROR', 'WRONG_CURRENT_PASSWORD'], 401: ['UNAUTHENTICATED'], 403: ['FORBIDDEN', 'tenant_suspended', 'NO_ACCESS', 'PASSWORD_CHANGE_REQUIRED'], 404: ['NOT_FOUND'], 405: ['METHOD_NOT_ALLOWED'], 409: ['CONFLICT', 'optimistic_lock_conflict'], 413: ['PAYLOAD_TOO_LARGE'], 415: ['UNSUPPORTED_MEDIA_TYPE'], 422: ['VALIDATION_ERROR'], 429: ['RATE_LIMITED'], 500: ['INTERNAL'], 503: ['UNAVAILABLE'] };

/** Words that belong in a log and never in an answer. */
const INSIDES = /sqlite|SELECT |INSERT |UPDATE .* SET|D1_ERROR|panicked|RuntimeError|unreachable executed|wasm|\.rs:\d|at async|stack backtrace|undefined is not/i;

/** F1: the one error shape. */
export function isProblem(reply, status, error) {
  assert.equal(reply.status, status, `${reply.request}: ${reply.text}`);
  assert.equal(reply.headers['content-type'], 'application/problem+json', reply.text);
  const body = reply.json;
  assert.equal(body.ok, false);
  assert.equal(typeof body.error, 'string');
  if (error !== undefined) assert.equal(body.error, error);
  assert.ok(TYPES[status]?.includes(body.code), `code ${body.code} with status ${status}`);
  assert.equal(body.status, status);
  assert.equal(typeof body.title, 'string');
  assert.match(body.type, /^\/problems\/[a-z-]+$/);
  assert.equal(body.requestId, reply.headers['x-request-id']);
  assert.doesNotMatch(reply.text, INSIDES);
  return body;
}

export function isOk(reply, status = 200) {
  assert.equal(reply.status, status, `${reply.request}: ${reply.text}`);
  return reply.body.length > 0 ? reply.json : undefined;
}

/** F6, C8: what every answer carries, and what it must not. */
export function hasSecurityHeaders(reply, { cached = false } = {}) {
  const { headers } = reply;
  const where = `${reply.status} ${reply.text.slice(0, 80)}`;
  assert.equal(headers['x-content-type-options'], 'nosniff', where);
  assert.equal(headers['referrer-policy'], 'no-referrer', where);
  assert.match(headers['strict-transport-security'] ?? '', /^max-age=(\d{8,})/, where);
  const csp = headers['content-security-policy'] ?? '';
  assert.match(csp, /frame-ancestors 'none'/, where);
  assert.match(csp, /default-src 'none'/, where);
  assert.doesNotMatch(csp, /unsafe-inline|unsafe-eval|\*/, where);
  if (!cached) assert.equal(headers['cache-control'], 'no-store', where);
  for (const name of ['server', 'x-powered-by', 'x-portcullis-unrouted']) assert.ok(!(name in headers), `${name} on ${where}`);
}

/** The three headers of a limit, as numbers. */
export function limitOf(reply) {
  const read = (name) => {
    assert.match(reply.headers[name] ?? '', /^\d+$/, `${name} on ${reply.status}`);
    return Number(reply.headers[name]);
  };
  return { limit: read('x-ratelimit-limit'), remaining: read('x-ratelimit-remaining'), reset: read('x-ratelimit-reset') };
}

/** A 429 as it has to be. */
export function isLimited(reply, limit) {
  isProblem(reply, 429, 'Too many requests. Please try again later.');
  const headers = limitOf(reply);
  assert.equal(headers.remaining, 0);
  assert.equal(headers.limit, limit);
  assert.equal(reply.headers['retry-after'], String(headers.reset));
  assert.ok(headers.reset >= 1);
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Asserts that a broken twin is caught: the check has to fail on it. */
export async function caught(name, check) {
  let failure;
  try {
    await check();
  } catch (error) {
    failure = error;
  }
  if (!failure) throw new Error(`the twin ${name} passed: this test cannot fail`);
  // A twin is caught by an assertion, not by something that broke on the way.
  if (failure.name !== 'AssertionError') throw failure;
  return `caught ${name}: ${JSON.stringify(failure.actual)} where ${JSON.stringify(failure.expected)} was due`;
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
export const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

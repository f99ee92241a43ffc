// Verifies the audit trail through its route, part by part, and prints what is wrong with it.
//
//   node scripts/verify-audit.mjs --local                  the server of `make dev`, as the seeded super admin (PORT= as there)
//   node scripts/verify-audit.mjs --remote https://id.…    asks for PORTCULLIS_EMAIL and PORTCULLIS_PASSWORD, or PORTCULLIS_TOKEN
//   … --tenant=<id> | --tenant=platform                    another trail, for super admins
//
// Keeps the newest seal it has seen in .audit-heads.json (HEADS= moves it). The next run begins by asking for that very
// seal: a trail that was cut back together with its seals is sound in itself, and shows only this way.
// Exit code: 0 sound, 1 not sound, 2 not verified.
import { readFileSync, writeFileSync } from 'node:fs';

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const local = process.argv.includes('--local');
const at = process.argv.indexOf('--remote');
const origin = local ? `http://127.0.0.1:${process.env.PORT ?? 8787}` : option('remote') ?? process.argv[at + 1];
const file = process.env.HEADS ?? new URL('../.audit-heads.json', import.meta.url);

class NotVerified extends Error {}

async function ask(path, init) {
  let reply;
  try {
    reply = await fetch(origin + path, { ...init, redirect: 'manual', signal: AbortSignal.timeout(60_000) });
  } catch (error) {
    throw new NotVerified(`${origin} cannot be reached: ${error.cause?.code ?? error.message}`);
  }
  const body = await reply.json().catch(() => ({}));
  return { status: reply.status, body };
}

async function token() {
  if (process.env.PORTCULLIS_TOKEN) return process.env.PORTCULLIS_TOKEN;
  const email = process.env.PORTCULLIS_EMAIL ?? (local ? 'superadmin@acme.com' : undefined);
  const password = process.env.PORTCULLIS_PASSWORD ?? (local ? 'Portcullis-dev-1' : undefined);
  if (!email || !password) throw new NotVerified('set PORTCULLIS_TOKEN, or PORTCULLIS_EMAIL and PORTCULLIS_PASSWORD');
  const { status, body } = await ask('/api/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) });
  if (status !== 200) throw new NotVerified(`sign-in answered ${status}: ${body.error ?? ''}`);
  return body.token;
}

function heads() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Numbers as ranges: 4, 7–9. */
function ranges(numbers) {
  const found = [];
  for (const n of numbers) {
    const last = found.at(-1);
    if (last && last[1] + 1 === n) last[1] = n;
    else found.push([n, n]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(', ');
}

async function verify() {
  if (!origin || (!local && at < 0 && !option('remote'))) throw new NotVerified('say --local, or --remote https://your.deployment');
  const bearer = await token();
  const headers = { authorization: `Bearer ${bearer}` };
  const trail = option('tenant');
  const part = (after) => ask(`/api/audit/verify?after=${after}${trail ? `&tenantId=${encodeURIComponent(trail)}` : ''}`, { headers });
  const key = `${origin} ${trail ?? JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString() || '{}').tenantId ?? ''}`;
  const kept = heads();
  const wrong = { changed: [], missing: [], brokenSeals: [], cut: [] };
  let rows = 0;
  let unsealed = 0;
  let head = null;
  for (let after = 0; after !== null; ) {
    const { status, body } = await part(after);
    if (status !== 200) throw new NotVerified(`verifying after ${after} answered ${status}: ${body.error ?? ''}`);
    rows += body.report.rows;
    for (const kind of ['changed', 'missing', 'brokenSeals']) wrong[kind].push(...body.report[kind]);
    unsealed = body.report.unsealed;
    head = body.head ?? head;
    console.log(`rows up to ${body.head?.seq ?? after}: ${body.sound ? 'sound' : 'NOT SOUND'}`);
    after = body.nextAfter;
  }
  // The seal that was the newest the last time has to be there still, and to be the same.
  const before = kept[key];
  if (before && head?.seq !== before.seq) {
    const { status, body } = await part(before.seq);
    if (status === 400 || (status === 200 && body.from.hash !== before.hash)) wrong.cut.push(before.seq);
    else if (status !== 200) throw new NotVerified(`looking for the seal of the last run answered ${status}`);
  } else if (before && head.hash !== before.hash) wrong.cut.push(before.seq);
  const faults = [
    [wrong.changed, 'changed rows'],
    [wrong.missing, 'missing rows'],
    [wrong.brokenSeals, 'seals that do not hold, beginning at rows'],
    [wrong.cut, 'the newest seal of the last run is gone: the trail was cut back before row'],
  ].filter(([list]) => list.length > 0);
  for (const [list, what] of faults) console.log(`!! ${what}: ${ranges(list)}`);
  console.log(`${rows} rows, ${unsealed} of them not sealed yet: ${faults.length === 0 ? 'sound' : 'NOT SOUND'}`);
  if (faults.length > 0) return 1;
  if (head) writeFileSync(file, `${JSON.stringify({ ...kept, [key]: head }, null, 2)}\n`);
  return 0;
}

try {
  process.exitCode = await verify();
} catch (error) {
  if (!(error instanceof NotVerified)) throw error;
  console.error(`!! not verified: ${error.message}`);
  process.exitCode = 2;
}

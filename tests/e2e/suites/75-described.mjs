// The served API against its own description (public/openapi.json), judged by others: openapi-spec-validator and JSON
// Schema for the document, schemathesis with all its checks for the running Worker, as nobody, a customer and staff.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../harness/check.mjs';
import { SEEDED, SEED_PASSWORD } from '../harness/people.mjs';
import { FULL, after, note, size, skip, test } from '../harness/runner.mjs';
import { RAISED } from '../harness/secrets.mjs';
import { start } from '../harness/server.mjs';

const root = new URL('../../../', import.meta.url);
const document = new URL('public/openapi.json', root).pathname;
const python = new URL('.tools/py/bin/python', root).pathname;
const py = (name) => new URL(`../py/${name}`, import.meta.url).pathname;

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024, ...options }, (error, stdout, stderr) => resolve({ status: error ? (error.code ?? 1) : 0, stdout, stderr }));
  });
}

const ready = () => existsSync(python) || skip('no Python with schemathesis: scripts/setup.sh test');

test('the description fits the OpenAPI 3.1 meta-schema, and every recorded example its own schema', async () => {
  ready();
  const { stdout, stderr } = await run(python, [py('described.py'), document]);
  const { faults, examples, operations } = JSON.parse(stdout || `{"faults": [${JSON.stringify(stderr)}]}`);
  assert.deepEqual(faults, []);
  assert.ok(examples > operations, `${examples} examples of ${operations} operations`);
  note(`${operations} operations, ${examples} examples`);
});

/**
 * Ends the caller's own session or changes what it signs in with; what is there in development only; and the feed of
 * revocations, whose JWT schemathesis reads as JSON, and which the SDK's suite reads as what it is. Nor streams, which
 * have no end; suite 33 listens to them.
 */
const LEFT_OUT = /^list_revocations$|logout|password|^refresh_|^bounce_|^revoke_|^update_staff_profile$|^switch_|^seed$|^inbox_|^stream_/;

const WHO = {
  nobody: null,
  customer: { path: '/api/customer_accounts/login', cookie: 'customer_auth_token', email: SEEDED.admin },
  staff: { path: '/api/auth/login', cookie: 'auth_token', email: 'superadmin@acme.com' },
};

const seed = Number(process.env.E2E_SEED ?? 20261121);

/** Who, the phases, and how long they may take: one after the other at gate size, all of them and longer at full size. */
const GATE = [['nobody', 'examples,coverage,fuzzing', 10], ['customer', 'examples,coverage,fuzzing', 8], ['staff', 'examples,coverage,fuzzing', 10], ['staff', 'stateful', 12]];
const RUNS = FULL ? Object.keys(WHO).map((name) => [name, 'examples,coverage,fuzzing,stateful', 240]) : GATE;

for (const [name, phases, seconds] of RUNS) {
  const who = WHO[name];
  test(`schemathesis as ${name}, ${phases}: all checks, 0 failures`, async () => {
    ready();
    const server = await start({ vars: RAISED });
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-described-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const operations = Object.values(JSON.parse(readFileSync(document, 'utf8')).paths).flatMap((methods) => Object.values(methods));
    const takes = (operation) => (operation.security ?? []).some((one) => Object.keys(one).some((scheme) => scheme.startsWith(name)));
    const left = operations.filter((operation) => LEFT_OUT.test(operation.operationId) || (who && !takes(operation))).map((operation) => operation.operationId);
    writeFileSync(join(folder, 'schemathesis.toml'), readFileSync(py('schemathesis.toml')));
    const login = who && { ...who, url: server.url + who.path, seconds: 20, body: { email: who.email, password: SEED_PASSWORD, ...(name === 'customer' ? server.place : {}) } };
    // One worker: two threads that compile at once trip over a counter that CPython 3.11 keeps for both (its issue 106905).
    const { status, stdout, stderr } = await run(
      python,
      ['-m', 'schemathesis.cli', '--config-file', join(folder, 'schemathesis.toml'), 'run', document, '--exclude-operation-id-regex', `^(${left.join('|')})$`, '--url', server.url, '--workers', '1', '--seed', String(seed), '--max-examples', String(size(3, 60)),
        '--phases', phases, '--checks', 'all', '--continue-on-failure', '--request-timeout', '20', '--max-time', String(seconds), '--no-color'],
      { cwd: folder, timeout: size(150_000, 900_000), env: { ...process.env, PYTHONPATH: py(''), SCHEMATHESIS_HOOKS: 'hooks', DESCRIBED_WHO: JSON.stringify(login ?? null) } },
    );
    const log = new URL(`build/schemathesis-${name}-${phases.split(',')[0]}.log`, root);
    writeFileSync(log, stdout + stderr);
    const failures = stdout.includes('FAILURES') ? stdout.slice(stdout.indexOf('FAILURES')) : stdout.slice(-3000);
    const why = `${failures.slice(0, 6000)}\nmore in ${log.pathname}; E2E_SEED=${seed} repeats it`;
    if (status !== 0) throw new Error(why);
    note(`${operations.length - left.length} operations: ${/\d+ generated[^\n]*/.exec(stdout)?.[0] ?? 'see the log'}`);
    const down = server.logs.filter((line) => line?.status >= 500);
    assert.deepEqual(down, [], 'and no 5xx in the log');
  }, { timeout: size(160_000, 1_000_000) });
}

// The Worker's entry: hands each request to the module without more ado.
//
// The entry that worker-build makes is a class behind a proxy. workerd makes an instance of it for every request, and it a
// proxy, which together are a twentieth of what a check costs that is granted from memory. It stays what starts a fresh
// instance of the module after a crash.
import Generated from './glue.js';

export * from './glue.js';

const state = globalThis.__worker_init_state;
const { fetch, scheduled } = Generated.prototype;
const crashed = () => state.criticalError;

export default {
  fetch: (request, env, ctx) => (crashed() ? new Generated(ctx, env).fetch(request) : fetch.call({ env, ctx }, request)),
  scheduled: (event, env, ctx) => (crashed() ? new Generated(ctx, env).scheduled(event) : scheduled.call({ env, ctx }, event)),
};

// The Worker's entry: hands each request to the module without more ado.
//
// The entry that worker-build makes is a class behind a proxy. workerd makes an instance of it for every request, and it a
// proxy, which together are a twentieth of what a check costs that is granted from memory. Neither is needed for a
// class that keeps nothing: a module that trapped is started afresh by its own exports, `fetch` being one.
import Generated from './glue.js';

export * from './glue.js';

const { fetch, scheduled } = Generated.prototype;

export default {
  fetch: (request, env, ctx) => fetch.call({ env, ctx }, request),
  scheduled: (event, env, ctx) => scheduled.call({ env, ctx }, event),
};

// The Wasm Argon2id alone: one verification a request, and nothing else. What the hash allows.
export { HasherObject, LimiterObject } from './worker.js';

export default {
  fetch(request, env) {
    return env.HASHER.getByName('hasher-0').fetch('https://hasher/', { method: 'POST', body: request.body });
  },
};

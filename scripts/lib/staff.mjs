// A member of staff at the API, for commands: signs in from the environment, waits where it is told to, and tries again
// where nothing is known of what became of a request.
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 8;
/** Milliseconds; a request that takes longer is as good as lost. */
const PATIENCE = 60_000;

export const ENVIRONMENT = `  PORTCULLIS_TOKEN                          an access token of staff, or
  PORTCULLIS_EMAIL, PORTCULLIS_PASSWORD     to sign in with
  PORTCULLIS_TENANT                         the tenant's id, where the address is known in several`;

export class Refused extends Error {
  constructor(reply, body) {
    super(`${reply.status}: ${body?.error ?? reply.statusText}`);
    Object.assign(this, { status: reply.status, body });
  }
}

export class Staff {
  constructor({ url, organization, env = process.env }) {
    Object.assign(this, { url: url.replace(/\/$/, ''), organization, env, token: env.PORTCULLIS_TOKEN });
  }

  async signIn() {
    const { PORTCULLIS_EMAIL: email, PORTCULLIS_PASSWORD: password, PORTCULLIS_TENANT: tenantId } = this.env;
    if (!email || !password) throw new Error(`Nobody to sign in as. Set\n${ENVIRONMENT}`);
    this.token = undefined;
    this.token = (await this.json('POST', '/api/auth/login', { email, password, ...(tenantId && { tenantId }) })).token;
  }

  headers(body) {
    return {
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(this.token && this.organization && { 'x-organization-id': this.organization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
  }

  /** The reply of a request that was answered, whatever with. Lines are told apart by number, so that asking twice is safe. */
  async ask(method, path, body) {
    for (let attempt = 1; ; attempt += 1) {
      let reply;
      try {
        const signal = AbortSignal.timeout(PATIENCE);
        reply = await fetch(this.url + path, { method, signal, headers: this.headers(body), body: body === undefined ? undefined : JSON.stringify(body) });
      } catch (error) {
        if (attempt === TRIES) throw error;
      }
      if (reply?.status === 401 && this.token && this.env.PORTCULLIS_EMAIL && attempt < TRIES) {
        await this.signIn();
        continue;
      }
      if (reply && reply.status !== 429 && reply.status < 500) return reply;
      if (reply && attempt === TRIES) return reply;
      const asked = Number(reply?.headers.get('retry-after'));
      await sleep(asked > 0 ? asked * 1_000 : Math.min(250 * 2 ** attempt, 8_000));
    }
  }

  async json(method, path, body) {
    const reply = await this.ask(method, path, body);
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Refused(reply, answer);
    return answer;
  }
}

/** `--name=value` and `--flag`; anything else, or what is not known, ends the command with its usage. */
export function options(usage, known) {
  const found = {};
  for (const word of process.argv.slice(2)) {
    const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (!known.includes(name)) {
      console.error(usage);
      process.exit(name === 'help' ? 0 : 2);
    }
    found[name] = value ?? true;
  }
  return found;
}

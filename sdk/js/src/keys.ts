import { createLocalJWKSet, errors, type CompactJWSHeaderParameters, type CryptoKey, type JSONWebKeySet, type FlattenedJWSInput } from 'jose';
import { unavailable } from './errors.ts';
import { ask, singleFlight, type World } from './world.ts';

/** A copy is asked for again after this long, in the background. The server publishes keys a day ahead of their first use. */
const FRESH = 5 * 60_000;
/** An unknown `kid` asks again, but not more often than this: anybody can make one up. */
const COOLDOWN = 30_000;
/** What the server allows with `stale-if-error`: the last good copy serves this long while nobody answers. */
const STALE_IF_ERROR = 24 * 60 * 60_000;

/** The server's public keys, kept through its outages. */
export class Keys {
  readonly #world: World;
  readonly #url: string;
  #set: ReturnType<typeof createLocalJWKSet> | undefined;
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  readonly #refresh: () => Promise<void>;

  constructor(world: World, url: string) {
    this.#world = world;
    this.#url = url;
    this.#refresh = singleFlight(() => this.#load());
  }

  /** A key look-up for jose's verifiers. */
  readonly find = async (header?: CompactJWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> => {
    const age = this.#world.now() - this.#fetchedAt;
    if (!this.#set || age > STALE_IF_ERROR) await this.#refresh();
    else if (age > FRESH && this.#rested()) this.#refresh().catch(() => {});
    if (!this.#set || this.#world.now() - this.#fetchedAt > STALE_IF_ERROR) throw unavailable('The signing keys cannot be reached');
    try {
      return await this.#set(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.#rested()) throw error;
      // A key that came into use while nobody answered us, or one that somebody made up.
      await this.#refresh();
      return this.#set(header, token);
    }
  };

  #rested(): boolean {
    return this.#world.now() - this.#askedAt > COOLDOWN;
  }

  async #load(): Promise<void> {
    this.#askedAt = this.#world.now();
    try {
      const response = await ask(this.#world, this.#url);
      if (!response.ok) throw new Error(`${this.#url} answered ${response.status}`);
      this.#set = createLocalJWKSet((await response.json()) as JSONWebKeySet);
      this.#fetchedAt = this.#askedAt;
    } catch (error) {
      if (!this.#set) throw unavailable('The signing keys cannot be reached', error);
    }
  }
}

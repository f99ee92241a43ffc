import { compactVerify } from 'jose';
import { unavailable } from './errors.ts';
import type { Identity } from './identity.ts';
import type { Keys } from './keys.ts';
import { ask, singleFlight, type World } from './world.ts';

/** One revocation: tokens of this session, user, organization or tenant are refused until `exp`. */
interface Entry {
  k: 's' | 'u' | 'o' | 't';
  id: string;
  /** Seconds. Tokens issued before it are refused; without it, all of them. */
  nbf?: number;
  /** Seconds. The last token concerned has expired by then. */
  exp: number;
}

/** The signed snapshot's payload. */
interface Snapshot {
  iss: string;
  /** Seconds: when it was read from the database. */
  iat: number;
  /** Seconds: it may be trusted until then and not a moment longer. */
  exp: number;
  seq: number;
  /** Seconds between two looks. */
  interval: number;
  /** Present in the delta form: only what came after this sequence number. */
  since?: number;
  entries: Entry[];
  /** Tenants with too many entries to list: whatever was issued to them before these seconds is refused. */
  notBefore?: Record<string, number>;
}

const TYPE = 'revocations+jwt';

/**
 * What has been revoked, as of a few seconds ago.
 *
 * A look is due every `interval` seconds. The first request after that waits for it, so that a quiet process is as
 * current as a busy one; a busy one looks ahead of time and keeps nobody waiting. When the auth service does not answer,
 * the last snapshot serves until its own `exp`; then nobody is let through.
 */
export class Revocations {
  readonly #world: World;
  readonly #url: string;
  readonly #issuer: string;
  readonly #keys: Keys;
  readonly #entries = new Map<string, Entry>();
  #snapshot: Snapshot | undefined;
  /** Milliseconds: when the question that brought the snapshot was asked. */
  #asOf = -Infinity;
  #failedAt = -Infinity;
  #failure: unknown;
  readonly #refresh: () => Promise<void>;

  constructor(world: World, url: string, issuer: string, keys: Keys) {
    this.#world = world;
    this.#url = url;
    this.#issuer = issuer;
    this.#keys = keys;
    this.#refresh = singleFlight(() => this.#look());
  }

  /** Whether the identity's token has been revoked; throws when nobody can tell. */
  async includes(identity: Identity): Promise<boolean> {
    await this.#bringUpToDate();
    const snapshot = this.#snapshot;
    if (!snapshot || this.#world.now() >= snapshot.exp * 1000) {
      throw unavailable('Whether the session still holds cannot be told at the moment', this.#failure);
    }
    const before = snapshot.notBefore?.[identity.tenant];
    if (before !== undefined && identity.issuedAt < before) return true;
    const named: Array<[Entry['k'], string | null]> = [
      ['s', identity.session],
      ['u', identity.user],
      ['o', identity.organization],
      ['t', identity.tenant],
    ];
    return named.some(([kind, id]) => {
      const entry = id === null ? undefined : this.#entries.get(`${kind}:${id}`);
      return entry !== undefined && (entry.nbf === undefined || identity.issuedAt < entry.nbf);
    });
  }

  async #bringUpToDate(): Promise<void> {
    const interval = (this.#snapshot?.interval ?? 1) * 1000;
    const age = this.#world.now() - this.#asOf;
    if (this.#snapshot && age < interval * 0.6) return;
    // While nobody answers, one request an interval waits for the time-out; the others go on with what there is.
    if (this.#world.now() - this.#failedAt < interval) return;
    const looking = this.#refresh();
    if (this.#snapshot && age < interval) return;
    await looking;
  }

  /** Never throws: whoever asks finds the snapshot too old, or does not. */
  async #look(): Promise<void> {
    const askedAt = this.#world.now();
    try {
      const url = new URL(this.#url);
      if (this.#snapshot) url.searchParams.set('since', String(this.#snapshot.seq));
      const response = await ask(this.#world, url.href);
      if (!response.ok) throw new Error(`${this.#url} answered ${response.status}`);
      const { payload } = await compactVerify((await response.text()).trim(), async (header, jws) => {
        if (header.typ !== TYPE) throw new Error(`typ is ${header.typ}`);
        return this.#keys.find(header, jws);
      }, { algorithms: ['ES256'] });
      this.#take(JSON.parse(new TextDecoder().decode(payload)) as Snapshot, askedAt);
      this.#failure = undefined;
    } catch (error) {
      this.#failedAt = this.#world.now();
      this.#failure = error;
    }
  }

  #take(snapshot: Snapshot, askedAt: number): void {
    if (snapshot.iss !== this.#issuer) throw new Error(`the snapshot is of ${snapshot.iss}`);
    if (snapshot.exp * 1000 <= this.#world.now()) throw new Error('the snapshot is past its end');
    const last = this.#snapshot;
    // A cache on the way may hand out an older one; going back would let the revoked in again.
    if (last && snapshot.seq < last.seq) throw new Error('the snapshot is older than the last one');
    if (snapshot.since !== undefined && snapshot.since > (last?.seq ?? -1)) throw new Error('the snapshot leaves something out');
    if (snapshot.since === undefined) this.#entries.clear();
    for (const entry of snapshot.entries) this.#entries.set(`${entry.k}:${entry.id}`, entry);
    const now = this.#world.now() / 1000;
    for (const [name, entry] of this.#entries) if (entry.exp <= now) this.#entries.delete(name);
    this.#snapshot = snapshot;
    this.#asOf = askedAt;
  }
}

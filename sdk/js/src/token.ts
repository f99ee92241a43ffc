/** Where a token may stand in a request. */
export interface TokenSource {
  /** A header that a gateway sets, read before all others. Only for origins that nothing but the gateway can reach. */
  header?: string;
  /** A cookie, for apps under the portal's own host. */
  cookie?: string;
}

/** The token of a request: the gateway's header, else `Authorization: Bearer`, else the cookie. */
export function tokenOf(header: (name: string) => string | null | undefined, source: TokenSource): string | null {
  const handed = source.header ? header(source.header) : null;
  if (handed) return handed;
  const authorization = header('authorization');
  const bearer = authorization ? /^Bearer +([\w.~+/=-]+)$/i.exec(authorization.trim()) : null;
  // A bearer that does not hold must not fall back to a cookie: the caller meant the one it sent.
  if (authorization && /^bearer\b/i.test(authorization.trim())) return bearer?.[1] ?? '';
  return source.cookie ? cookieOf(header('cookie') ?? '', source.cookie) : null;
}

/** A cookie that occurs once; one that occurs twice was planted, and means none. */
function cookieOf(header: string, name: string): string | null {
  const found = header.split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
  return found.length === 1 ? decode(found[0]!.slice(name.length + 1)) : null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

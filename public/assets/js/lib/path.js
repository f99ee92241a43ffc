// Paths that an address carries along: only our own pages are followed.

/** A path on our own origin that shows a page, or null. Whatever else stands there is somebody's trick. */
export function ownPath(next) {
  if (typeof next !== 'string' || !next.startsWith('/') || /[\\\u0000-\u0020]/.test(next)) return null;
  let url;
  try {
    url = new URL(next, location.origin);
  } catch {
    return null;
  }
  if (url.origin !== location.origin || url.pathname.startsWith('//') || /^\/(api|cdn-cgi)(\/|$)/i.test(url.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

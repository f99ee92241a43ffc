// Back to the app that sent somebody here to sign in. Where that may lead is the server's to decide.
import { call } from './api.js';

/** The address that `return` names, if it is one of ours or of a registered app. */
export async function wayBack() {
  const to = new URLSearchParams(location.search).get('return');
  if (!to) return null;
  try {
    return (await call('GET', `/api/return?to=${encodeURIComponent(to)}`)).to;
  } catch {
    return null;
  }
}

export { AuthError } from './errors.ts';
export { grantCovers, isGranted } from './features.ts';
export type { Identity } from './identity.ts';
export { tokenOf, type TokenSource } from './token.ts';
export { portcullis, Verifier, type Credentials, type Options, type Requirement } from './verifier.ts';

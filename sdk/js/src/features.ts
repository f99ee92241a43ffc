/**
 * Whether one grant covers a feature, exactly as the server decides it: `a.b.*` covers `a.b` and everything below it,
 * never `a.bc`; `*` covers all. `tests/contract/features.json` holds both to the same answers.
 */
export function grantCovers(grant: string, feature: string): boolean {
  if (grant === '*' || grant === feature) return true;
  if (!grant.endsWith('.*')) return false;
  const stem = grant.slice(0, -2);
  return feature === stem || feature.startsWith(`${stem}.`);
}

/** Whether any of the grants covers the feature. */
export function isGranted(grants: readonly string[], feature: string): boolean {
  return grants.some((grant) => grantCovers(grant, feature));
}

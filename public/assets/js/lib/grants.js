// Which grant covers which feature, as the server decides it.
export const covers = (grant, feature) => grant === '*' || grant === feature || (grant.endsWith('.*') && (feature === grant.slice(0, -2) || feature.startsWith(grant.slice(0, -1))));

// How a webhook and a delivery stand, as badges.
const REASONS = { admin: 'webhooks.off', gone: 'webhooks.offGone', failing: 'webhooks.offFailing' };

export function standing(webhook) {
  if (!webhook.enabled) return [[{ key: REASONS[webhook.disabledReason] ?? 'webhooks.off' }, 'bad']];
  return [webhook.failingSince ? [{ key: 'webhooks.failing' }, 'warn'] : [{ key: 'webhooks.on' }, 'good']];
}

const STATES = { pending: ['webhooks.pending', 'warn'], delivered: ['webhooks.delivered', 'good'], dead: ['webhooks.dead', 'bad'] };

export function state({ state }) {
  const [key, kind] = STATES[state];
  return [{ key }, kind];
}

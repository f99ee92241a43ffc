// The map of the back office: every address, the view behind it, its words, and what one has to hold to be offered it.
//
// `path` is below /backend; `:name` is a parameter. `view` is a module that exports `show(frame)`. `words` are dictionaries in
// /assets/i18n/staff/, separated by spaces. Pages with a `group` stand in the navigation.

const page = (path, view, words, needs, rest = {}) => ({ path, view, words: words?.split(' ') ?? [], needs, ...rest });

export const GROUPS = ['customers', 'staff', 'directory', 'integrations', 'security', 'operations'];

export const PAGES = [
  page('', 'home.js', null, null),
  page('profile', 'profile.js', null, null),
  // Where the notifications of one's own account lead.
  page('auth/profile', 'profile.js', null, null),
  page('notifications', 'notifications.js', null, null),

  page('customer_accounts', 'customers/accounts.js', 'customers', 'customer_accounts.view', { group: 'customers', name: 'staff.nav.accounts', icon: 'users' }),
  page('customer_accounts/roles', 'customers/roles.js', 'customers', 'customer_accounts.view', { group: 'customers', name: 'staff.nav.customerRoles', icon: 'badge' }),
  page('customer_accounts/roles/:id', 'customers/role.js', 'customers', 'customer_accounts.view'),
  page('customer_accounts/invitations', 'customers/invitations.js', 'customers invitations', 'customer_accounts.view', { group: 'customers', name: 'staff.nav.customerInvitations', icon: 'mail' }),
  page('customer_accounts/:id/access', 'customers/access.js', 'access', 'customer_accounts.roles.manage'),
  page('customer_accounts/:id', 'customers/account.js', 'customers', 'customer_accounts.view'),
  // Where the other platform's notifications lead.
  page('customer_accounts/users/:id', 'customers/account.js', 'customers', 'customer_accounts.view'),

  page('users', 'people/list.js', 'people', 'auth.users.list', { group: 'staff', name: 'staff.nav.people', icon: 'users' }),
  page('users/:id', 'people/person.js', 'people memberships', 'auth.users.list'),
  page('users/:id/access', 'people/access.js', 'access', 'auth.acl.manage'),
  page('roles', 'roles/list.js', 'staff-roles', 'auth.roles.list', { group: 'staff', name: 'staff.nav.roles', icon: 'badge' }),
  page('roles/packs', 'roles/packs.js', 'staff-roles', 'auth.roles.list'),
  page('roles/:id', 'roles/role.js', 'staff-roles access', 'auth.roles.list'),
  page('roles/:id/organizations/:organization', 'roles/override.js', 'staff-roles access', 'auth.acl.manage'),
  page('invitations', 'people/invitations.js', 'memberships invitations', 'auth.users.list', { group: 'staff', name: 'staff.nav.invitations', icon: 'mail' }),

  page('directory/organizations', 'directory/organizations.js', 'directory', 'directory.organizations.view', { group: 'directory', name: 'staff.nav.organizations', icon: 'tree' }),
  page('directory/merchants', 'directory/merchants.js', 'directory', 'directory.merchants.view', { group: 'directory', name: 'staff.nav.merchants', icon: 'shop' }),
  page('directory/branding', 'directory/branding.js', 'branding', 'directory.organizations.view', { group: 'directory', name: 'staff.nav.branding', icon: 'palette' }),
  page('directory/tenants', 'directory/tenants.js', 'directory', 'directory.tenants.view', { group: 'directory', name: 'staff.nav.tenants', icon: 'building' }),
  page('directory/partners', 'directory/partners.js', 'partners', 'directory.partners.view', { group: 'directory', name: 'staff.nav.partners', icon: 'badge' }),
  page('directory/partners/:id', 'directory/partner.js', 'partners', 'directory.partners.view'),

  page('integrations/webhooks', 'integrations/webhooks.js', 'integrations', 'webhooks.view', { group: 'integrations', name: 'staff.nav.webhooks', icon: 'route' }),
  page('integrations/webhooks/:id', 'integrations/webhook.js', 'integrations', 'webhooks.view'),
  page('integrations/webhooks/:id/deliveries/:delivery', 'integrations/delivery.js', 'integrations', 'webhooks.view'),

  page('audit', 'security/audit.js', 'audit', 'auth.audit.view', { group: 'security', name: 'staff.nav.audit', icon: 'book' }),
  page('keys', 'security/keys.js', 'keys', 'platform.keys.view', { group: 'security', name: 'staff.nav.keys', icon: 'key' }),
  page('apps', 'apps/list.js', 'apps', 'apps.view', { group: 'security', name: 'staff.nav.apps', icon: 'app' }),
  page('apps/:id', 'apps/app.js', 'apps', 'apps.view'),
  page('apps/:id/rules', 'apps/rules.js', 'rules', 'apps.view'),

  page('operations/health', 'operations/health.js', 'operations', 'platform.operations.view', { group: 'operations', name: 'staff.nav.health', icon: 'pulse' }),
  page('operations/outbox', 'operations/outbox.js', 'operations', 'platform.operations.view', { group: 'operations', name: 'staff.nav.outbox', icon: 'mail' }),
];

const PATTERNS = PAGES.map((one) => {
  const names = [...one.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
  return { one, names, pattern: new RegExp(`^${one.path.replace(/:\w+/g, '([^/]+)')}$`) };
});

/** The page of an address and its parameters, or null. Earlier rows win. */
export function find(pathname) {
  const path = pathname.replace(/^\/backend\/?/, '').replace(/\/$/, '');
  for (const { one, names, pattern } of PATTERNS) {
    const match = pattern.exec(path);
    if (match) return { page: one, params: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1])])) };
  }
  return null;
}

// Apps that take our tokens: found and registered.
import { el } from '../../lib/dom.js';
import { moment, timeNode } from '../../lib/format.js';
import { field, formDialog } from '../dialog.js';
import { badges, list } from '../list.js';
import { button, head } from '../page.js';
import { authed } from '../session.js';
import { APPS, termFields, termsOf } from './terms.js';

const TENANTS = [['tenant', { key: 'apps.oneTenant' }], ['platform', { key: 'apps.everyTenant' }]];

export async function show(frame) {
  const { me } = frame;
  head(frame, { t: 'staff.nav.apps', actions: [me.may('apps.manage') && button('apps.register', () => register(frame), { kind: 'primary' })] });
  await list(frame, {
    caption: 'staff.nav.apps',
    empty: 'apps.none',
    load: ({ page, whose }) => authed('GET', `${APPS}?${new URLSearchParams({ page: page || '1', ...(whose === 'platform' ? { platform: 'true' } : {}) })}`),
    filters: [{ name: 'whose', key: 'apps.whose', options: [['', 'apps.ofTenant'], ['platform', 'apps.ofPlatform']] }],
    columns: [
      { key: 'apps.app', wide: true, cell: (app) => el('span', { class: 'stack-none' }, el('a', { href: `/backend/apps/${app.id}` }, app.name), el('code', { class: 'soft small wrap' }, app.audience)) },
      { key: 'apps.standing', cell: (app) => badges(app.isActive ? [{ key: 'apps.active' }, 'good'] : [{ key: 'apps.disabled' }, 'warn']) },
      { key: 'apps.realms', cell: (app) => badges(app.realms.includes('customer') && [{ key: 'apps.customers' }], app.realms.includes('staff') && [{ key: 'apps.staff' }]) },
      { key: 'apps.created', cell: (app) => timeNode(app.createdAt, moment) },
    ],
  });
}

function register(frame) {
  formDialog({
    title: 'apps.register',
    submit: 'apps.registerSubmit',
    wide: true,
    draft: 'staff.app',
    fields: [...termFields(), field('whose', 'apps.tenants', { choices: TENANTS, value: 'tenant' })],
    errors: { CONFLICT: 'apps.taken', FORBIDDEN: 'apps.platformOnly' },
    send: (values, form) => authed('POST', APPS, { ...termsOf(values, form), audience: values.audience.trim(), ...(values.whose === 'platform' ? { platform: true } : {}) }),
    done: ({ app }) => frame.open(`/backend/apps/${app.id}`),
  });
}

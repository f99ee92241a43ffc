// What an administrator says about an app: the fields that registering and editing share.
import { el } from '../../lib/dom.js';
import { boxes, field, ticked } from '../dialog.js';

export const APPS = '/api/apps';

const lines = (text) => text.split(/[\s,]+/).map((line) => line.trim()).filter(Boolean);

export function termFields(app) {
  const realms = app?.realms ?? ['customer'];
  return [
    field('name', 'apps.name', { required: true, maxlength: '200', value: app?.name }),
    app ? el('div', { class: 'field' }, el('span', { class: 'label', t: 'apps.audience' }), el('code', { class: 'wrap' }, app.audience)) : field('audience', 'apps.audience', { required: true, maxlength: '300', type: 'url', hint: 'apps.audienceHint' }),
    field('returnHosts', 'apps.hosts', { long: true, value: app?.returnHosts.join('\n'), hint: 'apps.hostsHint', spellcheck: 'false', autocapitalize: 'none' }),
    field('features', 'apps.features', { long: true, value: app?.features.join('\n'), hint: 'apps.featuresHint', spellcheck: 'false', autocapitalize: 'none' }),
    boxes('realms', 'apps.realms', [['customer', { key: 'apps.customers' }, realms.includes('customer')], ['staff', { key: 'apps.staff' }, realms.includes('staff')]]),
    boxes('options', 'apps.options', [['adminClaims', { key: 'apps.adminClaims' }, app?.adminClaims ?? false]]),
  ];
}

export function termsOf({ name, returnHosts, features }, form) {
  return { name, returnHosts: lines(returnHosts), features: lines(features), realms: ticked(form, 'realms'), adminClaims: ticked(form, 'options').includes('adminClaims') };
}

// The API reference: /openapi.json, which is rendered from the route table, as a page. Everything is made as text, so
// that nothing in the document can become markup.

const one = (selector) => document.querySelector(selector);

function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) if (value !== false && value != null) node.setAttribute(key, value === true ? '' : value);
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

/** Paragraphs with **bold** and `code`, which is all that descriptions use. */
function prose(text) {
  const inline = (line) => line.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => (part.startsWith('**') ? h('strong', {}, part.slice(2, -2)) : part.startsWith('`') ? h('code', {}, part.slice(1, -1)) : part));
  return (text ?? '').split('\n\n').filter(Boolean).map((paragraph) => h('p', {}, inline(paragraph)));
}

/** A schema in the short notation of the sources: `{ok: true, items: Role[], note?: text|null}`. */
function shape(schema, depth = 0) {
  const indent = '  '.repeat(depth + 1);
  if (schema === undefined || schema === true) return 'any';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  for (const several of ['anyOf', 'allOf']) if (schema[several]) return schema[several].map((each) => shape(each, depth)).join(several === 'anyOf' ? ' | ' : ' & ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => (type === 'null' ? 'null' : shape({ ...schema, type }, depth))).join(' | ');
  if (schema.type === 'array') {
    const each = shape(schema.items, depth);
    return `${/[|&]/.test(each) && !each.startsWith('{') ? `(${each})` : each}[]${bounds(schema, 'minItems', 'maxItems', 'items')}`;
  }
  if (schema.type === 'object') {
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => `${indent}${name}${schema.required?.includes(name) ? '' : '?'}: ${shape(member, depth + 1)}`);
    if (members.length > 0) return `{\n${members.join(',\n')}\n${'  '.repeat(depth)}}`;
    return schema.additionalProperties ? `{*: ${shape(schema.additionalProperties, depth)}}` : '{}';
  }
  const format = { 'date-time': 'time', uuid: 'uuid', email: 'email', password: 'secret' }[schema.format];
  return `${schema.title ?? format ?? { string: 'text', integer: 'int', boolean: 'bool' }[schema.type] ?? schema.type ?? 'any'}${bounds(schema, 'minLength', 'maxLength', 'characters')}`;
}

function bounds(schema, least, most, of) {
  if (schema[most] === undefined) return '';
  return ` (${schema[least] ? `${schema[least]} to ` : 'up to '}${schema[most]} ${of})`;
}

const code = (text, what) => h('pre', { tabindex: 0, role: 'region', 'aria-label': what }, h('code', {}, text));

/** Filled when it is opened: a hundred operations make a long page. */
function unfolding(title, fill) {
  const node = h('details', {}, h('summary', {}, title));
  node.addEventListener('toggle', () => node.childElementCount === 1 && node.append(...fill()), { once: true });
  return node;
}

function request(operation) {
  const parts = [];
  if (operation.parameters.length > 0) {
    parts.push(h('h4', {}, 'Parameters'));
    parts.push(h('dl', {}, operation.parameters.flatMap((each) => [h('dt', {}, h('code', {}, each.name), ` ${each.in}${each.required ? ', required' : ''}`), h('dd', {}, each.description || shape(each.schema))])));
  }
  const media = operation.requestBody?.content;
  if (media) {
    const json = media['application/json'];
    parts.push(h('h4', {}, `Body: ${Object.keys(media).join(', ')}`), code(shape(json.schema), `Body of ${operation.operationId}`));
    if (json.example !== undefined) parts.push(unfolding('An example', () => [code(JSON.stringify(json.example, null, 2), 'Example of a body')]));
  }
  return parts;
}

function answers(operation, document_) {
  const found = Object.entries(operation.responses).map(([status, answer]) => [status, answer.$ref ? document_.components.responses[answer.$ref.split('/').pop()] : answer]);
  const said = ([status, answer]) => {
    const [type, media] = Object.entries(answer.content ?? {})[0] ?? [];
    const fill = () => [
      ...(status < 400 && media ? [code(type === 'application/json' ? shape(media.schema) : type, `Answer ${status}`)] : []),
      ...(media?.example === undefined ? [] : [h('p', { class: 'small soft' }, 'Recorded from a request:'), code(JSON.stringify(media.example, null, 2), `Example of ${status}`)]),
    ];
    return unfolding(`${status} ${answer.description.replaceAll('`', '')}`, fill);
  };
  return [h('h4', {}, 'Answers'), h('div', {}, found.map(said))];
}

function article(path, method, operation, document_) {
  const id = operation.operationId;
  const node = h(
    'article',
    { id, 'aria-labelledby': `${id}-title` },
    h('h3', { id: `${id}-title` }, h('a', { href: `#${id}` }, operation.summary)),
    h('p', { class: 'line' }, h('span', { class: `method ${method}` }, method.toUpperCase()), h('code', {}, path)),
    prose(operation.description),
    request(operation),
    answers(operation, document_),
  );
  node.dataset.words = `${id} ${path} ${method} ${operation.summary} ${operation.description}`.toLowerCase();
  return node;
}

function show(document_) {
  const operations = Object.entries(document_.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  const contents = [];
  const sections = document_.tags.map((tag, n) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === tag.name);
    const link = ({ operation }) => h('li', { 'data-of': operation.operationId }, h('a', { href: `#${operation.operationId}` }, operation.summary));
    contents.push(h('div', {}, h('h2', {}, tag.name), h('ul', {}, own.map(link))));
    return h('section', { 'aria-labelledby': `section-${n}` }, h('h2', { id: `section-${n}` }, tag.name), prose(tag.description), own.map(({ path, method, operation }) => article(path, method, operation, document_)));
  });
  const shapes = Object.entries(document_.components.schemas).map(([name, schema]) => h('article', { id: `shape-${name}`, 'aria-labelledby': `shape-${name}-title` }, h('h3', { id: `shape-${name}-title` }, name), code(shape(schema), `Shape of ${name}`)));
  sections.push(h('section', { 'aria-labelledby': 'shapes' }, h('h2', { id: 'shapes' }, 'Shapes'), shapes));
  one('#contents > div').replaceChildren(...contents);
  one('#contents').open = matchMedia('(min-width: 60rem)').matches;
  one('#reference').replaceChildren(...prose(document_.info.description), ...sections);
  one('#reference').removeAttribute('aria-busy');
  return operations.length;
}

function filter(total) {
  const words = one('#find').value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const node of document.querySelectorAll('article[data-words]')) {
    node.hidden = !words.every((word) => node.dataset.words.includes(word));
    one(`[data-of="${node.id}"]`).hidden = node.hidden;
    left += node.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll('#reference > section')) section.hidden = words.length > 0 && !section.querySelector('article[data-words]:not([hidden])');
  for (const group of document.querySelectorAll('#contents > div > div')) group.hidden = !group.querySelector('li:not([hidden])');
  one('#found').textContent = words.length > 0 ? `${left} of ${total} operations` : `${total} operations`;
}

try {
  const reply = await fetch('/openapi.json');
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const total = show(await reply.json());
  filter(total);
  one('#find').addEventListener('input', () => filter(total));
  // The operation of the address exists only now.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
} catch (error) {
  one('#reference').replaceChildren(h('p', { role: 'alert' }, 'The description could not be loaded. ', h('a', { href: '/docs' }, 'Try again')));
  one('#reference').removeAttribute('aria-busy');
  one('#found').textContent = String(error.message);
}

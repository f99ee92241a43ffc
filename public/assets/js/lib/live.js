// What happens on the server, as it happens: `portcullis:live` on the document, with the event's name and payload, and
// `portcullis:news` where there is a new notification. `reset` as a name says that something was missed. One stream a
// browser: the first page that can holds it and tells the others. Without a stream everything works as it did.
const [LEAST, MOST] = [1_000, 30_000];

/** From now on the page hears what the stream of that path says. */
export function listen(path) {
  if (!('EventSource' in window)) return;
  const name = `portcullis.live.${path}`;
  const others = 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
  others?.addEventListener('message', ({ data }) => hear(data));
  const tell = (event) => {
    hear(event);
    others?.postMessage(event);
  };
  // The lock goes on to another page when this one is closed.
  if (others && navigator.locks) navigator.locks.request(name, () => hold(path, tell)).catch(() => {});
  else hold(path, tell);
}

function hear(event) {
  document.dispatchEvent(new CustomEvent('portcullis:live', { detail: event }));
  if (event.name === 'reset' || event.name === 'notifications.notification.created') document.dispatchEvent(new Event('portcullis:news'));
}

/** Holds the stream for as long as the page lives. */
function hold(path, tell) {
  let source;
  let timer;
  let wait = LEAST;
  let last = '';
  let broken = false;

  function open() {
    source = new EventSource(last ? `${path}?lastEventId=${encodeURIComponent(last)}` : path);
    source.addEventListener('open', () => {
      // Opened anew without knowing from where.
      if (broken && !last) tell({ name: 'reset' });
      [wait, broken] = [LEAST, false];
    });
    source.addEventListener('message', ({ data, lastEventId }) => {
      last = lastEventId || last;
      const { id, payload } = JSON.parse(data);
      tell({ name: id, payload });
    });
    source.addEventListener('reset', () => tell({ name: 'reset' }));
    source.addEventListener('error', () => {
      // A stream that ended or broke off, the browser opens again by itself, and says where it was. Refused, it gives up.
      if (source.readyState !== EventSource.CLOSED) return;
      broken = true;
      timer = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, MOST);
    });
  }

  // A page that is kept for going back holds no stream.
  addEventListener('pagehide', () => {
    clearTimeout(timer);
    source.close();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    broken = true;
    open();
  });
  open();
  return new Promise(() => {});
}

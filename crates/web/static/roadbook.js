// Live regions, palette, keys and countdowns. Every page works without this file.
const body = document.body;
const words = body.dataset;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const isPhoneMenu = () => location.hash === '#menu';

/* Announcements */
function say(text) {
  const region = $('#live');
  if (!region || !text) return;
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
}

function toast(text, state) {
  const box = $('.toasts');
  if (!box || !text) return;
  const item = document.createElement('div');
  item.className = 'toast c-' + state;
  const p = document.createElement('p');
  p.textContent = text;
  item.append(p);
  box.replaceChildren(item);
  if (state !== 'wait') setTimeout(() => item.remove(), 6000);
}

/* Live regions: an event of the topic fetches the page again; parts with the same
   data-live-id are exchanged, unless the person is inside one of them. */
let refreshing = false;
let again = false;

function busy(element) {
  const active = document.activeElement;
  if (active && active !== body && element.contains(active)) return true;
  return $$('input, textarea, select', element).some((field) =>
    field.type !== 'hidden' && (field.type === 'checkbox' || field.type === 'radio'
      ? field.checked !== field.defaultChecked
      : field.tagName === 'SELECT'
        ? [...field.options].some((o) => o.selected !== o.defaultSelected)
        : field.value !== field.defaultValue));
}

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const reply = await fetch(location.href, { headers: { 'X-Roadbook-Live': '1' }, credentials: 'same-origin' });
    if (!reply.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
    let changed = 0;
    for (const part of $$('[data-live-id]')) {
      if (part.parentElement.closest('[data-live-id]')) continue;
      const next = $('[data-live-id="' + CSS.escape(part.dataset.liveId) + '"]', fresh);
      if (!next || busy(part) || part.innerHTML === next.innerHTML) continue;
      const open = $$('details', part).map((d) => d.open);
      const swapped = document.importNode(next, true);
      $$('details', swapped).forEach((d, i) => { if (open[i]) d.open = true; });
      part.replaceWith(swapped);
      changed += 1;
    }
    if (changed > 0) say(words.tUpdated);
  } catch {
    // The stream says when the connection is back; the next event tries again.
  } finally {
    refreshing = false;
    if (again) { again = false; refresh(); }
  }
}

function live(topic) {
  let lost = false;
  const source = new EventSource('/api/v1/events?topic=' + encodeURIComponent(topic));
  const onChange = () => refresh();
  source.addEventListener('change', onChange);
  source.addEventListener('message', onChange);
  source.addEventListener('error', () => {
    if (!lost) { lost = true; toast(words.tLost, 'wait'); say(words.tLost); }
  });
  source.addEventListener('open', () => {
    if (lost) { lost = false; toast(words.tBack, 'done'); say(words.tBack); refresh(); }
  });
  addEventListener('pagehide', () => source.close());
}

if (words.live && 'EventSource' in window) live(words.live);

/* Countdowns: the server's clock counts, not the device's. */
const loadedAt = performance.now();

function span(seconds) {
  const two = (n) => String(n).padStart(2, '0');
  const s = Math.max(0, Math.floor(seconds));
  const h = Math.floor(s / 3600);
  return (h > 0 ? h + ':' : '') + two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
}

const announced = new Set();
function tick() {
  for (const timer of $$('[data-countdown]')) {
    const now = Number(timer.dataset.now) + (performance.now() - loadedAt) / 1000;
    const left = Number(timer.dataset.countdown) - now;
    if (left > 48 * 3600) continue;
    timer.textContent = span(left);
    for (const minutes of [30, 10, 5]) {
      const mark = timer.dataset.countdown + ':' + minutes;
      if (left <= minutes * 60 && left > minutes * 60 - 5 && !announced.has(mark)) {
        announced.add(mark);
        say((timer.parentElement.textContent || '').trim());
      }
    }
  }
}
if ($('[data-countdown]')) { tick(); setInterval(tick, 1000); }

/* Palette: the links of the page and of the navigation first, the server's search on Enter. */
let palette;

function commands() {
  const seen = new Set();
  return $$('.nav a[href], main a[href]')
    .map((a) => ({ text: (a.getAttribute('aria-label') || a.textContent).replace(/\s+/g, ' ').trim(), href: a.getAttribute('href') }))
    .filter((c) => c.text && c.href && !c.href.startsWith('#') && !seen.has(c.href + c.text) && seen.add(c.href + c.text));
}

function matches(text, query) {
  const t = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return query.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(/\s+/).every((w) => t.includes(w));
}

function buildPalette() {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', words.tPalette);
  const input = document.createElement('input');
  Object.assign(input, { className: 'in', type: 'search', autocomplete: 'off', placeholder: words.tPalette });
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-label', words.tPalette);
  input.setAttribute('aria-controls', 'palette-list');
  input.setAttribute('aria-expanded', 'true');
  const list = document.createElement('div');
  list.id = 'palette-list';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', words.tPalette);
  dialog.append(input, list);
  body.append(dialog);
  let all = [];
  let at = 0;
  const options = () => $$('[role=option]', list);
  const mark = (i) => {
    const found = options();
    at = found.length ? (i + found.length) % found.length : 0;
    found.forEach((o, n) => o.setAttribute('aria-selected', String(n === at)));
    if (found[at]) {
      input.setAttribute('aria-activedescendant', found[at].id);
      found[at].scrollIntoView({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  };
  const show = () => {
    const hits = all.filter((c) => matches(c.text, input.value)).slice(0, 40);
    list.replaceChildren(...hits.map((c, i) => {
      const option = document.createElement('div');
      option.id = 'palette-' + i;
      option.setAttribute('role', 'option');
      option.dataset.href = c.href;
      option.textContent = c.text;
      option.addEventListener('click', () => { location.href = c.href; });
      return option;
    }));
    if (hits.length === 0) {
      const nothing = document.createElement('p');
      nothing.className = 'm cb';
      nothing.textContent = words.tNothing;
      list.replaceChildren(nothing);
    }
    mark(0);
  };
  input.addEventListener('input', show);
  input.addEventListener('keydown', (event) => {
    // While an input method composes, Enter and arrows belong to it.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); mark(at + 1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); mark(at - 1); }
    if (event.key === 'Enter') {
      event.preventDefault();
      const hit = options()[at];
      location.href = hit ? hit.dataset.href : '/search?q=' + encodeURIComponent(input.value);
    }
  });
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  return {
    open() {
      all = commands();
      input.value = '';
      show();
      dialog.showModal();
      input.focus();
    },
  };
}

function openPalette() {
  palette = palette || buildPalette();
  palette.open();
}

/* The keys of this page, read from what is on it. */
function openKeys() {
  const dialog = document.createElement('dialog');
  const title = document.createElement('h2');
  title.textContent = words.tKeys;
  const keys = document.createElement('dl');
  keys.className = 'keys';
  const row = (key, text) => {
    const dt = document.createElement('dt');
    const kbd = document.createElement('kbd');
    kbd.textContent = key;
    dt.append(kbd);
    const dd = document.createElement('dd');
    dd.textContent = text;
    keys.append(dt, dd);
  };
  row(navigator.platform.startsWith('Mac') ? '⌘ K' : 'Ctrl K', words.tPalette);
  const name = (e) => (e.getAttribute('aria-label') || [...e.childNodes].filter((n) => n.nodeName !== 'KBD').map((n) => n.textContent).join('')).trim();
  $$('main [data-key]').forEach((e) => row(e.dataset.key, name(e)));
  $$('.nav [data-chord]').forEach((e) => row('g ' + e.dataset.chord, name(e)));
  const help = document.createElement('p');
  help.className = 'm s cb';
  help.textContent = words.tHelp;
  const form = document.createElement('form');
  form.method = 'dialog';
  const close = document.createElement('button');
  close.className = 'btn';
  close.textContent = words.tClose;
  form.append(close);
  dialog.append(title, keys, help, form);
  dialog.setAttribute('aria-label', words.tKeys);
  dialog.addEventListener('close', () => dialog.remove());
  body.append(dialog);
  dialog.showModal();
}

/* Keys */
let chord = 0;

function typing(target) {
  return target instanceof Element && Boolean(target.closest('input, textarea, select, [contenteditable]'));
}

function moveRow(step) {
  const rows = $$('[data-row]').filter((r) => r.offsetParent !== null && $('a, button', r));
  if (rows.length === 0) return;
  const here = rows.findIndex((r) => r.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + step));
  $('a, button', rows[next]).focus();
}

addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === 'Escape' && isPhoneMenu()) { location.hash = '#main'; return; }
  if (words.keys !== 'on' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || $('dialog[open]')) return;
  const key = event.key;
  if (chord && Date.now() - chord < 1200) {
    chord = 0;
    const entry = $('.nav [data-chord="' + CSS.escape(key) + '"]');
    if (entry) { event.preventDefault(); entry.click(); }
    return;
  }
  if (key === 'g') { chord = Date.now(); return; }
  if (key === '?') { event.preventDefault(); openKeys(); return; }
  if (key === '/') { event.preventDefault(); openPalette(); return; }
  if (key === 'j' || key === 'k') { moveRow(key === 'j' ? 1 : -1); return; }
  const found = $$('main [data-key="' + CSS.escape(key) + '"]').find((e) => e.offsetParent !== null);
  if (found) { event.preventDefault(); found.focus(); found.click(); }
});

/* The search field opens the palette; without script it is a plain form. */
const search = $('form[data-palette]');
if (search) {
  const field = $('input', search);
  field.addEventListener('pointerdown', (event) => { event.preventDefault(); openPalette(); });
  search.addEventListener('submit', (event) => { if (!field.value) { event.preventDefault(); openPalette(); } });
}

/* A form is sent once; the idempotency key guards what slips through. */
addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) { event.preventDefault(); return; }
  form.dataset.sent = String(Date.now());
});

/* The editor of a process: after a pause the text is checked, and what stands beside it exchanged. */
const editor = $('form[data-check]');
if (editor) {
  const field = $('textarea[name=text]', editor);
  let pause = 0;
  let under = null;
  const check = async () => {
    if (under) under.abort();
    under = new AbortController();
    const data = new FormData(editor);
    data.delete('file');
    try {
      const reply = await fetch(editor.dataset.check, { method: 'POST', body: data, credentials: 'same-origin', signal: under.signal });
      if (!reply.ok) return;
      const fresh = $('[data-part=preview]', new DOMParser().parseFromString(await reply.text(), 'text/html'));
      const part = $('[data-part=preview]');
      if (!fresh || !part) return;
      const at = $$('.scroll', part).map((e) => e.scrollLeft);
      part.replaceChildren(...document.importNode(fresh, true).childNodes);
      $$('.scroll', part).forEach((e, i) => { e.scrollLeft = at[i] || 0; });
      if (part.dataset.say !== fresh.dataset.say) say(fresh.dataset.say);
      part.dataset.say = fresh.dataset.say;
    } catch {
      // A newer text is under way, or the button checks it.
    }
  };
  field.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(check, 700); });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a[data-line]');
    if (!link) return;
    event.preventDefault();
    const lines = field.value.split('\n');
    const line = Math.min(lines.length, Math.max(1, Number(link.dataset.line)));
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + lines[line - 1].length);
    field.scrollTop = (line - 1) * field.scrollHeight / lines.length - field.clientHeight / 3;
  });
}

/* Saves what is typed: on the server every few seconds and on leaving, and in the browser until the server has it. */

import { session } from "./requests.js";
import { filled, gettext, locale } from "../words.js";

const PAUSE = 1500;
const LONGEST_WAIT = 5000;
const RETRY = 4000;
const LARGEST_ON_LEAVING = 60_000;
const clock = (at = new Date()) => at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

const sha256 = async (text) => {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/* Texts of this browser that no server has confirmed, by user and guide; each page has an entry of its own. With a
   text, the details that were typed beside it and are not in it yet. */
const unsavedTexts = ({ user, guide }) => {
  const prefix = `kb:unsaved:${user}:${guide}:`;
  const own = prefix + Math.random().toString(36).slice(2);
  const attempt = (action, otherwise) => {
    try {
      return action();
    } catch {
      return otherwise; /* storage is full or forbidden */
    }
  };
  const parsed = (key) => ({ key, ...JSON.parse(localStorage.getItem(key)) });
  return {
    keep: (text, fields) => attempt(() => (localStorage.setItem(own, JSON.stringify({ text, fields, at: Date.now() })), true), false),
    clear: () => attempt(() => localStorage.removeItem(own)),
    drop: (key) => attempt(() => localStorage.removeItem(key)),
    others: () =>
      attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== own), [])
        .map((key) => attempt(() => parsed(key), null))
        .filter((found) => typeof found?.text === "string")
        .sort((one, other) => other.at - one.at),
  };
};

/* `read` gives the text, `pending` the details that are not in it yet; `show(text, isWrong, isSaved)` says how it
   stands;
   `onConflict(answer)` is told of another
   page's text, `onSaved` of each text that the server has. */
export const makeSaver = ({ form, read, pending, show, onSaved, onConflict }) => {
  const field = (name) => form.elements.namedItem(name);
  const counters = ["based_on", "saved", "into"];
  const unsaved = unsavedTexts(form.dataset);
  let confirmed = read();
  let refused = null;
  let flight = null;
  let inFlight = null; /* the SHA-256 of the text that was sent: null before that, "" where the browser tells none (HTTP) */
  let timer = null;
  let since = 0;
  let isSignedOut = false;

  const isDirty = () => read() !== confirmed;
  const hasPending = () => Object.keys(pending()).length > 0;
  const keepHere = (text) => unsaved.keep(text, pending());
  const kept = (text) => (keepHere(text) ? gettext("your text is kept in this browser") : gettext("do not close this page"));
  const body = (text, fields = {}) => {
    const sent = new FormData();
    counters.forEach((name) => sent.append(name, field(name).value));
    sent.append("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    sent.append("text", text);
    Object.entries(fields).forEach(([name, value]) => sent.append(name, value));
    return sent;
  };
  const post = (text, more = {}, fields = {}) =>
    fetch(form.dataset.draft, { method: "POST", body: body(text, fields), headers: { Accept: "application/json" }, ...more });

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const changed = () => {
    const isKept = isDirty() || hasPending() ? keepHere(read()) : unsaved.clear();
    if (!isDirty()) return;
    if (!since) since = Date.now();
    if (isSignedOut) return;
    show(isKept ? gettext("Not saved yet") : gettext("Not saved yet, and this browser keeps nothing"), false);
    later(Math.max(0, Math.min(PAUSE, since + LONGEST_WAIT - Date.now())));
  };

  const accept = (text, answer) => {
    counters.forEach((name) => (field(name).value = answer[name]));
    confirmed = text;
    since = 0;
    onSaved();
    if (isDirty()) return changed();
    if (hasPending()) keepHere(text);
    else unsaved.clear();
    show(filled(gettext("Saved {time}"), { time: clock() }), false, true);
  };

  /* Who is signed in now, and with which token; true when this page may go on. */
  const renewed = async () => {
    const now = await session(form);
    if (!now.isSame) {
      const words = now.user
        ? gettext("Somebody else ({name}) is signed in here. Sign in again in another tab: {kept}")
        : gettext("Sign in again in another tab: {kept}");
      show(filled(words, { name: now.name, kept: kept(read()) }), true);
      return false;
    }
    if (!now.may_write) {
      show(filled(gettext("This account may not write any more: {kept}"), { kept: kept(read()) }), true);
      return false;
    }
    return true;
  };

  const send = async (text, isAgain = false) => {
    const answer = await post(text);
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    if (answer.ok && isJson) {
      isSignedOut = false;
      const told = await answer.json();
      accept(text, told);
      if (told.state === "conflict") onConflict(told);
      return true;
    }
    if (answer.status === 401 || answer.status === 403) {
      isSignedOut = true;
      if ((await renewed()) && !isAgain) return send(text, true);
      later(RETRY);
      return false;
    }
    if (answer.status === 429) {
      show(filled(gettext("Not saved yet: too much was sent at once; {kept}"), { kept: kept(text) }), true);
      later(Number(answer.headers.get("Retry-After")) * 1000 || RETRY);
      return false;
    }
    if (answer.status < 500) {
      const told = isJson ? (await answer.json()).message : gettext("It is too large, or can't be kept");
      refused = text;
      show(filled(gettext("Not saved: {why} ({kept})"), { why: told, kept: kept(text) }), true);
      return false;
    }
    const failure = isJson ? await answer.json() : {};
    const words = failure.state === "unwritable" ? gettext("Not saved: {why} ({kept})") : gettext("Not saved: the server has a problem; {kept}");
    show(filled(words, { why: failure.message, kept: kept(text) }), true);
    later(RETRY);
    return false;
  };

  /* One save at a time; true when the server has all that is typed. */
  const save = async () => {
    clearTimeout(timer);
    while (flight) await flight;
    const text = read();
    if (text === confirmed) return true;
    if (text === refused) return false;
    if (!isSignedOut) show(gettext("Saving…"), false);
    inFlight = null;
    const sent = sha256(text).catch(() => "").then((name) => ((inFlight = name), send(text)));
    flight = sent.catch(() => {
      show(filled(gettext("Not saved: no connection; {kept}"), { kept: kept(text) }), true);
      later(RETRY);
      return false;
    });
    const done = await flight.finally(() => (flight = null));
    return done && !isDirty();
  };

  const leave = () => {
    if (!isDirty() && !hasPending()) return;
    const text = read();
    keepHere(text);
    if ((flight && inFlight === "") || isSignedOut || new Blob([text]).size > LARGEST_ON_LEAVING) return;
    const before = flight && inFlight ? { in_flight: inFlight } : {};
    post(text, { keepalive: true }, { ...pending(), ...before }).catch(() => {});
  };

  addEventListener("pagehide", leave);
  addEventListener("online", () => isDirty() && save());
  addEventListener("focus", () => isSignedOut && save());
  document.addEventListener("visibilitychange", () => document.hidden && isDirty() && !isSignedOut && save());
  addEventListener("beforeunload", (event) => {
    if ((isDirty() || hasPending()) && !keepHere(read())) event.preventDefault();
  });

  return { changed, save, unsaved };
};

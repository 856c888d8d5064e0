/* Keeps what is typed: on the server every few seconds and on leaving, and in the browser until the server has it. */
"use strict";

(() => {
  const Studio = (window.Studio = window.Studio || {});
  const PAUSE = 1500;
  const LONGEST_WAIT = 5000;
  const RETRY = 4000;
  const LARGEST_ON_LEAVING = 60_000;
  const clock = (at = new Date()) => at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  Studio.clock = clock;

  /* Texts of this browser that no server has confirmed, by user and guide; each page has an entry of its own. */
  Studio.shelf = ({ user, guide }) => {
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
      keep: (text) => attempt(() => (localStorage.setItem(own, JSON.stringify({ text, at: Date.now() })), true), false),
      clear: () => attempt(() => localStorage.removeItem(own)),
      drop: (key) => attempt(() => localStorage.removeItem(key)),
      others: () =>
        attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== own), [])
          .map((key) => attempt(() => parsed(key), null))
          .filter((found) => typeof found?.text === "string")
          .sort((one, other) => other.at - one.at),
    };
  };

  /* `read` gives the text; `show(text, isWrong)` says how it stands; `onConflict(answer)` is told of another page's text. */
  Studio.keeper = ({ form, read, show, onConflict }) => {
    const field = (name) => form.elements.namedItem(name);
    const counters = ["based_on", "saved", "into"];
    const shelf = Studio.shelf(form.dataset);
    let confirmed = read();
    let refused = null;
    let flight = null;
    let timer = null;
    let since = 0;
    let isSignedOut = false;

    const isDirty = () => read() !== confirmed;
    const kept = (text) => (shelf.keep(text) ? "your text is kept in this browser" : "do not close this page");
    const body = (text) => {
      const sent = new FormData();
      counters.forEach((name) => sent.append(name, field(name).value));
      sent.append("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
      sent.append("text", text);
      return sent;
    };
    const post = (text, more = {}) =>
      fetch(form.dataset.draft, { method: "POST", body: body(text), headers: { Accept: "application/json" }, ...more });

    const later = (wait) => {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    };

    const changed = () => {
      if (!isDirty()) {
        shelf.clear();
        return;
      }
      const isKept = shelf.keep(read());
      if (!since) since = Date.now();
      if (isSignedOut) return;
      show(isKept ? "Not saved yet" : "Not saved yet, and this browser keeps nothing", false);
      later(Math.max(0, Math.min(PAUSE, since + LONGEST_WAIT - Date.now())));
    };

    const accept = (text, answer) => {
      counters.forEach((name) => (field(name).value = answer[name]));
      confirmed = text;
      since = 0;
      if (isDirty()) return changed();
      shelf.clear();
      show(`Saved ${clock()}`, false);
    };

    /* Who is signed in now, and with which token; true when this page may go on. */
    const renewed = async () => {
      const answer = await fetch(form.dataset.session, { headers: { Accept: "application/json" } });
      const session = await answer.json();
      if (String(session.user) !== form.dataset.user) {
        const other = session.user ? `Somebody else (${session.name}) is signed in here. ` : "";
        show(`${other}Sign in again in another tab: ${kept(read())}`, true);
        return false;
      }
      if (!session.may_write) {
        show(`This account may not write any more: ${kept(read())}`, true);
        return false;
      }
      field("csrfmiddlewaretoken").value = session.token;
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
      if (answer.status < 500) {
        const told = isJson ? (await answer.json()).message : "It is too large, or can't be kept";
        refused = text;
        show(`Not saved: ${told} (${kept(text)})`, true);
        return false;
      }
      show(`Not saved: the server has a problem; ${kept(text)}`, true);
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
      if (!isSignedOut) show("Saving…", false);
      flight = send(text).catch(() => {
        show(`Not saved: no connection; ${kept(text)}`, true);
        later(RETRY);
        return false;
      });
      const done = await flight.finally(() => (flight = null));
      return done && !isDirty();
    };

    const leave = () => {
      if (!isDirty()) return;
      const text = read();
      shelf.keep(text);
      if (flight || isSignedOut || new Blob([text]).size > LARGEST_ON_LEAVING) return;
      post(text, { keepalive: true }).catch(() => {});
    };

    addEventListener("pagehide", leave);
    addEventListener("online", () => isDirty() && save());
    addEventListener("focus", () => isSignedOut && save());
    document.addEventListener("visibilitychange", () => document.hidden && isDirty() && !isSignedOut && save());
    addEventListener("beforeunload", (event) => {
      if (isDirty() && !shelf.keep(read())) event.preventDefault();
    });

    return { changed, save, isDirty, shelf, counters: () => counters.map((name) => field(name).value) };
  };
})();

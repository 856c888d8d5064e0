/* What stands beside the text: its preview, which scrolls along, what is wrong with it, its details, and its tree. */
"use strict";

(() => {
  const Studio = (window.Studio = window.Studio || {});
  const PAUSE = 450;
  const RETRY = 4000;
  const LONGEST = 20_000;
  const SIGNED_OUT = "You are signed out: sign in again in another tab.";
  const byId = (id) => document.getElementById(id);

  /* A form that is sent once more with a new token, where the session that gave the old one has ended meanwhile. */
  Studio.post = async (address, form, fields) => {
    const send = () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
      Object.entries(fields).forEach(([name, value]) => body.append(name, value));
      const signal = AbortSignal.timeout(LONGEST);
      return fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal });
    };
    const answer = await send();
    if (answer.status !== 403 || answer.headers.get("Content-Type")?.includes("json")) return answer;
    return (await Studio.session(form)).isSame ? send() : answer;
  };

  /* Asks the server for what a text looks like: one at a time, the newest text next, what is stale is not shown. */
  Studio.checker = ({ form, view, onChecked }) => {
    let isBusy = false;
    let isWaiting = false;
    let isStale = false;
    let timer = null;

    const run = async () => {
      if (isBusy) return void (isWaiting = true);
      isBusy = true;
      isWaiting = false;
      const text = view.state.doc.toString();
      try {
        const answer = await Studio.post(form.dataset.check, form, { text });
        isStale = !answer.ok;
        if (answer.ok) await onChecked(await answer.json(), text);
      } catch {
        isStale = true; /* no connection, as the state of saving says: asked again once a text was saved */
      }
      isBusy = false;
      if (isWaiting) soon();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(run, PAUSE);
    };
    return { soon, now: run, again: () => isStale && soon() };
  };

  /* The preview is moved so that it shows what the text shows: between two headings, as far as the text is. */
  Studio.follow = (view, preview) => {
    let sections = [];
    let isWaiting = false;
    const places = () => {
      const top = preview.getBoundingClientRect().top - preview.scrollTop;
      const found = sections
        .filter((section) => section.line <= view.state.doc.lines)
        .map((section) => [section, section.anchor && preview.querySelector(`[id="${CSS.escape(section.anchor)}"]`)])
        .filter(([, element]) => element)
        .map(([section, element]) => [
          view.lineBlockAt(view.state.doc.line(section.line).from).top,
          element.getBoundingClientRect().top - top,
        ]);
      return [[0, 0], ...found, [view.contentHeight, preview.scrollHeight]];
    };
    const move = () => {
      isWaiting = false;
      if (preview.matches(":hover, :focus-within") && !view.hasFocus) return;
      const at = view.scrollDOM.scrollTop;
      const all = places();
      const next = Math.max(1, all.findIndex(([height]) => height > at));
      const [from, to] = [all[next - 1], all[next] ?? all.at(-1)];
      const share = to[0] > from[0] ? (at - from[0]) / (to[0] - from[0]) : 0;
      preview.scrollTop = from[1] + share * (to[1] - from[1]);
    };
    view.scrollDOM.addEventListener("scroll", () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(move);
    });
    return (found) => {
      sections = found;
      move();
    };
  };

  Studio.jump = (view, number) => {
    const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
    view.dispatch({
      selection: { anchor: line.from },
      effects: CodeMirror.EditorView.scrollIntoView(line.from, { y: "center" }),
    });
    view.focus();
  };

  /* Places in lists of findings become buttons that lead to their lines. */
  Studio.placesIn = (root, view, reveal) => {
    root.querySelectorAll("span[data-line]").forEach((place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = place.className;
      button.textContent = place.textContent;
      button.addEventListener("click", () => {
        reveal();
        Studio.jump(view, Number(place.dataset.line));
      });
      place.replaceWith(button);
    });
  };

  /* The details: a field that is changed changes the text, and the front matter that is typed changes the fields.
     `tell` says what is wrong, `onTyped` is told that a field says what the text does not. */
  Studio.details = ({ form, view, tell, onTyped }) => {
    const root = byId("page_fields");
    const fields = () => Array.from(root.querySelectorAll("[name]:not([type=hidden])"));
    const was = (field) => form.elements.namedItem(`was_${field.name}`);
    let inHand = 0;
    let timer = null;
    let last = Promise.resolve(true);
    let told = "";
    const say = (words) => words !== told && tell((told = words));

    const changed = () => fields().filter((field) => !field.disabled && field.value !== was(field).value);
    const pending = () =>
      Object.fromEntries(changed().flatMap((field) => [[field.name, field.value], [`was_${field.name}`, was(field).value]]));

    /* Put what was typed into the text; whether all of it is there. */
    const put = async () => {
      clearTimeout(timer);
      const sent = pending();
      if (!Object.keys(sent).length) return true;
      const text = view.state.doc.toString();
      const answer = await Studio.post(form.dataset.details, form, { text, ...sent });
      const found = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (!answer.ok) {
        const why = found.line ? `Line ${found.line}: ${found.message}` : (found.message ?? SIGNED_OUT);
        say(`The details are not in the text yet. ${why}`);
        if (!found.line) timer = setTimeout(send, RETRY);
        return false;
      }
      if (view.state.doc.toString() !== text) return put(); /* more was typed meanwhile: with the text as it is now */
      fields().forEach((field) => field.name in sent && (was(field).value = sent[field.name]));
      Studio.replaceWhereOther(view, found.text);
      say("");
      return put();
    };
    const attempt = async () => {
      inHand += 1;
      try {
        return await put();
      } catch {
        say("The details are not in the text yet: there is no connection. They are put there when it is back.");
        timer = setTimeout(send, RETRY);
        return false;
      } finally {
        inHand -= 1;
      }
    };
    const send = () => (last = last.then(attempt));
    root.addEventListener("change", send);
    root.addEventListener("input", () => {
      onTyped();
      clearTimeout(timer);
      timer = setTimeout(send, PAUSE);
    });

    return {
      send,
      pending,
      update: (values) => {
        if (!values || inHand) return;
        if (changed().length) send();
        fields().forEach((field) => {
          const value = values[field.name];
          const isTouched = field.value !== was(field).value;
          if (value === undefined || isTouched || field === document.activeElement) return;
          field.disabled = value === null;
          if (field.tagName === "SELECT" && value && !Array.from(field.options).some((one) => one.value === value)) {
            field.add(new Option(value, value));
          }
          field.value = was(field).value = value ?? "";
        });
      },
    };
  };

  /* The tree of the text as it is, while its panel is shown. */
  Studio.tree = ({ form, view, panel }) => {
    let drawn = null;
    return async () => {
      const text = view.state.doc.toString();
      if (panel.hidden || text === drawn) return;
      try {
        const answer = await Studio.post(form.dataset.tree, form, { text });
        if (!answer.ok) return;
        panel.innerHTML = await answer.text();
        drawn = text;
      } catch {
        panel.textContent = "The tree can't be drawn: there is no connection.";
      }
    };
  };
})();

/* What stands beside the text: its preview, which scrolls along, what is wrong with it, its details, and its tree. */
"use strict";

(() => {
  const Studio = (window.Studio = window.Studio || {});
  const PAUSE = 450;
  const LONGEST = 20_000;
  const byId = (id) => document.getElementById(id);

  Studio.post = async (address, form, fields) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    const signal = AbortSignal.timeout(LONGEST);
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal });
  };

  /* Asks the server for what a text looks like: one at a time, the newest text next, what is stale is not shown. */
  Studio.checker = ({ form, view, onChecked }) => {
    let isBusy = false;
    let isWaiting = false;
    let timer = null;

    const run = async () => {
      if (isBusy) return void (isWaiting = true);
      isBusy = true;
      isWaiting = false;
      const text = view.state.doc.toString();
      try {
        const answer = await Studio.post(form.dataset.check, form, { text });
        if (answer.ok) await onChecked(await answer.json(), text);
      } catch {
        /* no connection: the next change asks again, and the state of saving says so */
      }
      isBusy = false;
      if (isWaiting) soon();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(run, PAUSE);
    };
    return { soon, now: run };
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

  /* The details: a field that is changed changes the text, and the front matter that is typed changes the fields. */
  Studio.details = ({ form, view, tell }) => {
    const root = byId("page_fields");
    const fields = () => Array.from(root.querySelectorAll("[name]:not([type=hidden])"));
    const was = (field) => form.elements.namedItem(`was_${field.name}`);
    let isBusy = false;
    let isWaiting = false;

    const send = async () => {
      const changed = fields().filter((field) => !field.disabled && field.value !== was(field).value);
      if (!changed.length) return;
      if (isBusy) return void (isWaiting = true);
      isBusy = true;
      const text = view.state.doc.toString();
      const sent = changed.flatMap((field) => [[field.name, field.value], [`was_${field.name}`, was(field).value]]);
      try {
        const answer = await Studio.post(form.dataset.details, form, { text, ...Object.fromEntries(sent) });
        const told = await answer.json();
        if (!answer.ok) tell(`Line ${told.line ?? 1}: ${told.message}`);
        else if (view.state.doc.toString() === text) {
          Studio.replaceWhereOther(view, told.text);
          sent.filter(([name]) => name.startsWith("was_")).forEach(([name], place) => {
            form.elements.namedItem(name).value = sent[place * 2][1];
          });
          tell("");
        } else isWaiting = true; /* more was typed meanwhile: once more, with the text as it is now */
      } catch {
        tell("This could not be put into the text: there is no connection. Change it again later.");
      }
      isBusy = false;
      if (isWaiting) {
        isWaiting = false;
        send();
      }
    };
    root.addEventListener("change", send);

    return {
      send,
      update: (values) => {
        if (!values || isBusy) return;
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

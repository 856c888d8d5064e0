/* What JavaScript adds to pages that work without it: suggestions, copy buttons, ticked steps, the place in a guide. */
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  const LONGEST_IN_ADDRESS = 3500;
  const LONGEST_SUGGESTED = 200;
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  /* Suggestions: the combobox pattern of the ARIA practices, on a form that also works alone. */
  const suggest = (form) => {
    const input = form.querySelector("input[type=search]");
    const panel = form.querySelector(".suggestions");
    const status = form.querySelector("[data-search-status]");
    const options = () => all("[role=option]", panel);
    let active = null;

    Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": panel.id,
    }).forEach(([name, value]) => input.setAttribute(name, value));

    const choose = (option) => {
      active?.setAttribute("aria-selected", "false");
      active = option;
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    };

    const show = (open) => {
      panel.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) choose(null);
    };

    const isOpen = () => !panel.hidden;

    const move = (by) => {
      const list = options();
      if (!list.length) return;
      if (!isOpen()) show(true);
      const next = active ? list.indexOf(active) + by : by > 0 ? 0 : list.length - 1;
      choose(list[next] ?? null);
    };

    panel.addEventListener("htmx:afterSwap", () => {
      const list = options();
      active = null;
      list.forEach((option, place) => {
        option.id = `${panel.id}-${place}`;
        option.tabIndex = -1;
        option.setAttribute("aria-selected", "false");
      });
      show(list.length > 0 && document.activeElement === input && input.value.trim() !== "");
      status.textContent = isOpen() ? `${list.length} suggestions: use the arrow keys` : "";
    });

    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && active && isOpen()) {
        event.preventDefault();
        active.click();
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        show(false);
      }
    });

    input.addEventListener("focus", () => show(options().length > 0 && input.value.trim() !== ""));
    input.addEventListener("input", () => input.value.trim() === "" && show(false));
    form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show(false));
    /* A press on an option must not take the focus first, or the list would close under the finger. */
    panel.addEventListener("mousedown", (event) => event.preventDefault());

    /* A search field drops line breaks, which would run the lines of a pasted log together. */
    input.addEventListener("paste", (event) => {
      const pasted = event.clipboardData?.getData("text") ?? "";
      const text = pasted.replace(/\s*[\r\n]+\s*/g, " ").trim();
      if (text === pasted) return;
      event.preventDefault();
      input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });

    /* What is too long for an address is sent as a form, which leads to the address of its telling part. Without
       JavaScript, that is how everything goes. */
    all("[formmethod]", form).forEach((button) => {
      button.removeAttribute("formmethod");
      button.removeAttribute("formaction");
    });
    form.addEventListener("submit", () => {
      const isLong = encodeURIComponent(input.value).length > LONGEST_IN_ADDRESS;
      form.method = isLong ? "post" : "get";
      form.action = isLong ? form.dataset.pasted : form.dataset.action;
    });
    form.dataset.action = form.action;
    input.addEventListener("htmx:configRequest", (event) => {
      event.detail.parameters.set?.("q", input.value.slice(0, LONGEST_SUGGESTED));
    });
  };

  const focusSearchOnSlash = () => {
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      const input = all("[data-search] input").find((field) => field.offsetParent !== null);
      if (!input) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  };

  /* Copy buttons, where the browser may write to the clipboard. */
  const copyButton = (face, label, text) => {
    const button = make("button", { type: "button", class: "copy", "aria-label": label, title: label }, face);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text());
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      button.dataset.done = "";
      setTimeout(() => {
        button.textContent = face;
        delete button.dataset.done;
      }, 1600);
    });
    return button;
  };

  const addCopyButtons = () => {
    if (!navigator.clipboard) return;
    all(".guide .prose :is(h1, h2, h3, h4, h5, h6)[id]").forEach((heading) => {
      heading.querySelector(".anchor")?.remove();
      const title = heading.textContent.trim();
      const link = () => {
        history.replaceState(null, "", `#${heading.id}`);
        return location.href;
      };
      heading.append(copyButton("#", `Copy the link to “${title}”`, link));
    });
    all(".prose .highlight").forEach((block) => {
      block.append(copyButton("Copy", "Copy the code", () => block.querySelector("pre").innerText.trimEnd()));
    });
  };

  /* A text that is there to be handed on. A page that htmx kept may hold a button that lost its listener. */
  const withCopy = new WeakSet();
  const addTextCopies = () => {
    if (!navigator.clipboard) return;
    all("[data-copy]").forEach((field) => {
      if (withCopy.has(field)) return;
      withCopy.add(field);
      if (field.nextElementSibling?.matches(".copy")) field.nextElementSibling.remove();
      field.after(copyButton("Copy", field.dataset.copy || "Copy", () => field.value ?? field.textContent.trim()));
    });
  };

  /* Steps: ticks kept in this browser, under the guide and the problem. */
  const store = {
    read: (key) => {
      try {
        return JSON.parse(localStorage.getItem(key)) ?? [];
      } catch {
        return [];
      }
    },
    write: (key, ticked) => {
      try {
        if (ticked.length) localStorage.setItem(key, JSON.stringify(ticked));
        else localStorage.removeItem(key);
      } catch {
        /* A browser that keeps nothing still shows the ticks until the page is left. */
      }
    },
  };

  /* A step is known by its words, so that a tick stays with it when the guide changes around it. */
  const nameOf = (step) => step.textContent.replace(/\s+/g, " ").trim().slice(0, 200);

  const addTicks = () => {
    const guide = document.querySelector("[data-guide]")?.dataset.guide;
    if (!guide) return;
    const lists = new Map();
    all(".prose .steps").forEach((list) => {
      const problem = list.dataset.problem ?? "";
      lists.set(problem, [...(lists.get(problem) ?? []), list]);
    });
    let hint = "Tick off each step as you go";
    lists.forEach((parts, problem) => {
      tickable(`kb:steps:${guide}#${problem}`, parts, hint);
      hint = "";
    });
  };

  const tickable = (key, parts, hint) => {
    const kept = new Set(store.read(key));
    const boxes = [];
    parts.forEach((list) => {
      let number = Number(list.getAttribute("start") ?? 1);
      all(":scope > li", list).forEach((step) => {
        const name = nameOf(step);
        const box = make("input", { type: "checkbox", "aria-label": `Done: ${name.slice(0, 80)}` });
        box.checked = kept.has(name);
        const tick = make("label", { class: "step-tick" });
        tick.append(box, make("span", { "aria-hidden": "true" }, String(number++)));
        step.prepend(tick);
        boxes.push([name, box]);
      });
      list.classList.add("steps--ticked");
    });

    const count = make("span", { role: "status" });
    const clear = make("button", { type: "button", class: "link-button" }, "Clear the ticks");
    const progress = make("p", { class: "steps-progress" });
    progress.append(count, clear);
    parts.at(-1).after(progress);

    const update = () => {
      const ticked = boxes.filter(([, box]) => box.checked).map(([name]) => name);
      store.write(key, ticked);
      count.textContent = ticked.length ? `${ticked.length} of ${boxes.length} steps done` : hint;
      clear.hidden = ticked.length === 0;
      progress.hidden = count.textContent === "";
    };
    boxes.forEach(([, box]) => box.addEventListener("change", update));
    clear.addEventListener("click", () => {
      boxes.forEach(([, box]) => (box.checked = false));
      update();
      boxes[0][1].focus();
    });
    update();
  };

  /* The contents show which section is being read. */
  const followReading = () => {
    const links = new Map(all(".contents--side a").map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
    const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    if (!headings.length) return;
    const mark = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 140);
      const current = (passed.at(-1) ?? headings[0]).id;
      links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    };
    addEventListener("scroll", soon, { passive: true });
    mark();
  };

  /* Which hit of a search was opened is counted, without a word about who opened it. */
  const countOpenings = () => {
    const hits = document.querySelector("[data-opened-at]");
    if (!hits || !navigator.sendBeacon) return;
    const count = (event) => {
      const link = event.target.closest(":is(.hit__guide, .hit__section) a");
      if (!link || event.button > 1) return;
      const position = Number(hits.dataset.first) + Array.from(hits.children).indexOf(link.closest(".hit"));
      const text = new URLSearchParams(location.search).get("q") ?? "";
      const opened = { q: text.slice(0, 4000), hits: hits.dataset.found, opened: link.pathname + link.hash, position };
      navigator.sendBeacon(hits.dataset.openedAt, new URLSearchParams(opened));
    };
    hits.addEventListener("click", count);
    hits.addEventListener("auxclick", count);
  };

  all("[data-search]").forEach(suggest);
  focusSearchOnSlash();
  countOpenings();
  addCopyButtons();
  addTextCopies();
  document.addEventListener("htmx:load", addTextCopies);
  document.addEventListener("htmx:historyRestore", addTextCopies);
  /* What a failed answer says is shown, as without htmx: else a press on a link would do nothing. */
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.boosted && detail.xhr.status >= 400) detail.shouldSwap = true;
  });
  addTicks();
  followReading();
})();

/* What JavaScript adds to a guide: steps to tick off, and the place in its contents. */

import { all, make } from "./dom.js";
import { filled, gettext } from "./words.js";

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
const nameOf = (step) => {
  const said = step.cloneNode(true);
  all(".step-danger", said).forEach((warning) => warning.remove());
  return said.textContent.replace(/\s+/g, " ").trim().slice(0, 200);
};

export const addTicks = () => {
  const guide = document.querySelector("[data-guide]")?.dataset.guide;
  if (!guide) return;
  const lists = new Map();
  all(".prose .steps").forEach((list) => {
    const problem = list.dataset.problem ?? "";
    lists.set(problem, [...(lists.get(problem) ?? []), list]);
  });
  let hint = gettext("Tick off each step as you go");
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
      const box = make("input", { type: "checkbox", "aria-label": filled(gettext("Done: {step}"), { step: name.slice(0, 80) }) });
      box.checked = kept.has(name);
      const tick = make("label", { class: "step-tick" });
      tick.append(box, make("span", { "aria-hidden": "true" }, String(number++)));
      step.prepend(tick);
      boxes.push([name, box]);
    });
    list.classList.add("steps--ticked");
  });

  const count = make("span", { role: "status" });
  const clear = make("button", { type: "button", class: "link-button" }, gettext("Clear the ticks"));
  const progress = make("p", { class: "steps-progress" });
  progress.append(count, clear);
  parts.at(-1).after(progress);

  const update = () => {
    const ticked = boxes.filter(([, box]) => box.checked).map(([name]) => name);
    store.write(key, ticked);
    count.textContent = ticked.length ? filled(gettext("{number} of {all} steps done"), { number: ticked.length, all: boxes.length }) : hint;
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
export const followReading = () => {
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

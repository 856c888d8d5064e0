/* What JavaScript adds to searching: suggestions, the key that leads to the search box, counting what was opened. */

import { all } from "./dom.js";
import { areOn } from "./keys.js";
import { ngettext } from "./words.js";

const LONGEST_IN_ADDRESS = 3500;
const LONGEST_SUGGESTED = 200;

/* Suggestions: the combobox pattern of the ARIA practices, on a form that also works alone. */
export const suggest = (form) => {
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
    status.textContent = isOpen() ? ngettext("{number} suggestion: use the arrow keys", "{number} suggestions: use the arrow keys", list.length) : "";
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

export const focusSearchOnSlash = () => {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping || !areOn()) return;
    const input = all("[data-search] input").find((field) => field.offsetParent !== null);
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
};

/* Which hit of a search was opened is counted, without a word about who opened it. */
export const countOpenings = () => {
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

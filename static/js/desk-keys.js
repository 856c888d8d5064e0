/* The desk by keyboard: single keys work while no field has the focus, and can be turned off. */

import { all } from "./dom.js";
import { areOn, turn } from "./keys.js";
import { gettext } from "./words.js";

const isField = (element) =>
  element?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;

const results = () => all("[data-desk-result]").filter((result) => result.offsetParent !== null);
/* The result that has the focus, or had it last: a part that is swapped or a press beside it takes the focus away. */
let last = null;
document.addEventListener("focusin", ({ target }) => (last = target.closest?.("[data-desk-result]") ?? last));
const current = () => (last && results().includes(last) ? last : undefined);
const focusOn = (result) => {
  const link = result?.querySelector("[data-desk-open]");
  link?.focus();
  result?.scrollIntoView({ block: "nearest" });
};

const move = (by) => {
  const list = results();
  const place = list.indexOf(current());
  focusOn(list[place < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(place + by, 0), list.length - 1)]);
};

const boxes = (result) => all("[data-desk-pick]", result);
const tick = (box, checked) => {
  if (box.checked === checked) return;
  box.checked = checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
};

const openSteps = (result) => result.querySelector(".desk-steps")?.setAttribute("open", "");

const flagMenu = (result) => result?.querySelector("[data-desk-flag]");

export const listenToKeys = (say) => {
  const help = document.getElementById("desk-help");
  const box = document.getElementById("desk-text");
  if (!help || !box) return;
  const own = help.querySelector("[data-desk-switch]");
  own.checked = areOn();
  own.addEventListener("change", () => {
    turn(own.checked);
    say(own.checked ? gettext("The keys are on") : gettext("The keys are off"));
  });
  document.querySelector("[data-desk-keys]").hidden = false;
  document.querySelector("[data-desk-help]").addEventListener("click", () => {
    own.checked = areOn();
    help.showModal();
  });

  const withResult = (act) => {
    const result = current() ?? results()[0];
    if (result) act(result);
  };

  const digit = (result, number) => {
    const menu = flagMenu(result);
    if (menu?.open && menu.contains(document.activeElement)) return all("button[name=kind]", menu)[number - 1]?.click();
    openSteps(result);
    const step = boxes(result)[number - 1];
    if (step) tick(step, !step.checked);
  };

  const deeds = {
    "/": () => {
      box.focus();
      box.select();
    },
    j: () => move(1),
    k: () => move(-1),
    c: () => withResult((result) => result.querySelector(".desk-copy [data-copy-as=link]").click()),
    p: () => withResult((result) => result.querySelector("[data-desk-pin]").click()),
    x: () =>
      withResult((result) => {
        openSteps(result);
        const all_ = boxes(result);
        const checked = !all_.every((step) => step.checked);
        all_.forEach((step) => tick(step, checked));
      }),
    r: () => document.getElementById("desk-reply").requestSubmit(),
    f: () =>
      withResult((result) => {
        const menu = flagMenu(result);
        if (!menu) return;
        menu.open = !menu.open;
        menu.querySelector(menu.open ? "button[name=kind]" : "summary").focus();
      }),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (!areOn() || isField(event.target)) return;
    const deed = deeds[event.key];
    if (deed) deed();
    else if (/^[1-9]$/.test(event.key)) withResult((result) => digit(result, Number(event.key)));
    else return;
    event.preventDefault();
  });
};

/* Looks for a guide, a section or a contact to link to. */

import { insert, selected } from "./commands.js";
import { make, makeDialog } from "./dialogs.js";
import { gettext, ngettext } from "../words.js";

const PAUSE = 200;
const escaped = (words) => words.replace(/[\\[\]`*_<]/g, "\\$&");

/* The picker: a search whose results are chosen with the arrow keys, as in the search box of the site. */
export const makePicker = ({ form, view, sections }) => {
  const box = makeDialog(
    gettext("Link to a guide, a section or a contact"),
    `<input type="text" class="studio-dialog__search" role="combobox" aria-expanded="false" aria-controls="page_picks" aria-autocomplete="list" aria-label="${gettext("What to link to")}" autocomplete="off">
     <div id="page_picks" role="listbox" aria-label="${gettext("What fits")}" class="studio-dialog__list"></div>
     <p class="visually-hidden" role="status"></p>`,
  );
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  const options = () => Array.from(list.querySelectorAll("[role=option]"));
  let active = null;
  let timer = null;
  let asked = 0;

  const choose = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    if (!active) return input.removeAttribute("aria-activedescendant");
    active.setAttribute("aria-selected", "true");
    active.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", active.id);
  };

  const own = (words) =>
    sections()
      .filter((section) => section.anchor && section.title.toLowerCase().includes(words.toLowerCase()))
      .slice(0, words ? 5 : 12)
      .map((section) => {
        const item = make(`<li><button type="button" class="picks__item" role="option" aria-selected="false"><span class="picks__kind">${gettext("Here")}</span><span class="picks__title"></span></button></li>`);
        const button = item.firstElementChild;
        button.querySelector(".picks__title").textContent = section.title;
        button.dataset.target = `#${encodeURIComponent(section.anchor)}`;
        button.dataset.title = section.title;
        return item;
      });

  const show = (found, words) => {
    list.innerHTML = found;
    const mine = own(words);
    if (mine.length) {
      const first = make(`<ul class="picks" role="presentation"></ul>`);
      first.append(...mine);
      list.prepend(first);
    }
    list.querySelectorAll("ul, li").forEach((element) => element.setAttribute("role", "presentation"));
    options().forEach((option, place) => {
      option.id = `page_pick-${place}`;
      option.tabIndex = -1;
    });
    input.setAttribute("aria-expanded", String(options().length > 0));
    status.textContent = words ? ngettext("{number} found", "{number} found", options().length) : "";
    choose(words ? options()[0] : null);
  };

  const look = async () => {
    const words = input.value.trim();
    const turn = (asked += 1);
    if (!words) return show("", "");
    const query = new URLSearchParams({ guide: form.dataset.guide, q: words, fragment: "1" });
    try {
      const answer = await fetch(`${form.dataset.pick}?${query}`, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.text() : `<p class="editor__nothing">${gettext("You are signed out: sign in again in another tab.")}</p>`;
      if (turn === asked) show(found, words);
    } catch {
      if (turn === asked) show(`<p class="editor__nothing">${gettext("There is no connection.")}</p>`, words);
    }
  };

  const take = (option) => {
    const words = selected(view) || option.dataset.title;
    box.close();
    insert(view, `[${selected(view) ? words : escaped(words)}](${option.dataset.target})`);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(active);
    if (event.key === "ArrowDown") choose(all[Math.min(at + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") choose(all[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && active) take(active);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  box.addEventListener("close", () => view.focus());

  return () => {
    input.value = selected(view).split("\n")[0].slice(0, 100);
    box.showModal();
    input.select();
    look();
  };
};

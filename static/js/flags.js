/* Flags of staff by keys: `f` opens the menu of the section that is being read, a digit chooses, Escape closes. */

import { all } from "./dom.js";
import { areOn } from "./keys.js";

const HEADER = 140;

/* Each menu stands at the end of its section. */
const ofSectionInView = () => {
  const menus = all(".flag");
  return menus.find((menu) => menu.getBoundingClientRect().top > HEADER) ?? menus.at(-1);
};

const isTyping = ({ target }) => target.closest?.("input:not([type=radio]), textarea, select, [contenteditable]");

export const flagByKeys = () => {
  if (!document.querySelector(".flag")) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const open = event.target.closest?.(".flag[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (isTyping(event) || !areOn()) {
      return;
    } else if (event.key === "f") {
      const menu = ofSectionInView();
      event.preventDefault();
      menu.open = true;
      menu.scrollIntoView({ block: "nearest" });
      menu.querySelector("[name=kind]").focus();
    } else if (open && /^[1-4]$/.test(event.key)) {
      event.preventDefault();
      all("[name=kind]", open)[Number(event.key) - 1].click();
    }
  });
};

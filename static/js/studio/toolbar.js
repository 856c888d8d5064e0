/* The buttons above the text: one for each command, and one stop of the Tab key for all of them. */

import { commands } from "./commands.js";
import { filled, gettext } from "../words.js";

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const keyName = (key) =>
  key
    .split("-")
    .map((part) => ({ Mod: isMac ? "⌘" : "Ctrl", Alt: isMac ? "⌥" : "Alt", Shift: isMac ? "⇧" : "Shift" })[part] ?? part.toUpperCase())
    .join(isMac ? "" : "+");
const ariaKey = (key) => key.replace("Mod", isMac ? "Meta" : "Control").split("-").join("+");

/* Left, right, home and end move the focus within a group that is one stop of the Tab key. */
export const alongArrows = (root, selector, onMove) =>
  root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = Array.from(root.querySelectorAll(selector)).filter((one) => !one.hidden);
    const at = all.indexOf(document.activeElement);
    const next = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : step && all[(at + step + all.length) % all.length];
    if (!next || at < 0) return;
    event.preventDefault();
    onMove(next, all);
    next.focus();
  });

/* The buttons of all commands. */
export const fillToolbar = (toolbar, view) => {
  const tool = ({ name, tool: known = name, face, key, run }) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "toolbar__button", textContent: face, title: `${name} (${keyName(key)})` });
    button.setAttribute("aria-label", name);
    button.setAttribute("aria-keyshortcuts", ariaKey(key));
    button.dataset.tool = known;
    button.tabIndex = -1;
    button.addEventListener("click", () => run(view));
    return button;
  };
  commands.forEach((command) => {
    if (!command.kinds) return void toolbar.append(tool(command));
    const kind = document.createElement("select");
    kind.className = "toolbar__button";
    kind.setAttribute("aria-label", command.name);
    kind.title = filled(gettext("{name} ({key} for a note)"), { name: command.name, key: keyName(command.key) });
    kind.tabIndex = -1;
    kind.append(new Option(gettext("Alert…"), ""), ...command.kinds.map(([name, , label]) => new Option(label, name)));
    kind.addEventListener("keydown", (event) => {
      if (!["ArrowDown", "ArrowUp"].includes(event.key) || !kind.showPicker) return;
      event.preventDefault(); /* else the first one would be chosen in passing */
      kind.showPicker();
    });
    kind.addEventListener("change", () => {
      const run = command.kinds.find(([name]) => name === kind.value)?.[1];
      kind.value = "";
      run?.(view);
    });
    toolbar.append(kind);
  });
  toolbar.firstElementChild.tabIndex = 0;
  alongArrows(toolbar, ".toolbar__button", (next, all) => all.forEach((one) => (one.tabIndex = one === next ? 0 : -1)));
};

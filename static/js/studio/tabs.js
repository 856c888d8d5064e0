/* Tabs: one part at a time on a phone; on a desk the text stays, and one part beside it. */

import { alongArrows } from "./toolbar.js";

/* Gives the tabs by name, and how to choose one; `onChange` is told when other parts are shown. */
export const makeTabs = (list, panels, onChange) => {
  const wide = matchMedia("(width >= 62rem)");
  const tabs = new Map();
  let chosen = wide.matches ? "Preview" : "Text";
  const arrange = () => {
    if (wide.matches && chosen === "Text") chosen = "Preview";
    panels.forEach((panel) => (panel.hidden = panel.dataset.panel !== chosen && !(wide.matches && panel.dataset.panel === "Text")));
    tabs.forEach((tab, name) => {
      tab.hidden = wide.matches && name === "Text";
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
    });
    onChange();
  };
  const choose = (name) => {
    if (name === "Text" && wide.matches) return;
    chosen = name;
    arrange();
  };
  panels.forEach((panel) => {
    const name = panel.dataset.panel;
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", className: "editor__tab", textContent: panel.dataset.tab, id: `page_tab-${name}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(name));
    panel.setAttribute("role", "tabpanel");
    tabs.set(name, tab);
    list.append(tab);
  });
  alongArrows(list, "[role=tab]", (tab) => tab.click());
  wide.addEventListener("change", arrange);
  return { tabs, choose, arrange };
};

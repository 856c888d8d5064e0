/* Dialogs of the editor, and elements made of markup. */

import { gettext } from "../words.js";

export const make = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
};

let dialogs = 0;
export const makeDialog = (title, content) => {
  const id = `page_dialog-${(dialogs += 1)}`;
  const box = make(`<dialog class="studio-dialog" aria-labelledby="${id}">
    <form method="dialog" class="studio-dialog__head"><h2 id="${id}"></h2><button class="link-button">${gettext("Close")}</button></form>
    ${content}</dialog>`);
  box.querySelector("h2").textContent = title;
  document.body.append(box);
  return box;
};

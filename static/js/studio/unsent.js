/* Keeps what is typed into a form without drafts in this browser until it was sent, and offers it again. */

import { makeNotice } from "./notices.js";
import { gettext } from "../words.js";

const SENT = "kb:sent";
const attempt = (action) => {
  try {
    return action();
  } catch {
    return null; /* storage is full or forbidden */
  }
};

const keepUnsent = (form, area) => {
  const seen = form.elements.namedItem("seen"); /* names the text that this one takes the place of */
  const key = `kb:unsent:${form.dataset.unsent}`;
  const kept = attempt(() => JSON.parse(localStorage.getItem(key)));
  const isOther = Boolean(kept) && kept.text !== area.value;
  if (kept && !isOther) attempt(() => localStorage.removeItem(key));
  if (isOther && !("sent" in form.dataset)) {
    const take = (box) => {
      area.value = kept.text;
      area.dispatchEvent(new Event("change")); /* what shows the text in another way follows */
      if (seen) seen.value = kept.seen;
      box.remove();
    };
    const drop = (box) => {
      attempt(() => localStorage.removeItem(key));
      box.remove();
    };
    form.before(makeNotice("unsent", gettext("A text that was not saved was found in this browser."), [[gettext("Take it"), take], [gettext("Drop it"), drop]]));
  }
  const keep = () => localStorage.setItem(key, JSON.stringify({ text: area.value, seen: seen?.value }));
  area.addEventListener("input", () => attempt(keep));
  form.addEventListener("submit", () => attempt(() => sessionStorage.setItem(SENT, key)));
};

if (document.querySelector("[data-saved]")) attempt(() => localStorage.removeItem(sessionStorage.getItem(SENT)));
const form = document.querySelector("[data-unsent]");
const area = form?.querySelector("textarea");
if (area) keepUnsent(form, area);

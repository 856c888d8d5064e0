/* Keeps what is typed into a form without drafts in this browser until it was sent, and offers it again. */
"use strict";

(() => {
  const SENT = "kb:sent";
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return null; /* storage is full or forbidden */
    }
  };
  if (document.querySelector("[data-saved]")) attempt(() => localStorage.removeItem(sessionStorage.getItem(SENT)));
  const form = document.querySelector("[data-unsent]");
  const area = form?.querySelector("textarea");
  if (!area) return;
  const seen = form.elements.namedItem("seen"); /* names the text that this one takes the place of */
  const key = `kb:unsent:${form.dataset.unsent}`;
  const kept = attempt(() => JSON.parse(localStorage.getItem(key)));
  const isOther = Boolean(kept) && kept.text !== area.value;
  if (kept && !isOther) attempt(() => localStorage.removeItem(key));
  if (isOther && !("sent" in form.dataset)) {
    const box = document.createElement("div");
    box.className = "studio-notice studio-notice--warn";
    box.dataset.offer = "unsent";
    box.setAttribute("role", "alert");
    box.append(Object.assign(document.createElement("p"), { textContent: "A text that was not saved was found in this browser." }));
    const way = (label, act) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button button--quiet button--small", textContent: label });
      button.addEventListener("click", () => {
        act();
        box.remove();
      });
      box.append(button);
    };
    way("Take it", () => {
      area.value = kept.text;
      area.dispatchEvent(new Event("change")); /* what shows the text in another way follows */
      if (seen) seen.value = kept.seen;
    });
    way("Drop it", () => attempt(() => localStorage.removeItem(key)));
    form.before(box);
  }
  const keep = () => localStorage.setItem(key, JSON.stringify({ text: area.value, seen: seen?.value }));
  area.addEventListener("input", () => attempt(keep));
  form.addEventListener("submit", () => attempt(() => sessionStorage.setItem(SENT, key)));
})();

/* Buttons that copy: links to headings, code, and texts that are there to be handed on. */

import { all, make } from "./dom.js";
import { filled, gettext } from "./words.js";

/* Copy buttons, where the browser may write to the clipboard. */
const copyButton = (face, label, text) => {
  const button = make("button", { type: "button", class: "copy", "aria-label": label, title: label }, face);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = gettext("Copied");
    } catch {
      button.textContent = gettext("Not allowed");
    }
    button.dataset.done = "";
    setTimeout(() => {
      button.textContent = face;
      delete button.dataset.done;
    }, 1600);
  });
  return button;
};

export const addCopyButtons = () => {
  if (!navigator.clipboard) return;
  all(".guide .prose :is(h1, h2, h3, h4, h5, h6)[id]").forEach((heading) => {
    heading.querySelector(".anchor")?.remove();
    const title = heading.textContent.trim();
    const link = () => {
      history.replaceState(null, "", `#${heading.id}`);
      return location.href;
    };
    heading.append(copyButton("#", filled(gettext("Copy the link to “{title}”"), { title }), link));
  });
  all(".prose .highlight").forEach((block) => {
    block.append(copyButton(gettext("Copy"), gettext("Copy the code"), () => block.querySelector("pre").innerText.trimEnd()));
  });
};

/* A text that is there to be handed on. A page that htmx kept may hold a button that lost its listener. */
const withCopy = new WeakSet();
export const addTextCopies = () => {
  if (!navigator.clipboard) return;
  all("[data-copy]").forEach((field) => {
    if (withCopy.has(field)) return;
    withCopy.add(field);
    if (field.nextElementSibling?.matches(".copy")) field.nextElementSibling.remove();
    field.after(copyButton(gettext("Copy"), field.dataset.copy || gettext("Copy"), () => field.value ?? field.textContent.trim()));
  });
};

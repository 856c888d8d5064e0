/* What JavaScript adds to the desk: copying by one press, what is picked, and the place of the focus. */

import { copyForm, copyText } from "./desk-copies.js";
import { listenToKeys } from "./desk-keys.js";
import { all, make } from "./dom.js";
import { filled, gettext, ngettext } from "./words.js";

const say = (text) => {
  const said = document.querySelector("[data-desk-said]");
  if (said) said.textContent = text;
};

/* A link to a form of a text copies it; where the browser may not, it leads to the page with the form. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-copy-as]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
  event.preventDefault();
  const face = link.textContent;
  try {
    await copyForm(link.href, link.dataset.copyAs);
    link.textContent = gettext("Copied");
    say(filled(gettext("Copied: {what}"), { what: face }));
    setTimeout(() => (link.textContent = face), 1600);
  } catch {
    location.assign(link.href);
  }
});

/* What leaves the desk opens beside it: the desk is not kept, and would be empty when somebody comes back to it. */
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.(".desk-pane a[href]:not([data-hx-get], [data-copy-as])");
  if (link && !link.target) Object.assign(link, { target: "_blank", rel: "noopener" });
}, true);

/* What is picked is sent in the order of the page. */
const picks = () => all("[data-desk-pick]").filter((box) => box.checked);
const values = () => new Set(picks().map((box) => box.value));
const tellPicked = () => {
  const said = document.querySelector("[data-desk-picked]");
  if (!said) return;
  const count = values().size;
  said.textContent = count ? ngettext("{number} picked", "{number} picked", count) : gettext("Nothing picked yet");
  document.querySelector("[data-desk-unpick]").hidden = !count;
};
/* A step that stands in a result and in the section that is read is one and the same. */
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-desk-pick]")) return;
  all("[data-desk-pick]").forEach((box) => box.value === target.value && (box.checked = target.checked));
  tellPicked();
});
document.querySelector("[data-desk-unpick]")?.addEventListener("click", () => {
  picks().forEach((box) => (box.checked = false));
  tellPicked();
});

/* The box: a text that is pasted is looked at once. */
const box = document.getElementById("desk-text");
box?.addEventListener("paste", () => setTimeout(() => box.form.dispatchEvent(new Event("pasted")), 0));
box?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  box.form.requestSubmit();
});

/* The reply has a button under each of its forms; the one for a mail copies it as a mail program takes it. */
const addReplyCopies = () => {
  if (!navigator.clipboard) return;
  all("[data-desk-form]").forEach((field) => {
    if (field.querySelector(".copy")) return;
    const button = make("button", { type: "button", class: "copy" }, gettext("Copy"));
    const text = field.querySelector("textarea");
    button.addEventListener("click", async () => {
      const plain = document.querySelector('[data-desk-form="plain"] textarea').value;
      try {
        await copyText(text.value, field.dataset.deskForm === "html" ? plain : "");
        button.textContent = gettext("Copied");
        say(gettext("Copied"));
      } catch {
        button.textContent = gettext("Not allowed");
      }
      setTimeout(() => (button.textContent = gettext("Copy")), 1600);
    });
    field.append(button);
  });
};

/* A reply that was worked on is not written anew unasked; what the server wrote is `written`, until it writes another. */
const REPLACE = gettext("Write the reply anew? What you changed or added in it is lost.");
const KEPT = gettext("Nothing is picked, so the reply stays as it is. Pick the steps that you want to send first.");
const replyPane = document.getElementById("desk-reply-pane");
const replyTexts = () => all("#desk-reply-pane textarea").map((field) => field.value);
const isOwnForm = (form) => form?.matches?.(".desk-reply__form") ?? false;
let written = JSON.stringify(replyTexts());
const isWorkedOn = () =>
  JSON.stringify(replyTexts()) !== written ||
  all("#desk-reply-pane input[type=text]").some((field) => field.value !== field.defaultValue);
const tellKept = () => {
  document.querySelector(".desk-reply-kept")?.remove();
  replyPane.before(make("p", { class: "form-error desk-reply-kept", role: "alert" }, KEPT));
};
document.addEventListener("htmx:confirm", (event) => {
  const { elt, target } = event.detail;
  if (!replyPane || target !== replyPane || isOwnForm(elt)) return;
  if (elt.id === "desk-reply" && !picks().length && replyTexts().length) {
    event.preventDefault();
    tellKept();
  } else if (isWorkedOn() && !confirm(REPLACE)) event.preventDefault();
});

const showClose = () =>
  all("[data-desk-close]").forEach((button) => {
    button.hidden = false;
    button.onclick = () => {
      document.getElementById("desk-shown").replaceChildren();
      box?.focus();
      tellPicked();
    };
  });

/* What the desk refuses is shown where the answer would stand; who was signed out meanwhile keeps what is there. */
const SIGNED_OUT = gettext("You are signed out. Sign in again in another tab: all that is here stays, then try again.");
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.responseURL.includes("/accounts/")) {
    detail.shouldSwap = false;
    document.querySelector(".desk-signed-out")?.remove();
    document.querySelector(".desk-box")?.after(make("p", { class: "form-error desk-signed-out", role: "alert" }, SIGNED_OUT));
    return;
  }
  document.querySelector(".desk-signed-out")?.remove();
  if ([413, 422, 429, 503].includes(detail.xhr.status)) detail.shouldSwap = true;
});
const tookFocus = () => document.activeElement === document.body;
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  tellPicked();
  if (target.id === "desk-shown") {
    target.querySelector("[data-desk-open]")?.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  } else if (target.id === "desk-reply-pane") {
    const error = target.querySelector("[role=alert]");
    if (!isOwnForm(detail.requestConfig.elt)) written = JSON.stringify(replyTexts());
    document.querySelector(".desk-reply-kept")?.remove();
    target.querySelector("h2")?.focus();
    if (error) say(error.textContent);
    target.scrollIntoView({ block: "start" });
  } else if (target.matches(".flag__body") && (tookFocus() || target.contains(document.activeElement))) {
    target.closest("[data-desk-result]")?.querySelector("[data-desk-open]").focus({ preventScroll: true });
  } else if (target.id === "desk-found") {
    const count = all("[data-desk-result]", target).length;
    say(target.querySelector("[role=alert]")?.textContent ?? ngettext("{number} result", "{number} results", count));
  }
});
document.addEventListener("htmx:load", () => {
  addReplyCopies();
  showClose();
});
addReplyCopies();
showClose();
tellPicked();
listenToKeys(say);

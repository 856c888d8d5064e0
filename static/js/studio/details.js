/* The details of a guide: fields that stand for lines of the text's front matter. */

import { replaceWhereOther } from "./commands.js";
import { post } from "./requests.js";
import { filled, gettext } from "../words.js";

const PAUSE = 450;
const RETRY = 4000;
const SIGNED_OUT = gettext("You are signed out: sign in again in another tab.");

/* The details: a field that is changed changes the text, and the front matter that is typed changes the fields.
   `tell` says what is wrong, `onTyped` is told that a field says what the text does not. */
export const bindDetails = ({ form, view, tell, onTyped }) => {
  const root = document.getElementById("page_fields");
  const fields = () => Array.from(root.querySelectorAll("[name]:not([type=hidden])"));
  const was = (field) => form.elements.namedItem(`was_${field.name}`);
  let inHand = 0;
  let timer = null;
  let last = Promise.resolve(true);
  let told = "";
  const say = (words) => words !== told && tell((told = words));

  const changed = () => fields().filter((field) => !field.disabled && field.value !== was(field).value);
  const pending = () =>
    Object.fromEntries(changed().flatMap((field) => [[field.name, field.value], [`was_${field.name}`, was(field).value]]));

  /* Put what was typed into the text; whether all of it is there. */
  const put = async () => {
    clearTimeout(timer);
    const sent = pending();
    if (!Object.keys(sent).length) return true;
    const text = view.state.doc.toString();
    const answer = await post(form.dataset.details, form, { text, ...sent });
    const found = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) {
      const why = found.line ? filled(gettext("Line {line}: {message}"), found) : (found.message ?? SIGNED_OUT);
      say(filled(gettext("The details are not in the text yet. {why}"), { why }));
      if (!found.line) timer = setTimeout(send, RETRY);
      return false;
    }
    if (view.state.doc.toString() !== text) return put(); /* more was typed meanwhile: with the text as it is now */
    fields().forEach((field) => field.name in sent && (was(field).value = sent[field.name]));
    replaceWhereOther(view, found.text);
    say("");
    return put();
  };
  const attempt = async () => {
    inHand += 1;
    try {
      return await put();
    } catch {
      say(gettext("The details are not in the text yet: there is no connection. They are put there when it is back."));
      timer = setTimeout(send, RETRY);
      return false;
    } finally {
      inHand -= 1;
    }
  };
  const send = () => (last = last.then(attempt));
  root.addEventListener("change", send);
  root.addEventListener("input", () => {
    onTyped();
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });

  return {
    send,
    pending,
    update: (values) => {
      if (!values || inHand) return;
      if (changed().length) send();
      fields().forEach((field) => {
        const value = values[field.name];
        const isTouched = field.value !== was(field).value;
        if (value === undefined || isTouched || field === document.activeElement) return;
        field.disabled = value === null;
        if (field.tagName === "SELECT" && value && !Array.from(field.options).some((one) => one.value === value)) {
          field.add(new Option(value, value));
        }
        field.value = was(field).value = value ?? "";
      });
    },
  };
};

/* The box in which staff look for what a handed-over walk turned out to be: arrows choose, Enter saves. */

import { all } from "./dom.js";

const choose = (radio) => {
  radio.checked = true;
  radio.focus();
};

const follow = (form) => {
  const box = form.querySelector("input[name=q]");
  const radios = () => all("input[type=radio]", form);
  all("[data-keys]", form).forEach((hint) => (hint.hidden = false));
  all("[data-look]", form).forEach((button) => (button.hidden = true));
  box.addEventListener("keydown", (event) => {
    const choices = radios();
    if (event.key === "ArrowDown") choose(choices[0]);
    else if (event.key === "ArrowUp") choose(choices.at(-1));
    else return;
    event.preventDefault();
  });
  // Problems that arrive late take no choice away that was made meanwhile.
  let chosen = "";
  let hadFocus = false;
  form.addEventListener("htmx:beforeSwap", () => {
    chosen = radios().find((radio) => radio.checked)?.value ?? "";
    hadFocus = document.activeElement?.type === "radio";
  });
  form.addEventListener("htmx:afterSwap", () => {
    const kept = radios().find((radio) => radio.value === chosen);
    if (kept) kept.checked = true;
    if (kept && hadFocus) kept.focus();
  });
  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key === "Escape" && target.type === "radio") {
      target.checked = false;
      box.focus();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.name === "fix") form.requestSubmit();
  });
};

all("[data-cause-box]").forEach(follow);

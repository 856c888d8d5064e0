/* Whether single keys do something while no field has the focus: a person can turn them off, and it is remembered.

   Who speaks to the computer, or presses keys without wanting to, would set them off by chance (WCAG 2.1.4). */

import { all } from "./dom.js";

const STORE = "kb:desk-keys";
const OFF = "off";

export const areOn = () => {
  try {
    return localStorage.getItem(STORE) !== OFF;
  } catch {
    return true;
  }
};

export const turn = (on) => {
  try {
    localStorage.setItem(STORE, on ? "on" : OFF);
  } catch {
    /* A browser that keeps nothing has them on again on the next page. */
  }
  show();
};

/* The switch in the footer of each page. */
const show = () => all("[data-keys-switch]").forEach((button) => button.setAttribute("aria-pressed", areOn()));

export const offerSwitch = () => {
  for (const button of all("[data-keys-switch]")) {
    button.hidden = false;
    button.addEventListener("click", () => turn(!areOn()));
  }
  show();
};

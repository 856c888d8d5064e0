/* What the text looks like, and what is wrong with it: checked while it is typed, and scrolled along with it. */

import { EditorView } from "./codemirror.js";
import { post } from "./requests.js";
import { gettext } from "../words.js";

const PAUSE = 450;

/* Asks the server for what a text looks like: one at a time, the newest text next, what is stale is not shown. */
export const makeChecker = ({ form, view, onChecked }) => {
  let isBusy = false;
  let isWaiting = false;
  let isStale = false;
  let timer = null;

  const run = async () => {
    if (isBusy) return void (isWaiting = true);
    isBusy = true;
    isWaiting = false;
    const text = view.state.doc.toString();
    try {
      const answer = await post(form.dataset.check, form, { text });
      isStale = !answer.ok;
      if (answer.ok) await onChecked(await answer.json(), text);
    } catch {
      isStale = true; /* no connection, as the state of saving says: asked again once a text was saved */
    }
    isBusy = false;
    if (isWaiting) soon();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(run, PAUSE);
  };
  return { soon, now: run, again: () => isStale && soon() };
};

/* The preview is moved so that it shows what the text shows: between two headings, as far as the text is. */
export const followText = (view, preview) => {
  let sections = [];
  let isWaiting = false;
  const places = () => {
    const top = preview.getBoundingClientRect().top - preview.scrollTop;
    const found = sections
      .filter((section) => section.line <= view.state.doc.lines)
      .map((section) => [section, section.anchor && preview.querySelector(`[id="${CSS.escape(section.anchor)}"]`)])
      .filter(([, element]) => element)
      .map(([section, element]) => [
        view.lineBlockAt(view.state.doc.line(section.line).from).top,
        element.getBoundingClientRect().top - top,
      ]);
    return [[0, 0], ...found, [view.contentHeight, preview.scrollHeight]];
  };
  const move = () => {
    isWaiting = false;
    if (preview.matches(":hover, :focus-within") && !view.hasFocus) return;
    const at = view.scrollDOM.scrollTop;
    const all = places();
    const next = Math.max(1, all.findIndex(([height]) => height > at));
    const [from, to] = [all[next - 1], all[next] ?? all.at(-1)];
    const share = to[0] > from[0] ? (at - from[0]) / (to[0] - from[0]) : 0;
    preview.scrollTop = from[1] + share * (to[1] - from[1]);
  };
  view.scrollDOM.addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(move);
  });
  return (found) => {
    sections = found;
    move();
  };
};

export const jump = (view, number) => {
  const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
  view.dispatch({
    selection: { anchor: line.from },
    effects: EditorView.scrollIntoView(line.from, { y: "center" }),
  });
  view.focus();
};

/* Places in lists of findings become buttons that lead to their lines. */
export const linkPlaces = (root, view, reveal) => {
  root.querySelectorAll("span[data-line]").forEach((place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = place.className;
    button.textContent = place.textContent;
    button.addEventListener("click", () => {
      reveal();
      jump(view, Number(place.dataset.line));
    });
    place.replaceWith(button);
  });
};

/* The tree of the text as it is, while its panel is shown. */
export const treeDrawer = ({ form, view, panel }) => {
  let drawn = null;
  return async () => {
    const text = view.state.doc.toString();
    if (panel.hidden || text === drawn) return;
    try {
      const answer = await post(form.dataset.tree, form, { text });
      if (!answer.ok) return;
      panel.innerHTML = await answer.text();
      drawn = text;
    } catch {
      panel.textContent = gettext("The tree can't be drawn: there is no connection.");
    }
  };
};

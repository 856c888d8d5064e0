/* Labels that make it sure what stands under them: suggested beside the text, put into it with one click. */

import CodeMirror, { EditorView } from "./codemirror.js";

/* Buttons of forms that suggest labels for a text; `put` is given what to insert, and that text. */
export const bindLabels = (root, view, text, put) => {
  root.querySelectorAll("button[data-insertions]").forEach((button) => {
    button.type = "button";
    button.addEventListener("click", () => put(JSON.parse(button.dataset.insertions), text));
  });
};

/* All of them in one step that one undo takes back, without the white space before them; the cursor goes to the first. */
export const insertAll = (view, insertions) => {
  const { doc } = view.state;
  const changes = insertions.map(([number, column, insert]) => {
    const line = doc.line(number);
    return { from: line.from + line.text.slice(0, column).trimEnd().length, to: line.from + column, insert };
  });
  const before = (changes[0].insert.match(/^\n*/) ?? [""])[0].length;
  view.dispatch({
    changes,
    selection: { anchor: changes[0].from + before },
    effects: EditorView.scrollIntoView(changes[0].from, { y: "center" }),
    annotations: CodeMirror.isolateHistory.of("full"),
    userEvent: "input",
  });
  view.focus();
};

/* Texts that are merged or edited by reviewers: a textarea becomes an editor, beside the other text where there is one. */

import CodeMirror, { besideTheme, EditorState, EditorView, keymap, nonce, phrases } from "./codemirror.js";
import { gettext } from "../words.js";

const { MergeView, defaultKeymap, history, historyKeymap, lineNumbers } = CodeMirror;

/* A file that is dropped here would come into the text as it is, or take the page away. */
const NO_FILES = gettext("Files can't be put into this text. Copy the words that you need; images are added where the guide is edited.");
const refuse = (event) => {
  if (!event.dataTransfer?.files.length) return false;
  event.preventDefault();
  document.querySelector("[data-offer=files]")?.remove();
  const said = document.createElement("p");
  Object.assign(said, { className: "form-error", textContent: NO_FILES });
  said.dataset.offer = "files";
  said.setAttribute("role", "alert");
  document.querySelector("textarea[data-editor]").closest("form").prepend(said);
  return true;
};
addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
addEventListener("drop", (event) => event.defaultPrevented || refuse(event));

const parts = (label) => [
  EditorView.domEventHandlers({ drop: refuse }),
  lineNumbers(),
  history(),
  keymap.of([...defaultKeymap, ...historyKeymap]),
  EditorView.lineWrapping,
  EditorView.perLineTextDirection.of(true),
  EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "true" }),
  EditorView.cspNonce.of(nonce),
  phrases(),
  besideTheme(),
];

/* The first conflict, or the first line that differs, is in view; the page stays where it is. */
const MARK = "<<<<<<< ";
const showFirst = (scroller, view, otherwise) => {
  const text = view.state.doc.toString();
  const mark = text.startsWith(MARK) ? 0 : text.indexOf(`\n${MARK}`) + 1 || otherwise;
  if (!mark) return;
  view.dispatch({ selection: { anchor: Math.min(mark, view.state.doc.length) } });
  view.requestMeasure({
    read: () => view.lineBlockAt(view.state.selection.main.head).top,
    write: (top) => (scroller.scrollTop = Math.max(0, top - 3 * view.defaultLineHeight)),
  });
};

const makeEditor = (area) => {
  const place = document.createElement("div");
  place.className = "merge-view";
  area.after(place);
  const label = area.labels[0]?.textContent.trim() ?? gettext("Text");
  const keep = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    area.value = update.state.doc.toString();
    area.dispatchEvent(new Event("input"));
  });
  const follow = (view) =>
    area.addEventListener("change", () => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
    });
  const other = document.getElementById(area.dataset.beside ?? "");
  if (other && matchMedia("(width >= 62rem)").matches) {
    const merge = new MergeView({
      a: {
        doc: other.value,
        extensions: [...parts(other.getAttribute("aria-label")), EditorState.readOnly.of(true)],
      },
      b: { doc: area.value, extensions: [...parts(label), keep] },
      parent: place,
    });
    showFirst(merge.dom, merge.b, merge.chunks[0]?.fromB);
    follow(merge.b);
  } else {
    const view = new EditorView({ doc: area.value, extensions: [...parts(label), keep], parent: place });
    showFirst(view.scrollDOM, view);
    follow(view);
  }
  area.hidden = true;
};

if (EditorView) document.querySelectorAll("textarea[data-editor]").forEach(makeEditor);

/* A dialog that shows in one text how two differ. */

import CodeMirror, { EditorState, EditorView, nonce, phrases, unifiedTheme } from "./codemirror.js";
import { makeDialog } from "./dialogs.js";
import { gettext } from "../words.js";

export const makeComparison = () => {
  const box = makeDialog(gettext("The two texts"), `<p class="editor__lead"></p><div class="studio-dialog__compared"></div>`);
  return (explained, other, mine) => {
    box.querySelector(".editor__lead").textContent = explained;
    const place = box.querySelector(".studio-dialog__compared");
    place.replaceChildren();
    const state = EditorState.create({
      doc: mine,
      extensions: [
        EditorView.cspNonce.of(nonce),
        phrases(),
        EditorState.readOnly.of(true),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        EditorView.contentAttributes.of({ "aria-label": gettext("The two texts"), tabindex: "0" }),
        CodeMirror.unifiedMergeView({ original: other, mergeControls: false, gutter: true, collapseUnchanged: {} }),
        unifiedTheme(),
      ],
    });
    new EditorView({ state, parent: place });
    box.showModal();
  };
};

/* Texts that are merged or edited by reviewers: a textarea becomes an editor, beside the other text where there is one. */
"use strict";

(() => {
  const nonce = document.currentScript.nonce;
  const { EditorView, MergeView, EditorState, keymap, defaultKeymap, history, historyKeymap, lineNumbers } = CodeMirror;

  const theme = EditorView.theme({
    "&": { fontSize: "0.9375rem", backgroundColor: "var(--bg)", color: "var(--text)" },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
    ".cm-content": { caretColor: "var(--text)" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    ".cm-gutters": { backgroundColor: "var(--bg-soft)", color: "var(--text-soft)", borderColor: "var(--line)" },
    "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--danger-soft)" },
    "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--tip-soft)" },
    ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
  });

  const parts = (label) => [
    lineNumbers(),
    history(),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true" }),
    EditorView.cspNonce.of(nonce),
    theme,
  ];

  document.querySelectorAll("textarea[data-editor]").forEach((area) => {
    const place = document.createElement("div");
    place.className = "merge-view";
    area.after(place);
    const label = area.labels[0]?.textContent.trim() ?? "Text";
    const keep = EditorView.updateListener.of((update) => {
      if (update.docChanged) area.value = update.state.doc.toString();
    });
    const other = document.getElementById(area.dataset.beside ?? "");
    if (other && window.matchMedia("(min-width: 62rem)").matches) {
      new MergeView({
        a: {
          doc: other.value,
          extensions: [...parts(other.getAttribute("aria-label")), EditorState.readOnly.of(true)],
        },
        b: { doc: area.value, extensions: [...parts(label), keep] },
        parent: place,
        collapseUnchanged: { margin: 3, minSize: 6 },
      });
    } else {
      new EditorView({ doc: area.value, extensions: [...parts(label), keep], parent: place });
    }
    area.hidden = true;
  });
})();

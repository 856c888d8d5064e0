/* CodeMirror, which the script before this one defines, in the colours of the site.

   Its looks are themes and no stylesheet: CodeMirror's own rules are in no layer, and would win over any that is. */

import { gettext } from "../words.js";

const CodeMirror = globalThis.CodeMirror ?? {};
export default CodeMirror;
export const { EditorView, EditorState, keymap, tags } = CodeMirror;

/* The nonce by which the policy of the page lets CodeMirror write its styles. */
export const nonce = document.querySelector("script[nonce]")?.nonce;

/* What CodeMirror itself says, in the reader's language; `$` stands for a number. */
export const phrases = () =>
  EditorState.phrases.of({
    Find: gettext("Find"),
    Replace: gettext("Replace"),
    next: gettext("next"),
    previous: gettext("previous"),
    all: gettext("all"),
    "match case": gettext("match case"),
    regexp: gettext("regexp"),
    "by word": gettext("by word"),
    replace: gettext("replace"),
    "replace all": gettext("replace all"),
    close: gettext("close"),
    "Go to line": gettext("Go to line"),
    go: gettext("go"),
    "current match": gettext("current match"),
    "on line": gettext("on line"),
    "replaced $ matches": gettext("replaced $ matches"),
    "replaced match on line $": gettext("replaced match on line $"),
    "$ unchanged lines": gettext("$ unchanged lines"),
    "Revert this chunk": gettext("Revert this chunk"),
    "Control character": gettext("Control character"),
    "Selection deleted": gettext("Selection deleted"),
    Diagnostics: gettext("Diagnostics"),
    "No diagnostics": gettext("No diagnostics"),
  });

export const editorTheme = () =>
  EditorView.theme({
    "&": { height: "100%", backgroundColor: "var(--bg)", color: "var(--text)", fontSize: "var(--text-s)" },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
    ".cm-content": { paddingBlock: "var(--space-3)", caretColor: "var(--text)" },
    ".cm-gutters": { border: "0", backgroundColor: "var(--bg-soft)", color: "var(--text-soft)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 55%, transparent)" },
    ".cm-line": { unicodeBidi: "plaintext" },
    ".cm-cursor": { borderInlineStartColor: "var(--text)" },
    ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
      background: "color-mix(in srgb, var(--accent) 28%, transparent)",
    },
    ".cm-panels, .cm-tooltip": { borderColor: "var(--line)", backgroundColor: "var(--bg-raised)", color: "var(--text)" },
    ".cm-panel input, .cm-panel button": {
      border: "1px solid var(--line-control)",
      borderRadius: "4px",
      backgroundColor: "var(--bg)",
      backgroundImage: "none",
      color: "var(--text)",
    },
    ".cm-tooltip-lint": { maxWidth: "30rem" },
    ".cm-line.cm-head, .cm-line.cm-head span": { color: "var(--text-soft)", fontWeight: "400" },
  });

/* Two texts in one: what was struck out and what came. */
export const unifiedTheme = () =>
  EditorView.theme({
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
    ".cm-content": { paddingBlock: "var(--space-3)", caretColor: "var(--text)" },
    ".cm-line": { unicodeBidi: "plaintext" },
    ".cm-gutters": { border: "0", backgroundColor: "var(--bg-soft)", color: "var(--text-soft)" },
    ".cm-changedText": { background: "var(--tip-soft)", textDecoration: "underline" },
    ".cm-deletedChunk": { backgroundColor: "var(--danger-soft)" },
    ".cm-deletedChunk .cm-deletedText": { background: "none", textDecoration: "line-through" },
    ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--tip-soft)", textDecoration: "none" },
  });

/* Two texts beside each other. */
export const besideTheme = () =>
  EditorView.theme({
    "&": { fontSize: "var(--text-s)", backgroundColor: "var(--bg)", color: "var(--text)" },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
    ".cm-content": { caretColor: "var(--text)" },
    ".cm-line": { unicodeBidi: "plaintext" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    ".cm-gutters": { backgroundColor: "var(--bg-soft)", color: "var(--text-soft)", borderColor: "var(--line)" },
    "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--danger-soft)" },
    "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--tip-soft)" },
    ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
  });

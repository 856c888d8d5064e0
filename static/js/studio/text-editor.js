/* The text in colours: a CodeMirror that knows Markdown, front matter and the editor's commands. */

import CodeMirror, { editorTheme, EditorState, EditorView, keymap, nonce, phrases, tags } from "./codemirror.js";
import { bodyStart, commands, headLines } from "./commands.js";

const colours = () =>
  CodeMirror.HighlightStyle.define([
    { tag: tags.heading, color: "var(--accent)", fontWeight: "650" },
    { tag: tags.strong, fontWeight: "650" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: [tags.link, tags.url], color: "var(--code-name)" },
    { tag: tags.monospace, color: "var(--code-string)" },
    { tag: [tags.quote, tags.comment], color: "var(--code-comment)" },
    { tag: [tags.processingInstruction, tags.contentSeparator], color: "var(--code-keyword)" },
  ]);

/* The front matter is no heading, though the line under it makes one of it to Markdown. */
const plainHead = () =>
  EditorView.decorations.compute(["doc"], ({ doc }) => {
    const lines = Array.from({ length: headLines(doc) }, (_, place) => doc.line(place + 1).from);
    return CodeMirror.Decoration.set(lines.map((from) => CodeMirror.Decoration.line({ class: "cm-head" }).range(from)));
  });

const keys = (save) => [
  ...commands.map(({ key, run }) => ({ key, run, preventDefault: true })),
  { key: "Mod-s", run: () => (save(), true), preventDefault: true },
  ...CodeMirror.markdownKeymap,
  ...CodeMirror.lintKeymap,
  ...CodeMirror.searchKeymap,
  ...CodeMirror.historyKeymap,
  ...CodeMirror.defaultKeymap,
];

/* `handlers` take what is pasted or dropped; `onTyped` is told of each change. */
export const makeTextEditor = ({ text, parent, label, handlers, save, onTyped }) => {
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        phrases(),
        CodeMirror.lineNumbers(),
        CodeMirror.highlightSpecialChars(),
        CodeMirror.history(),
        CodeMirror.drawSelection(),
        CodeMirror.dropCursor(),
        CodeMirror.highlightActiveLine(),
        CodeMirror.highlightActiveLineGutter(),
        CodeMirror.lintGutter(),
        CodeMirror.search({ top: true }),
        CodeMirror.markdownLanguage,
        CodeMirror.syntaxHighlighting(colours()),
        plainHead(),
        editorTheme(),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        EditorView.contentAttributes.of({
          "aria-label": label,
          tabindex: "0",
          "aria-describedby": "page_editor-help",
          spellcheck: "true",
          autocorrect: "on",
          autocapitalize: "sentences",
        }),
        keymap.of(keys(save)),
        handlers,
        EditorView.updateListener.of((update) => update.docChanged && onTyped()),
      ],
    }),
    parent,
  });
  view.dispatch({ selection: { anchor: bodyStart(view.state.doc) } });
  return view;
};

/* A finding as CodeMirror marks it: under the whole of its line. */
export const diagnosed = (doc, { line, message, severity }) => {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines));
  return { from, to, message, severity };
};

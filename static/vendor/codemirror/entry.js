export { EditorState, Compartment, StateEffect, StateField, Annotation } from "@codemirror/state";
export { EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, drawSelection, dropCursor, placeholder, Decoration, WidgetType } from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, undo, redo, isolateHistory } from "@codemirror/commands";
export { search, searchKeymap, openSearchPanel } from "@codemirror/search";
export { syntaxHighlighting, HighlightStyle, syntaxTree } from "@codemirror/language";
export { markdownLanguage, markdownKeymap, insertNewlineContinueMarkup, deleteMarkupBackward } from "@codemirror/lang-markdown";
export { linter, lintGutter, setDiagnostics, lintKeymap, openLintPanel, forceLinting, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
export { MergeView, unifiedMergeView, goToNextChunk, goToPreviousChunk } from "@codemirror/merge";
export { tags } from "@lezer/highlight";

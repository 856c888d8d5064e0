/* What the buttons and keys of the editor do to its text: each takes the view, changes it in one step, and gives true. */

import { gettext } from "../words.js";

const ALERTS = [
  ["NOTE", gettext("Note")],
  ["TIP", gettext("Tip")],
  ["IMPORTANT", gettext("Important")],
  ["WARNING", gettext("Warning")],
  ["CAUTION", gettext("Caution")],
  ["STAFF", gettext("Staff")],
];

/* How many lines the front matter takes, with the marks above and below it; 0 for a text without. */
const LONGEST_HEAD = 200;
export const headLines = (doc) => {
  if (doc.line(1).text.trim() !== "---") return 0;
  for (let number = 2; number <= Math.min(doc.lines, LONGEST_HEAD); number += 1) {
    if (/^(?:---|\.\.\.)\s*$/.test(doc.line(number).text)) return number;
  }
  return 0;
};

/* Where the text itself begins: what is put into it never lands in the front matter. */
export const bodyStart = (doc) => {
  const lines = headLines(doc);
  return lines ? Math.min(doc.line(lines).to + 1, doc.length) : 0;
};
const bodyPart = ({ doc, selection }) => {
  const start = bodyStart(doc);
  return selection.main.from < start ? { from: start, to: start } : selection.main;
};

const linesOf = (view) => {
  const { doc, selection } = view.state;
  const { from, to } = selection.main;
  const last = doc.lineAt(to);
  const end = to > from && last.from === to ? last.number - 1 : last.number;
  return Array.from({ length: end - doc.lineAt(from).number + 1 }, (_, place) => doc.line(doc.lineAt(from).number + place));
};

const apply = (view, changes, selection) => {
  view.dispatch({ changes, selection, scrollIntoView: true, userEvent: "input" });
  view.focus();
  return true;
};

/* Each line of the selection with its mark changed; where all have the wanted one already, it is taken away. */
const marked = (pattern, mark) => (view) => {
  const lines = linesOf(view);
  const given = lines.filter((line) => line.text.trim() || lines.length === 1);
  const isOn = given.every((line, place) => line.text.match(pattern)?.[0] === mark(line, place));
  const changes = given.map((line, place) => ({
    from: line.from,
    to: line.from + (line.text.match(pattern)?.[0].length ?? 0),
    insert: isOn ? "" : mark(line, place),
  }));
  return apply(view, changes);
};

const heading = (level) => marked(/^#{1,6}[ \t]+/, () => `${"#".repeat(level)} `);
const LIST = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;
const indent = (line) => line.text.match(/^[ \t]*/)[0];
const bullets = marked(LIST, (line) => `${indent(line)}- `);
const steps = marked(LIST, (line, place) => `${indent(line)}${place + 1}. `);
const quote = marked(/^>[ \t]?/, () => "> ");

/* The selection between two marks, or without them where it stands between them. */
const wrapped = (mark, sample) => (view) => {
  const { from, to } = view.state.selection.main;
  const { doc } = view.state;
  const size = mark.length;
  const isOn = doc.sliceString(from - size, from) === mark && doc.sliceString(to, to + size) === mark;
  if (isOn) {
    const changes = [{ from: from - size, to: from }, { from: to, to: to + size }];
    return apply(view, changes, { anchor: from - size, head: to - size });
  }
  const words = doc.sliceString(from, to) || sample;
  const selection = { anchor: from + size, head: from + size + words.length };
  return apply(view, { from, to, insert: `${mark}${words}${mark}` }, selection);
};

/* A block on lines of its own, with a blank line before and after it; `chosen` is what is selected of it then. */
const block = (view, text, chosen) => {
  const { doc } = view.state;
  const { from, to } = bodyPart(view.state);
  const before = doc.sliceString(Math.max(0, from - 2), from);
  const after = doc.sliceString(to, to + 2);
  const lead = from === 0 || before === "\n\n" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const trail = to === doc.length ? "\n" : after === "\n\n" ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const start = from + lead.length + Math.max(0, text.indexOf(chosen));
  return apply(view, { from, to, insert: lead + text + trail }, { anchor: start, head: start + chosen.length });
};

export const selected = (view) => {
  const { from, to } = view.state.selection.main;
  return view.state.doc.sliceString(from, to);
};

const code = (view) => {
  const words = selected(view);
  if (!words.includes("\n") && view.state.doc.lineAt(view.state.selection.main.from).text.trim()) {
    return wrapped("`", "code")(view);
  }
  return block(view, `\`\`\`\n${words || "code"}\n\`\`\``, words || "code");
};

const table = (view) => {
  const head = selected(view).trim() || gettext("Column");
  return block(view, `| ${head} | ${gettext("Column")} |\n| --- | --- |\n| ${gettext("Cell")} | ${gettext("Cell")} |`, head);
};

const alert = (kind) => (view) => {
  const words = selected(view).trim() || gettext("What readers must know.");
  const quoted = words.split("\n").map((line) => `> ${line}`).join("\n");
  return block(view, `> [!${kind}]\n${quoted}`, words.includes("\n") ? quoted : words);
};

/* Text at the cursor in place of what is selected. */
export const insert = (view, text) => {
  const { from, to } = view.state.selection.main;
  return apply(view, { from, to, insert: text }, { anchor: from + text.length });
};

const open = (name) => (view) => {
  view.dom.dispatchEvent(new CustomEvent(`studio:${name}`, { bubbles: true }));
  return true;
};

/* name, face, what it does, key (Mod is Ctrl, or Cmd on a Mac) */
export const commands = [
  { name: gettext("Heading 2"), face: "H2", run: heading(2), key: "Mod-Alt-2" },
  { name: gettext("Heading 3"), face: "H3", run: heading(3), key: "Mod-Alt-3" },
  { name: gettext("Bold"), face: "B", run: wrapped("**", gettext("bold")), key: "Mod-b" },
  { name: gettext("Italic"), tool: "Italic", face: "I", run: wrapped("_", gettext("italic")), key: "Mod-i" },
  { name: gettext("Bulleted list"), face: "•", run: bullets, key: "Mod-Shift-8" },
  { name: gettext("Numbered steps"), face: "1.", run: steps, key: "Mod-Shift-7" },
  { name: gettext("Quotation"), face: "❝", run: quote, key: "Mod-Shift-9" },
  { name: gettext("Code"), face: "</>", run: code, key: "Mod-e" },
  { name: gettext("Table"), face: gettext("Table"), run: table, key: "Mod-Alt-g" },
  { name: gettext("Alert"), face: "!", run: alert("NOTE"), key: "Mod-Alt-n", kinds: ALERTS.map(([kind, label]) => [kind, alert(kind), label]) },
  { name: gettext("Link to a guide, section or contact"), face: gettext("Link"), run: open("pick"), key: "Mod-k" },
  { name: gettext("Image"), face: gettext("Image"), run: open("image"), key: "Mod-Alt-x" },
];
export const insertInBody = (view, text) => {
  const { from, to } = bodyPart(view.state);
  return apply(view, { from, to, insert: text }, { anchor: from + text.length });
};

/* The whole text replaced by another one, but only where the two differ, so that the cursor and the history stay. */
export const replaceWhereOther = (view, text) => {
  const now = view.state.doc.toString();
  const shorter = Math.min(now.length, text.length);
  let start = 0;
  while (start < shorter && now[start] === text[start]) start += 1;
  let end = 0;
  while (end < shorter - start && now[now.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  view.dispatch({ changes: { from: start, to: now.length - end, insert: text.slice(start, text.length - end) } });
};

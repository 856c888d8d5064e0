/* The editor: the form that works without scripts becomes one that shows the text in colours, with all beside it live. */

import CodeMirror, { EditorView } from "./codemirror.js";
import { replaceWhereOther } from "./commands.js";
import { makeComparison } from "./comparing.js";
import { bindDetails } from "./details.js";
import { makeImageUpload } from "./image-upload.js";
import { bindLabels, insertAll } from "./labels.js";
import { makePicker } from "./link-picker.js";
import { makeNotice } from "./notices.js";
import { followText, jump, linkPlaces, makeChecker, treeDrawer } from "./preview.js";
import { post } from "./requests.js";
import { makeSaver } from "./saving.js";
import { makeTabs } from "./tabs.js";
import { diagnosed, makeTextEditor } from "./text-editor.js";
import { fillToolbar } from "./toolbar.js";
import { filled, gettext, locale } from "../words.js";

const byId = (id) => document.getElementById(id);

const start = (form) => {
  const textarea = byId("page_text");
  const here = form.getAttribute("action"); /* a form that could not be kept is shown at the address of its button */
  const surface = byId("page_surface");
  let view = null;
  const read = () => (view ? view.state.doc.toString() : textarea.defaultValue);

  /* Sentences above the text that ask for a decision. */
  const offers = byId("page_offers");
  const offer = (name, words, ways = []) => {
    offers.querySelector(`[data-offer="${name}"]`)?.remove();
    if (words) offers.append(makeNotice(name, words, ways));
  };

  /* How the text stands: all of it is shown, but only what changes for better or worse is read out. */
  let wasWrong = false;
  const show = (words, isWrong, isSaved = false) => {
    const state = byId("page_state");
    state.textContent = words;
    state.classList.toggle("editor__state--wrong", isWrong);
    if (isWrong || wasWrong) byId("page_told").textContent = words;
    if (isSaved) wasWrong = false;
    else if (isWrong) wasWrong = true;
  };

  const saver = makeSaver({
    form,
    read,
    pending: () => details.pending(),
    show,
    onSaved: () => checker.again(),
    onConflict: (told) => offerBoth(told),
  });
  const images = makeImageUpload({
    form,
    view: () => view,
    kinds: byId("page_image").accept.split(","),
    tell: (words, name = "files") => offer(name, words),
  });
  view = makeTextEditor({
    text: textarea.defaultValue,
    parent: surface,
    label: byId("page_text-label").textContent,
    handlers: images.handlers,
    save: () => saver.save(),
    onTyped: () => {
      offer("label");
      saver.changed();
      checker.soon();
    },
  });

  let sections = [];
  const checker = makeChecker({
    form,
    view,
    onChecked: (told, text) => {
      byId("page_preview").innerHTML = told.preview;
      byId("page_said").innerHTML = told.said;
      linkPlaces(byId("page_said"), view, () => choose("Text"));
      bindLabels(byId("page_said"), view, text, putLabel);
      byId("page_heading").textContent = told.title || byId("page_heading").textContent;
      count(told.findings);
      follow(told.sections);
      sections = told.sections;
      if (view.state.doc.toString() !== text) return;
      const findings = told.findings.map((finding) => diagnosed(view.state.doc, finding));
      view.dispatch(CodeMirror.setDiagnostics(view.state, findings));
      details.update(told.fields);
      drawTree();
    },
  });
  /* A label that was suggested, put into the text that it was suggested for; a text that has changed is read anew. */
  const putLabel = (changes, text) => {
    if (view.state.doc.toString() !== text) return checker.now();
    choose("Text");
    insertAll(view, changes);
    offer("label", gettext("The label is in the text."), [[gettext("Take it out again"), () => (CodeMirror.undo(view), view.focus())]]);
    offers.scrollIntoView({ block: "nearest" });
  };
  const count = (findings) => {
    const tab = tabs.get("Findings");
    tab.textContent = gettext("Findings") + (findings.length ? ` (${findings.length})` : "");
    tab.classList.toggle("editor__tab--wrong", findings.some(({ severity }) => severity === "error"));
  };

  const follow = followText(view, byId("page_preview"));
  const details = bindDetails({ form, view, tell: (words) => offer("details", words), onTyped: saver.changed });
  const drawTree = treeDrawer({ form, view, panel: byId("page_tree") });
  const pick = makePicker({ form, view, sections: () => sections });
  surface.addEventListener("studio:pick", pick);
  surface.addEventListener("studio:image", () => images.open());

  const list = document.querySelector(".editor__tabs");
  const { tabs, choose, arrange } = makeTabs(list, Array.from(document.querySelectorAll("[data-panel]")), () => {
    drawTree();
    view.requestMeasure();
  });
  const toolbar = document.querySelector(".toolbar");
  fillToolbar(toolbar, view);

  const compare = makeComparison();
  const offerBoth = (told) => {
    const explained = gettext("Struck out is what was saved elsewhere, underlined is what this page has.");
    offer("conflict", gettext("This draft was changed in another tab or browser. Nothing is lost: what you type here is kept beside it."), [
      [gettext("Show both"), () => compare(explained, told.other, read())],
      [gettext("Go on with this text"), async (box) => {
        if (!(await saver.save())) return;
        const into = form.elements.namedItem("into").value;
        if (into) {
          const number = document.createElement("input");
          Object.assign(number, { type: "hidden", name: "number", value: into });
          form.append(number);
          form.setAttribute("action", `${here}take-up/`);
          form.submit();
        } else box.remove();
      }],
      [gettext("Go on with the other text"), async () => (await saver.save()) && location.assign(here)],
    ]);
  };

  /* An unsaved text with the details in it that were typed beside it; without them when that fails. */
  const whole = async ({ text, fields = {}, ...entry }) => {
    if (!Object.keys(fields).length) return { ...entry, text };
    try {
      const answer = await post(form.dataset.details, form, { text, ...fields });
      if (answer.ok) return { ...entry, text: (await answer.json()).text };
    } catch {
      /* no connection */
    }
    const said = Object.entries(fields).filter(([name]) => !name.startsWith("was_")).map(([name, value]) => `${name}: ${value}`);
    return { ...entry, text, left: ` ${filled(gettext("Not in it are these details: {details}."), { details: said.join("; ") })}` };
  };

  const offerUnsaved = async () => {
    const same = (text) => text === read();
    const others = await Promise.all(saver.unsaved.others().map(whole));
    others.filter((entry) => same(entry.text) && !entry.left).forEach((entry) => saver.unsaved.drop(entry.key));
    others.filter((entry) => !same(entry.text) || entry.left).forEach((entry, place) => {
      const explained = gettext("Struck out is what the server has, underlined is what this browser kept.");
      const at = new Date(entry.at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
      offer(`kept-${place}`, filled(gettext("A text that was not saved was found in this browser ({at})."), { at }) + (entry.left ?? ""), [
        [gettext("Show the difference"), () => compare(explained, read(), entry.text)],
        [gettext("Take it"), (box) => {
          replaceWhereOther(view, entry.text);
          saver.unsaved.drop(entry.key);
          box.remove();
          view.focus();
        }],
        [gettext("Drop it"), (box) => {
          saver.unsaved.drop(entry.key);
          box.remove();
        }],
      ]);
    });
  };

  /* The form's own buttons save first, with what the page knows of the draft. */
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.hasAttribute("formaction")) return;
    event.preventDefault();
    const isWhole = await details.send();
    if (!(await saver.save()) || !isWhole) return;
    if (button?.value !== "propose") return;
    const into = form.elements.namedItem("into").value;
    location.assign(`${form.dataset.propose}${into ? `?draft=${into}` : ""}`);
  });
  form.addEventListener("keydown", (event) => {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && !event.altKey;
    if (isSave && !surface.contains(event.target)) {
      event.preventDefault();
      saver.save();
    }
    if (event.key === "Enter" && event.target.matches("input") && !event.target.closest("dialog")) event.preventDefault();
  });
  document.querySelector(".editor__side").addEventListener("click", (event) => {
    const address = event.target.closest("a[href]")?.getAttribute("href");
    if (!address || address.startsWith("#")) return;
    event.preventDefault();
    open(address, "_blank", "noopener");
  });

  const help = document.querySelector(".editor__help");
  help.id = "page_editor-help";
  document.querySelectorAll(".editor__plain").forEach((element) => (element.hidden = true));
  [textarea, byId("page_text-label")].forEach((element) => (element.hidden = true));
  textarea.disabled = true; /* the text is sent by what saves it, with its counter */
  [list, toolbar, surface, help].forEach((element) => (element.hidden = false));
  form.classList.add("editor--live");
  linkPlaces(form, view, () => choose("Text"));
  arrange();
  offerUnsaved();
  checker.now();
  if (location.hash === "#page_preview") choose("Preview");
  const line = location.hash.match(/^#line-(\d+)$/);
  if (line) jump(view, Number(line[1]));
};

const form = byId("page_editor");
if (form && EditorView) start(form);

/* The editor: the form that works without scripts becomes one that shows the text in colours, with all beside it live. */
"use strict";

(() => {
  const form = document.getElementById("page_editor");
  if (!form || !window.CodeMirror) return;
  const { Studio } = window;
  const nonce = document.currentScript.nonce;
  const byId = (id) => document.getElementById(id);
  const textarea = byId("page_text");
  const here = form.getAttribute("action"); /* a form that could not be kept is shown at the address of its button */
  const surface = byId("page_surface");
  const WIDE = matchMedia("(min-width: 64rem)");
  const { EditorView, EditorState, keymap, tags } = CodeMirror;

  const colours = CodeMirror.HighlightStyle.define([
    { tag: tags.heading, color: "var(--accent)", fontWeight: "650" },
    { tag: tags.strong, fontWeight: "650" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: [tags.link, tags.url], color: "var(--code-name)" },
    { tag: tags.monospace, color: "var(--code-string)" },
    { tag: [tags.quote, tags.comment], color: "var(--code-comment)" },
    { tag: [tags.processingInstruction, tags.contentSeparator], color: "var(--code-keyword)" },
  ]);

  /* The front matter is no heading, though the line under it makes one of it to Markdown. */
  const plainHead = EditorView.decorations.compute(["doc"], ({ doc }) => {
    const lines = Array.from({ length: Studio.headLines(doc) }, (_, place) => doc.line(place + 1).from);
    return CodeMirror.Decoration.set(lines.map((from) => CodeMirror.Decoration.line({ class: "cm-head" }).range(from)));
  });

  const keys = [
    ...Studio.commands.map(({ key, run }) => ({ key, run, preventDefault: true })),
    { key: "Mod-s", run: () => (keeper.save(), true), preventDefault: true },
    ...CodeMirror.markdownKeymap,
    ...CodeMirror.lintKeymap,
    ...CodeMirror.searchKeymap,
    ...CodeMirror.historyKeymap,
    ...CodeMirror.defaultKeymap,
  ];

  /* Two functions need the view before there is one: what is pasted or dropped, and what is said of each change. */
  let view = null;
  const kinds = byId("page_image").accept.split(",");
  const extensions = (handlers) => [
    EditorView.cspNonce.of(nonce),
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
    CodeMirror.syntaxHighlighting(colours),
    plainHead,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      "aria-label": byId("page_text-label").textContent,
      "aria-describedby": "page_editor-help",
      spellcheck: "true",
      autocorrect: "on",
      autocapitalize: "sentences",
    }),
    keymap.of(keys),
    handlers,
    EditorView.updateListener.of((update) => update.docChanged && view && typed()),
  ];

  /* How the text stands: all of it is shown, but only what changes for better or worse is read out. */
  let wasWrong = false;
  const show = (words, isWrong) => {
    const state = byId("page_state");
    state.textContent = words;
    state.classList.toggle("editor__state--wrong", isWrong);
    if (isWrong || wasWrong) byId("page_told").textContent = words;
    if (/^Saved/.test(words)) wasWrong = false;
    else if (isWrong) wasWrong = true;
  };

  const read = () => (view ? view.state.doc.toString() : textarea.defaultValue);
  const keeper = Studio.keeper({
    form,
    read,
    pending: () => details.pending(),
    show,
    onSaved: () => checker.again(),
    onConflict: (told) => offerBoth(told),
  });

  let found = [];
  const imaging = Studio.images({ form, view: () => view, kinds, tell: (words, name = "files") => offer(name, words) });
  view = new EditorView({
    state: EditorState.create({ doc: textarea.defaultValue, extensions: extensions(imaging.handlers) }),
    parent: surface,
  });
  view.dispatch({ selection: { anchor: Studio.bodyStart(view.state.doc) } });

  const checker = Studio.checker({
    form,
    view,
    onChecked: (told, text) => {
      byId("page_preview").innerHTML = told.preview;
      byId("page_said").innerHTML = told.said;
      Studio.placesIn(byId("page_said"), view, () => choose("Text"));
      byId("page_heading").textContent = told.title || byId("page_heading").textContent;
      count(told.findings);
      follow(told.sections);
      found = told.sections;
      if (view.state.doc.toString() !== text) return;
      view.dispatch(CodeMirror.setDiagnostics(view.state, told.findings.map(diagnosed)));
      details.update(told.fields);
      drawTree();
    },
  });
  const diagnosed = ({ line, message, severity }) => {
    const { from, to } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    return { from, to, message, severity };
  };
  const count = (findings) => {
    const tab = tabs.get("Findings");
    tab.textContent = findings.length ? `Findings (${findings.length})` : "Findings";
    tab.classList.toggle("editor__tab--wrong", findings.some((one) => one.severity === "error"));
  };
  const typed = () => {
    keeper.changed();
    checker.soon();
  };

  const follow = Studio.follow(view, byId("page_preview"));
  const details = Studio.details({ form, view, tell: (words) => offer("details", words), onTyped: keeper.changed });
  const drawTree = Studio.tree({ form, view, panel: byId("page_tree") });
  const pick = Studio.picker({ form, view: proxied(() => view), sections: () => found });
  surface.addEventListener("studio:pick", pick);
  surface.addEventListener("studio:image", () => imaging.open());

  function proxied(get) {
    return new Proxy({}, { get: (_, name) => (typeof get()[name] === "function" ? get()[name].bind(get()) : get()[name]) });
  }

  /* Tabs: one part at a time on a phone; on a desk the text stays, and one part beside it. */
  const tabs = new Map();
  const panels = Array.from(document.querySelectorAll("[data-panel]"));
  let chosen = WIDE.matches ? "Preview" : "Text";
  const arrange = () => {
    if (WIDE.matches && chosen === "Text") chosen = "Preview";
    panels.forEach((panel) => (panel.hidden = panel.dataset.panel !== chosen && !(WIDE.matches && panel.dataset.panel === "Text")));
    tabs.forEach((tab, name) => {
      tab.hidden = WIDE.matches && name === "Text";
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
    });
    drawTree();
    view.requestMeasure();
  };
  const choose = (name) => {
    if (name === "Text" && WIDE.matches) return;
    chosen = name;
    arrange();
  };
  const list = document.querySelector(".editor__tabs");
  panels.forEach((panel) => {
    const name = panel.dataset.panel;
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", className: "editor__tab", textContent: name, id: `page_tab-${name}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(name));
    panel.setAttribute("role", "tabpanel");
    tabs.set(name, tab);
    list.append(tab);
  });
  Studio.alongArrows(list, "[role=tab]", (tab) => tab.click());
  WIDE.addEventListener("change", arrange);

  const toolbar = document.querySelector(".toolbar");
  Studio.toolbar(toolbar, view);

  /* Sentences above the text that ask for a decision; none of them takes the focus. */
  const offers = byId("page_offers");
  function offer(name, words, ways = []) {
    offers.querySelector(`[data-offer="${name}"]`)?.remove();
    if (!words) return null;
    const box = document.createElement("div");
    box.className = "studio-notice studio-notice--warn";
    box.dataset.offer = name;
    box.setAttribute("role", "alert");
    const said = document.createElement("p");
    said.textContent = words;
    box.append(said);
    ways.forEach(([label, act]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button button--quiet button--small", textContent: label });
      button.addEventListener("click", () => act(box));
      box.append(button);
    });
    offers.append(box);
    return box;
  }

  const comparing = Studio.dialog("The two texts", `<p class="editor__lead"></p><div class="studio-dialog__compared"></div>`);
  const compare = (explained, other, mine) => {
    comparing.querySelector(".editor__lead").textContent = explained;
    const place = comparing.querySelector(".studio-dialog__compared");
    place.replaceChildren();
    const state = EditorState.create({
      doc: mine,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.readOnly.of(true),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "The two texts", tabindex: "0" }),
        CodeMirror.unifiedMergeView({ original: other, mergeControls: false, gutter: true, collapseUnchanged: {} }),
      ],
    });
    new EditorView({ state, parent: place });
    comparing.showModal();
  };

  function offerBoth(told) {
    const explained = "Struck out is what was saved elsewhere, underlined is what this page has.";
    offer("conflict", "This draft was changed in another tab or browser. Nothing is lost: what you type here is kept beside it.", [
      ["Show both", () => compare(explained, told.other, read())],
      ["Go on with this text", async (box) => {
        if (!(await keeper.save())) return;
        const into = form.elements.namedItem("into").value;
        if (into) {
          const number = document.createElement("input");
          Object.assign(number, { type: "hidden", name: "number", value: into });
          form.append(number);
          form.setAttribute("action", `${here}take-up/`);
          form.submit();
        } else box.remove();
      }],
      ["Go on with the other text", async () => (await keeper.save()) && location.assign(here)],
    ]);
  }

  /* The text of an entry of the shelf, with the details in it that were typed beside it; without them when that fails. */
  const whole = async ({ text, fields = {}, ...entry }) => {
    if (!Object.keys(fields).length) return { ...entry, text };
    try {
      const answer = await Studio.post(form.dataset.details, form, { text, ...fields });
      if (answer.ok) return { ...entry, text: (await answer.json()).text };
    } catch {
      /* no connection */
    }
    const said = Object.entries(fields).filter(([name]) => !name.startsWith("was_")).map(([name, value]) => `${name}: ${value}`);
    return { ...entry, text, left: ` Not in it are these details: ${said.join("; ")}.` };
  };

  const offerKept = async () => {
    const same = (text) => text === read();
    const others = await Promise.all(keeper.shelf.others().map(whole));
    others.filter((one) => same(one.text) && !one.left).forEach((one) => keeper.shelf.drop(one.key));
    others.filter((one) => !same(one.text) || one.left).forEach((one, place) => {
      const explained = "Struck out is what the server has, underlined is what this browser kept.";
      const at = new Date(one.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
      offer(`kept-${place}`, `A text that was not saved was found in this browser (${at}).${one.left ?? ""}`, [
        ["Show the difference", () => compare(explained, read(), one.text)],
        ["Take it", (box) => {
          Studio.replaceWhereOther(view, one.text);
          keeper.shelf.drop(one.key);
          box.remove();
          view.focus();
        }],
        ["Drop it", (box) => {
          keeper.shelf.drop(one.key);
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
    if (!(await keeper.save()) || !isWhole) return;
    if (button?.value !== "propose") return;
    const into = form.elements.namedItem("into").value;
    location.assign(`${form.dataset.propose}${into ? `?draft=${into}` : ""}`);
  });
  form.addEventListener("keydown", (event) => {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && !event.altKey;
    if (isSave && !surface.contains(event.target)) {
      event.preventDefault();
      keeper.save();
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
  document.querySelectorAll(".editor__plain").forEach((one) => (one.hidden = true));
  [textarea, byId("page_text-label")].forEach((one) => (one.hidden = true));
  textarea.disabled = true; /* the text is sent by what keeps it, with its counter */
  [list, toolbar, surface, help].forEach((one) => (one.hidden = false));
  form.classList.add("editor--live");
  Studio.placesIn(form, view, () => choose("Text"));
  arrange();
  offerKept();
  checker.now();
  if (location.hash === "#page_preview") choose("Preview");
  const line = location.hash.match(/^#line-(\d+)$/);
  if (line) Studio.jump(view, Number(line[1]));
})();

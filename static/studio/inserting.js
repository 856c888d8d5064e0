/* What is looked for before it is put into the text: something to link to, or an image with its description. */
"use strict";

(() => {
  const Studio = (window.Studio = window.Studio || {});
  const LARGEST_IMAGE = 5_000_000;
  const PAUSE = 200;
  const make = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };
  const escaped = (words) => words.replace(/[\\[\]`*_<]/g, "\\$&");

  let dialogs = 0;
  const dialog = (title, content) => {
    const id = `page_dialog-${(dialogs += 1)}`;
    const box = make(`<dialog class="studio-dialog" aria-labelledby="${id}">
      <form method="dialog" class="studio-dialog__head"><h2 id="${id}"></h2><button class="link-button">Close</button></form>
      ${content}</dialog>`);
    box.querySelector("h2").textContent = title;
    document.body.append(box);
    return box;
  };
  Studio.dialog = dialog;

  /* The picker: a search whose results are chosen with the arrow keys, as in the search box of the site. */
  Studio.picker = ({ form, view, sections }) => {
    const box = dialog(
      "Link to a guide, a section or a contact",
      `<input type="text" class="studio-dialog__search" role="combobox" aria-expanded="false" aria-controls="page_picks" aria-autocomplete="list" aria-label="What to link to" autocomplete="off">
       <div id="page_picks" role="listbox" aria-label="What fits" class="studio-dialog__list"></div>
       <p class="visually-hidden" role="status"></p>`,
    );
    const input = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    const status = box.querySelector("[role=status]");
    const options = () => Array.from(list.querySelectorAll("[role=option]"));
    let active = null;
    let timer = null;
    let asked = 0;

    const choose = (option) => {
      active?.setAttribute("aria-selected", "false");
      active = option ?? null;
      if (!active) return input.removeAttribute("aria-activedescendant");
      active.setAttribute("aria-selected", "true");
      active.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", active.id);
    };

    const own = (words) =>
      sections()
        .filter((section) => section.anchor && section.title.toLowerCase().includes(words.toLowerCase()))
        .slice(0, words ? 5 : 12)
        .map((section) => {
          const item = make(`<li><button type="button" class="picks__item" role="option" aria-selected="false"><span class="picks__kind">Here</span><span class="picks__title"></span></button></li>`);
          const button = item.firstElementChild;
          button.querySelector(".picks__title").textContent = section.title;
          button.dataset.target = `#${encodeURIComponent(section.anchor)}`;
          button.dataset.title = section.title;
          return item;
        });

    const show = (found, words) => {
      list.innerHTML = found;
      const mine = own(words);
      if (mine.length) {
        const first = make(`<ul class="picks" role="presentation"></ul>`);
        first.append(...mine);
        list.prepend(first);
      }
      list.querySelectorAll("ul, li").forEach((element) => element.setAttribute("role", "presentation"));
      options().forEach((option, place) => {
        option.id = `page_pick-${place}`;
        option.tabIndex = -1;
      });
      input.setAttribute("aria-expanded", String(options().length > 0));
      status.textContent = words ? `${options().length} found` : "";
      choose(words ? options()[0] : null);
    };

    const look = async () => {
      const words = input.value.trim();
      const turn = (asked += 1);
      if (!words) return show("", "");
      const query = new URLSearchParams({ guide: form.dataset.guide, q: words, fragment: "1" });
      try {
        const answer = await fetch(`${form.dataset.pick}?${query}`, { headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.text() : `<p class="editor__nothing">You are signed out: sign in again in another tab.</p>`;
        if (turn === asked) show(found, words);
      } catch {
        if (turn === asked) show(`<p class="editor__nothing">There is no connection.</p>`, words);
      }
    };

    const take = (option) => {
      const words = Studio.selected(view) || option.dataset.title;
      box.close();
      Studio.insert(view, `[${Studio.selected(view) ? words : escaped(words)}](${option.dataset.target})`);
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const all = options();
      const at = all.indexOf(active);
      if (event.key === "ArrowDown") choose(all[Math.min(at + 1, all.length - 1)]);
      else if (event.key === "ArrowUp") choose(all[Math.max(at - 1, 0)]);
      else if (event.key === "Enter" && active) take(active);
      else return;
      event.preventDefault();
    });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    box.addEventListener("close", () => view.focus());

    return () => {
      input.value = Studio.selected(view).split("\n")[0].slice(0, 100);
      box.showModal();
      input.select();
      look();
    };
  };

  /* An image is shown, described, sent with its progress, and only then put into the text; several, one after the
     other. `tell` says beside the text what could not be taken. */
  Studio.images = ({ form, view, kinds, tell }) => {
    const box = dialog(
      "Add an image",
      `<form class="studio-dialog__form">
         <p class="studio-dialog__queue" role="status"></p>
         <div class="field"><label for="page_new-image">Image (PNG, JPEG, WebP or GIF, at most 5 MB)</label><input type="file" id="page_new-image"></div>
         <img class="studio-dialog__shown" alt="" hidden>
         <div class="field"><label for="page_new-alt">What it shows</label><input id="page_new-alt" maxlength="300" autocomplete="off" aria-describedby="page_new-alt-hint"><p class="field__hint" id="page_new-alt-hint">For those who can't see it, and in place of it when it can't be loaded.</p></div>
         <p class="field__error" role="alert"></p>
         <progress max="100" value="0" hidden aria-label="Upload"></progress>
         <p class="studio-dialog__ways"><button class="button">Add it</button> <button type="button" class="button button--quiet" hidden>Leave it out</button></p>
       </form>`,
    );
    const inner = box.querySelector(".studio-dialog__form");
    const [input, alt] = inner.querySelectorAll("input");
    const shown = box.querySelector("img");
    const said = box.querySelector("[role=alert]");
    const progress = box.querySelector("progress");
    const queued = box.querySelector(".studio-dialog__queue");
    const leaveOut = box.querySelector("[type=button]");
    const waiting = []; /* images that came together with the one that is shown */
    let file = null;
    let request = null;
    let isAgain = false;
    input.accept = kinds.join(",");

    const take = (given) => {
      file = given ?? null;
      said.textContent = "";
      shown.hidden = true;
      if (!file) return;
      if (file.size > LARGEST_IMAGE) said.textContent = "This image is over 5 MB: make it smaller and add it again.";
      else if (!kinds.includes(file.type)) said.textContent = "This file is not an image that can be shown: save it as PNG, JPEG, WebP or GIF.";
      if (said.textContent) return void (file = null);
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        shown.src = reader.result;
        shown.hidden = false;
      });
      reader.readAsDataURL(file);
    };

    const finish = async () => {
      progress.hidden = true;
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch {
        /* no answer of ours: told below */
      }
      if (request.status === 200 && told.markdown) {
        Studio.insertInBody(view(), waiting.length ? `${told.markdown}\n\n` : told.markdown);
        return waiting.length ? next() : box.close();
      }
      if (request.status === 403 && !told.message && !isAgain && (await renewed())) return send(true);
      said.textContent = told.message ?? (request.status === 403 ? "You are signed out: sign in again in another tab, then add it again." : "The image could not be sent. Try again.");
    };

    /* The session that gave the token may have ended, and another one begun in another tab. */
    const renewed = () => Studio.session(form).then(({ isSame }) => isSame, () => false);

    const send = (again = false) => {
      isAgain = again;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
      body.append("alt", alt.value);
      body.append("image", file, file.name || "image");
      request = new XMLHttpRequest();
      request.open("POST", form.dataset.images);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => (progress.value = (100 * event.loaded) / event.total));
      request.addEventListener("loadend", finish);
      progress.value = 0;
      progress.hidden = false;
      request.send(body);
    };

    const next = () => {
      inner.reset();
      take(waiting.shift());
      count();
      alt.focus();
    };
    const count = () => {
      const more = waiting.length;
      leaveOut.hidden = !more;
      queued.textContent = more ? `${more} more ${more === 1 ? "image waits" : "images wait"}: each is described and added in turn.` : "";
    };

    leaveOut.addEventListener("click", () => progress.hidden && next());
    input.multiple = true;
    input.addEventListener("change", () => {
      const [first, ...others] = input.files;
      take(first);
      waiting.push(...others);
      count();
    });
    inner.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!progress.hidden) return;
      if (!file) said.textContent = said.textContent || "Choose an image to add.";
      else if (!alt.value.trim()) {
        said.textContent = "Say in a few words what the image shows.";
        alt.focus();
      } else {
        said.textContent = "";
        send();
      }
    });
    box.addEventListener("close", () => {
      const left = waiting.splice(0).length;
      if (left) tell(`${left + (file ? 1 : 0)} images were not added, because their window was closed: add them again to have them.`, "images-left");
      view().focus();
    });

    const open = (given, others = []) => {
      inner.reset();
      take(given);
      waiting.splice(0, waiting.length, ...others);
      count();
      box.showModal();
      (given ? alt : input).focus();
      return true;
    };

    /* What was dropped or pasted: images are asked about one after the other, of the rest it is said why not. */
    const NAMED = 3;
    const receive = (files) => {
      const found = files.filter((one) => one.type.startsWith("image/"));
      const rest = files.filter((one) => !found.includes(one));
      const names = rest.slice(0, NAMED).map((one) => `“${one.name}”`).join(", ") + (rest.length > NAMED ? ` and ${rest.length - NAMED} more` : "");
      const isOne = rest.length === 1;
      tell(rest.length ? `${names} ${isOne ? "is no image" : "are no images"}, and ${isOne ? "was" : "were"} not put into the text. Copy the words that you need, or save ${isOne ? "it" : "them"} as PNG, JPEG, WebP or GIF.` : "");
      if (!found.length) return;
      if (!box.open) return void open(found[0], found.slice(1));
      if (file) waiting.push(...found);
      else {
        take(found[0]);
        waiting.push(...found.slice(1));
      }
      count();
    };
    /* What is dropped beside the text comes into it as well: the browser would leave the page for it. */
    const isFileField = (event) => event.target.matches?.("input[type=file]");
    addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files") && !isFileField(event)) event.preventDefault();
    });
    addEventListener("drop", (event) => {
      if (event.defaultPrevented || !event.dataTransfer?.files.length || isFileField(event)) return;
      event.preventDefault();
      if (box.open || !document.querySelector("dialog[open]")) receive(filesIn(event.dataTransfer));
    });
    /* A folder comes as a file without a kind; a picture dragged within a page comes with its address as well. */
    const filesIn = (data) => Array.from(data?.files ?? []);
    return {
      open,
      handlers: CodeMirror.EditorView.domEventHandlers({
        paste: (event) => {
          const files = event.clipboardData?.getData("text/plain") ? [] : filesIn(event.clipboardData);
          if (!files.length) return false;
          event.preventDefault();
          receive(files);
          return true;
        },
        drop: (event) => {
          const files = filesIn(event.dataTransfer);
          if (!files.length) return false;
          event.preventDefault();
          const at = view().posAtCoords({ x: event.clientX, y: event.clientY });
          const holdsImage = files.some((one) => one.type.startsWith("image/"));
          if (at !== null && holdsImage) view().dispatch({ selection: { anchor: at } });
          receive(files);
          return true;
        },
      }),
    };
  };
})();

/* Takes images and files that are chosen, pasted or dropped: each is described before it is put into the text. */

import { EditorView } from "./codemirror.js";
import { insertInBody } from "./commands.js";
import { makeDialog } from "./dialogs.js";
import { session } from "./requests.js";
import { filled, gettext, ngettext } from "../words.js";

const LARGEST_IMAGE = 5_000_000;
const LARGEST_FILE = 20_000_000;

/* An image is shown, described, sent with its progress, and only then put into the text; several, one after the
   other. `tell` says beside the text what could not be taken. */
export const makeImageUpload = ({ form, view, kinds, tell }) => {
  const box = makeDialog(
    gettext("Add an image or a file"),
    `<form class="studio-dialog__form">
       <p class="studio-dialog__queue" role="status"></p>
       <div class="field"><label for="page_new-image">${gettext("Image (PNG, JPEG, WebP or GIF, at most 5 MB) or file to download (at most 20 MB)")}</label><input type="file" id="page_new-image"></div>
       <img class="studio-dialog__shown" alt="" hidden>
       <div class="field"><label for="page_new-alt">${gettext("What it shows")}</label><input id="page_new-alt" maxlength="300" autocomplete="off" aria-describedby="page_new-alt-hint"><p class="field__hint" id="page_new-alt-hint">${gettext("For those who can't see it, and in place of it when it can't be loaded.")}</p></div>
       <p class="field__error" role="alert"></p>
       <progress max="100" value="0" hidden aria-label="${gettext("Upload")}"></progress>
       <p class="studio-dialog__ways"><button class="button">${gettext("Add it")}</button> <button type="button" class="button button--quiet" hidden>${gettext("Leave it out")}</button></p>
     </form>`,
  );
  const inner = box.querySelector(".studio-dialog__form");
  const [input, alt] = inner.querySelectorAll("input");
  const shown = box.querySelector("img");
  const said = box.querySelector("[role=alert]");
  const progress = box.querySelector("progress");
  const queued = box.querySelector(".studio-dialog__queue");
  const label = box.querySelector("label[for=page_new-alt]");
  const hint = box.querySelector(".field__hint");
  const imageHint = hint.textContent;
  const leaveOut = box.querySelector("[type=button]");
  const waiting = []; /* images that came together with the one that is shown */
  let file = null;
  let request = null;
  let isAgain = false;
  input.accept = kinds.join(",");

  const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();
  const isDownload = (one) => one.name.includes(".") && kinds.includes(ending(one.name));
  const isImage = (one) => one.type.startsWith("image/") && !isDownload(one);

  const take = (given) => {
    file = given ?? null;
    said.textContent = "";
    shown.hidden = true;
    const asLink = file !== null && isDownload(file);
    label.textContent = asLink ? gettext("Words of the link") : gettext("What it shows");
    hint.textContent = asLink ? gettext("Readers click on them to save the file; its kind and size are said behind them.") : imageHint;
    if (!file) return;
    if (asLink) {
      if (file.size > LARGEST_FILE) said.textContent = gettext("This file is over 20 MB: make it smaller, or link to where it lies.");
      else alt.value = alt.value || file.name;
      return said.textContent ? void (file = null) : undefined;
    }
    if (file.size > LARGEST_IMAGE) said.textContent = gettext("This image is over 5 MB: make it smaller and add it again.");
    else if (!kinds.includes(file.type)) said.textContent = gettext("This file is not an image that can be shown, and no PDF, text, log, CSV, ZIP or configuration: save it as one of these.");
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
      insertInBody(view(), waiting.length ? `${told.markdown}\n\n` : told.markdown);
      return waiting.length ? next() : box.close();
    }
    if (request.status === 403 && !told.message && !isAgain && (await renewed())) return send(true);
    said.textContent = told.message ?? (request.status === 403 ? gettext("You are signed out: sign in again in another tab, then add it again.") : gettext("It could not be sent. Try again."));
  };

  /* The session that gave the token may have ended, and another one begun in another tab. */
  const renewed = () => session(form).then(({ isSame }) => isSame, () => false);

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
    queued.textContent = more
      ? ngettext(
          "{number} more file waits: each is described and added in turn.",
          "{number} more files wait: each is described and added in turn.",
          more,
        )
      : "";
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
    if (!file) said.textContent = said.textContent || gettext("Choose an image or a file to add.");
    else if (!alt.value.trim()) {
      said.textContent = isDownload(file) ? gettext("Say in a few words what the file is.") : gettext("Say in a few words what the image shows.");
      alt.focus();
    } else {
      said.textContent = "";
      send();
    }
  });
  box.addEventListener("close", () => {
    const left = waiting.splice(0).length;
    const words = () =>
      ngettext(
        "{number} file was not added, because its window was closed: add it again to have it.",
        "{number} files were not added, because their window was closed: add them again to have them.",
        left + (file ? 1 : 0),
      );
    if (left) tell(words(), "images-left");
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

  /* What was dropped or pasted: images and files are asked about one after the other, of the rest it is said why not. */
  const NAMED = 3;
  const receive = (files) => {
    const found = files.filter((one) => isImage(one) || isDownload(one));
    const rest = files.filter((one) => !found.includes(one));
    const named = rest.slice(0, NAMED).map((one) => `“${one.name}”`).join(", ");
    const others = rest.length - NAMED;
    const names = others > 0 ? filled(gettext("{names} and {number} more"), { names: named, number: others }) : named;
    const words = ngettext(
      "{names} is no image and no file that readers may download, and was not put into the text. Copy the words that you need, or save it as PNG, JPEG, WebP, GIF, PDF or text.",
      "{names} are no images and no files that readers may download, and were not put into the text. Copy the words that you need, or save them as PNG, JPEG, WebP, GIF, PDF or text.",
      rest.length,
    );
    tell(rest.length ? filled(words, { names }) : "");
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
    handlers: EditorView.domEventHandlers({
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
        const isTaken = files.some((one) => isImage(one) || isDownload(one));
        if (at !== null && isTaken) view().dispatch({ selection: { anchor: at } });
        receive(files);
        return true;
      },
    }),
  };
};

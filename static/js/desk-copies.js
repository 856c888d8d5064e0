/* Puts a section, a step or a reply on the clipboard, in the form that was asked for. */

const forms = new Map();

const formsAt = async (address) => {
  const path = address.split("#")[0];
  if (!forms.has(path)) {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    forms.set(path, await answer.json());
  }
  return forms.get(path);
};

const blob = (text, type) => new Blob([text], { type });

/* Browsers let a page write only just after a press, so that what is fetched is promised at once. */
export const copyForm = (address, form) => {
  const found = formsAt(address);
  const text = (name, type) => found.then((texts) => blob(texts[name], type));
  const parts =
    form === "html"
      ? { "text/html": text("html", "text/html"), "text/plain": text("plain", "text/plain") }
      : { "text/plain": text(form, "text/plain") };
  return navigator.clipboard.write([new ClipboardItem(parts)]);
};

/* A text alone, or HTML with what stands for it where only plain text is taken. */
export const copyText = (text, plain = "") =>
  plain
    ? navigator.clipboard.write([
        new ClipboardItem({ "text/html": blob(text, "text/html"), "text/plain": blob(plain, "text/plain") }),
      ])
    : navigator.clipboard.writeText(text);

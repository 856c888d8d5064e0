/* Shows walks within a page of another site: a frame where this script stands, as tall as what it shows. */
"use strict";

(() => {
  const STARTS = ["category", "guide", "code", "symptom"];
  const LEAST = 160;
  const MOST = 20000;
  const USUAL = 480;
  const LONGEST = 200;

  const script = document.currentScript;
  if (!script) return;

  const within = (height) => Math.min(MOST, Math.max(LEAST, height));
  const least = within(Number(script.dataset.height) || USUAL);

  const address = new URL("../troubleshoot/", script.src);
  STARTS.forEach((name) => script.dataset[name] && address.searchParams.set(name, script.dataset[name]));
  address.searchParams.set("embed", "1");

  const frame = document.createElement("iframe");
  frame.title = script.dataset.title || "Troubleshooting";
  frame.allow = "clipboard-write";
  Object.assign(frame.style, { display: "block", width: "100%", height: `${least}px`, border: "0" });
  frame.src = address.href;

  let steps = 0;
  addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const { walk, height, title } = event.data ?? {};
    if (title && typeof title === "string" && !script.dataset.title) frame.title = title.slice(0, LONGEST);
    if (walk === "height" && Number.isFinite(height)) frame.style.height = `${Math.max(least, within(height))}px`;
    /* Whoever answers at the end of a long step finds the next one at its start; nothing scrolls at first. */
    if (walk === "step" && steps++ && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
  });

  if (document.head.contains(script)) {
    addEventListener("DOMContentLoaded", () => document.body.append(frame));
  } else {
    script.after(frame);
  }
})();

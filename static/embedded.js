/* A walk in a frame: tells the page around it how tall it is, and when a step begins. Neither is a secret. */
"use strict";

(() => {
  if (parent === window) return;
  const tell = (message) => parent.postMessage(message, "*");
  const tellHeight = () => tell({ walk: "height", height: Math.ceil(document.body.getBoundingClientRect().height) });
  new ResizeObserver(tellHeight).observe(document.body);
  tell({ walk: "step" });
  document.addEventListener("htmx:afterSettle", () => tell({ walk: "step" }));
})();

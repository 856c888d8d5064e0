/* A walk in a frame: tells the page around it how tall it is, and when a step begins. Neither is a secret. */

const tell = (message) => parent.postMessage(message, "*");
const tellHeight = () => tell({ walk: "height", height: Math.ceil(document.body.getBoundingClientRect().height) });

if (parent !== window) {
  new ResizeObserver(tellHeight).observe(document.body);
  tell({ walk: "step" });
  document.addEventListener("htmx:afterSettle", () => tell({ walk: "step" }));
}

/* A walk in a frame: tells the page around it how tall it is, when a step begins, and what it is called, which is what
   a screen reader calls the frame. None of it is a secret. */

const tell = (message) => parent.postMessage(message, "*");
const tellHeight = () => tell({ walk: "height", height: Math.ceil(document.body.getBoundingClientRect().height) });

if (parent !== window) {
  new ResizeObserver(tellHeight).observe(document.body);
  tell({ walk: "step", title: document.title });
  document.addEventListener("htmx:afterSettle", () => tell({ walk: "step" }));
}

/* Says that the first page of a walk is shown, which may have come before the browser kept a word for its visit. */

const walk = document.querySelector("[data-seen]");
if (walk && navigator.sendBeacon && location.search) {
  navigator.sendBeacon(walk.dataset.seen, new URLSearchParams({ walk: location.search.slice(1, 8000) }));
}

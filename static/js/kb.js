/* What JavaScript adds to pages that work without it. */

import { addCopyButtons, addTextCopies } from "./copying.js";
import { all } from "./dom.js";
import { flagByKeys } from "./flags.js";
import { addTicks, followReading } from "./guide.js";
import "./hours.js";
import { offerSwitch } from "./keys.js";
import { countReading } from "./reading.js";
import { countOpenings, focusSearchOnSlash, suggest } from "./search-box.js";

all("[data-search]").forEach(suggest);
focusSearchOnSlash();
offerSwitch();
countOpenings();
addCopyButtons();
addTextCopies();
document.addEventListener("htmx:load", addTextCopies);
document.addEventListener("htmx:historyRestore", addTextCopies);
/* What a failed answer says is shown, as without htmx: else a press on a link would do nothing. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isAnswered = detail.boosted || detail.target.closest(".asked");
  if (isAnswered && detail.xhr.status >= 400) detail.shouldSwap = true;
});
addTicks();
followReading();
countReading();
flagByKeys();

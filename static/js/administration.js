/* Says in Django's administration that its question marks are pictures: what has a text for the ear needs a role. */

import { all } from "./dom.js";

const nameSigns = () => {
  for (const sign of all("span.help-tooltip[aria-label]:not([role])")) sign.setAttribute("role", "img");
};

nameSigns();
new MutationObserver(nameSigns).observe(document.body, { childList: true, subtree: true });

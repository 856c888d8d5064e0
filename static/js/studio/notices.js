/* Notices that ask for a decision. */

/* A sentence with a button for each way to go on; it does not take the focus. Each way is told the notice. */
export const makeNotice = (name, words, ways = []) => {
  const box = document.createElement("div");
  box.className = "studio-notice studio-notice--warn";
  box.dataset.offer = name;
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("p"), { textContent: words }));
  ways.forEach(([label, act]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button button--quiet button--small", textContent: label });
    button.addEventListener("click", () => act(box));
    box.append(button);
  });
  return box;
};

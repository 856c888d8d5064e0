/* Requests of the editor, which outlive a session that ends while somebody writes. */

const LONGEST = 20_000;

/* Who is signed in now; where it is still the user of the form, the form gets the token that is good by now. */
export const session = async (form) => {
  const answer = await fetch(form.dataset.session, { headers: { Accept: "application/json" } });
  const found = await answer.json();
  const isSame = String(found.user) === form.dataset.user;
  if (isSame) form.elements.namedItem("csrfmiddlewaretoken").value = found.token;
  return { ...found, isSame };
};

/* A form that is sent once more with a new token, where the session that gave the old one has ended meanwhile. */
export const post = async (address, form, fields) => {
  const send = () => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    const signal = AbortSignal.timeout(LONGEST);
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal });
  };
  const answer = await send();
  if (answer.status !== 403 || answer.headers.get("Content-Type")?.includes("json")) return answer;
  return (await session(form)).isSame ? send() : answer;
};

// The moving part of a page, marked data-progress with the address it comes from, is fetched again until the whole page
// has something new to say. The server then answers with a redirect, as it does when the session is over.
const EVERY = 2_000;

export function followProgress() {
  for (const region of document.querySelectorAll("[data-progress]")) setInterval(() => follow(region), EVERY);
}

async function follow(region) {
  if (document.hidden || region.dataset.asking) return;
  region.dataset.asking = "true";
  try {
    const answer = await fetch(region.dataset.progress, { credentials: "same-origin", redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
    else if (answer.ok) show(region, await answer.text());
  } catch {
    // The portal does not answer for the moment. What is shown stays, and the next turn asks again.
  } finally {
    delete region.dataset.asking;
  }
}

function show(region, html) {
  fit(region, new DOMParser().parseFromString(html, "text/html").body);
}

/** Changes only what differs: a screen reader says a sentence again when its element is new, even with the same words. */
function fit(element, fresh) {
  const before = parts(element);
  const after = parts(fresh);
  for (const surplus of before.slice(after.length)) surplus.remove();
  after.forEach((part, position) => {
    const old = before[position];
    if (!old) element.append(part);
    else if (old.nodeName !== part.nodeName) old.replaceWith(part);
    else if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data.trim() !== part.data.trim()) old.data = part.data;
    } else {
      fitAttributes(old, part);
      fit(old, part);
    }
  });
}

function fitAttributes(old, part) {
  for (const name of old.getAttributeNames()) if (!part.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of part.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** Elements and words; the space between elements is laid out differently in a whole page. */
function parts(element) {
  return [...element.childNodes].filter(({ nodeType, data }) => nodeType === Node.ELEMENT_NODE || data.trim());
}

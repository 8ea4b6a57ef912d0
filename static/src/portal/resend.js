// A form with data-resend whose answers cannot be sent because the connection is lost: what was chosen stays on the page,
// the page says so, and the same button sends again. Sending twice is harmless: the first answer stands.
const PATIENCE = 20_000;

export function resendAnswers() {
  for (const form of document.querySelectorAll("form[data-resend]")) {
    const said = form.querySelector(".portal-resend");
    form.addEventListener("submit", (event) => {
      if (form.dataset.arrives) return;
      event.preventDefault();
      if (!form.dataset.sending) send(form, said, event.submitter);
    });
    window.addEventListener("pageshow", () => delete form.dataset.arrives);
  }
}

async function send(form, said, button) {
  form.dataset.sending = "true";
  button?.setAttribute("aria-disabled", "true");
  said.textContent = "";
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      redirect: "manual",
      signal: patience.signal,
    });
    form.dataset.sent = form.dataset.arrives = "true";
    if (answer.type === "opaqueredirect") location.assign(form.action);
    else form.requestSubmit(button ?? undefined); // an unanswered question: the browser shows the page that says so
  } catch {
    said.textContent = said.dataset.words;
    said.scrollIntoView({ block: "nearest" });
  } finally {
    clearTimeout(timer);
    delete form.dataset.sending;
    button?.removeAttribute("aria-disabled");
  }
}

/** The list of pages is folded on a phone, where it would stand in the way. */
export function foldOutlines() {
  const wide = window.matchMedia("(min-width: 48.0625em)");
  for (const outline of document.querySelectorAll("details[data-fold]")) {
    outline.open = wide.matches;
    wide.addEventListener("change", () => (outline.open = wide.matches));
  }
}

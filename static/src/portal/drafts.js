// What is typed in a form with data-draft, on itself or around it, is kept every ten seconds and when the page goes away.
// Leaving with something not yet kept or sent asks first, as it does for a form with data-guard, which keeps no draft.
const EVERY = 10_000;
const DRAFTS = "/drafts/";

export function keepDrafts() {
  for (const form of forms("data-draft")) new Draft(form);
  for (const form of forms("data-guard")) guard(form, () => changed(form));
}

function forms(marked) {
  return document.querySelectorAll(`form[${marked}], [${marked}] form`);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.kept = written(form);
    this.words = document.getElementById("portal-draft-words")?.dataset ?? {};
    this.status = document.createElement("p");
    this.status.className = "portal-draft";
    form.append(this.status);
    setInterval(() => this.keep(), EVERY);
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
    guard(form, () => written(form) !== this.kept || holdsFile(form));
  }

  async keep() {
    const now = written(this.form);
    if (now === this.kept || this.form.dataset.sent) return;
    try {
      const answer = await fetch(`${DRAFTS}?path=${encodeURIComponent(location.pathname)}`, {
        method: "POST",
        body: new URLSearchParams(now),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
        keepalive: now.length < 60_000,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.kept = now;
      this.say(this.words.kept, false, answer.headers.get("Date"));
      document.dispatchEvent(new Event("portal:seen"));
    } catch {
      this.say(this.words.failed, true);
    }
  }

  // The time is that of the server: the clock here may be wrong.
  say(words, failed, at) {
    const time = (at ? new Date(at) : new Date()).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.status.textContent = (words ?? "").replace("{time}", time);
    this.status.classList.toggle("portal-draft--failed", failed);
    // Said aloud only when something is wrong: every ten seconds would be noise.
    if (failed) this.status.setAttribute("role", "status");
    else this.status.removeAttribute("role");
  }
}

function guard(form, isChanged) {
  // A form with data-drop lets go of what was typed: nothing is kept after it, and nobody is asked.
  document.addEventListener("submit", (event) => {
    const ends = event.target === form || "drop" in event.target.dataset;
    if (ends && !event.defaultPrevented) form.dataset.sent = "true";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
  window.addEventListener("beforeunload", (event) => {
    if (!form.dataset.sent && isChanged()) event.preventDefault();
  });
}

/** The form's fields as they would be sent, without files and passwords. */
function written(form) {
  const fields = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && form.elements[name]?.type !== "password",
  );
  return new URLSearchParams(fields).toString();
}

function holdsFile(form) {
  return [...form.elements].some((field) => field.type === "file" && field.files.length > 0);
}

function changed(form) {
  return [...form.elements].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT"
        ? [...field.options].some((option) => option.selected !== option.defaultSelected)
        : "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue,
  );
}

// A form is sent once: a second press within ten seconds does nothing.
const HELD_FOR = 10_000;
const held = new WeakSet();

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.download !== undefined) return;
    if (held.has(form)) {
      event.preventDefault();
      return;
    }
    hold(form, true);
    setTimeout(() => hold(form, false), HELD_FOR);
  });
  // Going back shows the page as it was left.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) hold(form, false);
  });
}

function hold(form, on) {
  if (on) held.add(form);
  else held.delete(form);
  for (const button of form.querySelectorAll("button[type=submit]")) {
    if (on) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

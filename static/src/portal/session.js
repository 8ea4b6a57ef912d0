// Warns before the session ends for want of use, takes the page off the screen when it has, and clears up at sign-out.
// Tabs tell one another, so that work in one keeps the others quiet.
const WARNING = 120_000;

export function watchSession() {
  const channel = new BroadcastChannel("portal");
  clearAtSignOut();
  const dialog = document.getElementById("portal-idle");
  if (!dialog) {
    // Nobody is signed in here any more, so no other tab may go on showing what only they may see.
    channel.postMessage("signed-out");
    return;
  }
  const idle = Number(dialog.dataset.idleSeconds) * 1000;
  const left = dialog.querySelector("[data-left]");
  let seen = Date.now();
  let ended = false;

  const wasSeen = (tell) => {
    seen = Date.now();
    if (dialog.open) dialog.close();
    if (tell) channel.postMessage("seen");
  };
  const end = async () => {
    document.getElementById("main-content").hidden = true;
    const signOut = document.querySelector("form[data-sign-out]");
    await fetch(signOut.action, { method: "POST", body: new FormData(signOut) }).catch(() => {});
    location.replace(dialog.dataset.signIn + encodeURIComponent(location.pathname + location.search));
  };
  const stay = async () => {
    try {
      const answer = await fetch(dialog.dataset.stay, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      wasSeen(true);
    } catch {
      end();
    }
  };
  const look = () => {
    const remaining = seen + idle - Date.now();
    if (ended || remaining > WARNING) return;
    if (remaining <= 0) {
      ended = true;
      end();
      return;
    }
    if (!dialog.open) dialog.showModal();
    left.textContent = words(dialog.dataset, remaining);
  };

  channel.addEventListener("message", ({ data }) => (data === "seen" ? wasSeen(false) : location.replace("/")));
  document.addEventListener("portal:seen", () => wasSeen(true));
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  // A page brought back from the browser's memory must not show what a signed-out person may not see.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5_000);
  channel.postMessage("seen");
}

/** How long is left, to the half minute: a number that changes every second would be read out every second. */
function words(said, remaining) {
  if (remaining > 90_000) return said.twoMinutes;
  if (remaining > 45_000) return said.oneMinute;
  return said.halfMinute;
}

function clearAtSignOut() {
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => {
      localStorage.clear();
      sessionStorage.clear();
    });
  }
}

// Signing in and signing up with passkeys. A form with data-passkey="get" or "create" asks the server what to sign,
// has the browser sign it, and sends the answer. Without this file the other ways to sign in still work.

const MESSAGES = ["cancelled", "known", "failed"];

function decode(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0)).buffer;
}

function encode(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function readOptions(options) {
  const list = (credentials) => (credentials || []).map((one) => ({ ...one, id: decode(one.id) }));
  const read = { ...options, challenge: decode(options.challenge) };
  if (options.user) read.user = { ...options.user, id: decode(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = list(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = list(options.allowCredentials);
  return read;
}

function write(credential) {
  const { response } = credential;
  return JSON.stringify({
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      attestationObject: encode(response.attestationObject),
      authenticatorData: encode(response.authenticatorData),
      signature: encode(response.signature),
      userHandle: encode(response.userHandle),
      transports: response.getTransports ? response.getTransports() : undefined,
    },
  });
}

async function sign(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
  });
  if (!answer.ok || answer.redirected) throw new Error("no options");
  const options = await answer.json();
  if (options.confirm) {
    window.location.assign(options.confirm);
    return null;
  }
  const publicKey = readOptions(options.publicKey);
  const create = form.dataset.passkey === "create";
  return create ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
}

function show(form, name) {
  for (const message of MESSAGES) {
    const element = form.querySelector(`[data-passkey-${message}]`);
    if (element) element.hidden = message !== name;
  }
  const shown = form.querySelector(`[data-passkey-${name}]`);
  if (shown) shown.focus();
}

function start(form) {
  if (!window.PublicKeyCredential) return;
  form.hidden = false;
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    show(form, "");
    try {
      const credential = await sign(form);
      if (credential) {
        form.elements.credential.value = write(credential);
        form.submit();
        return;
      }
    } catch (problem) {
      const known = problem.name === "InvalidStateError";
      show(form, known ? "known" : problem.name === "NotAllowedError" ? "cancelled" : "failed");
    }
    button.disabled = false;
  });
}

document.querySelectorAll("form[data-passkey]").forEach(start);

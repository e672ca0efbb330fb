// Sign in again in place when the session has ended, so that nothing typed is lost.
let waiting = null;

export function signInAgain() {
  waiting ??= ask().finally(() => (waiting = null));
  return waiting;
}

function ask() {
  const dialog = document.getElementById("sign-in-again");
  const form = dialog.querySelector("form");
  const problem = form.querySelector("[role=alert]");
  const before = document.activeElement;
  problem.hidden = true;
  form.reset();
  dialog.showModal();
  form.querySelector("h2").focus(); // not the password: somebody may be typing
  return new Promise((resolve, reject) => {
    const end = (settle) => {
      dialog.close();
      before?.focus();
      settle();
    };
    const refuse = () => end(() => reject(new Error("You are signed out. Sign in to go on.")));
    form.querySelector("[value=cancel]").onclick = refuse;
    dialog.oncancel = (event) => {
      event.preventDefault();
      refuse();
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      const error = await signIn(form.email.value, form.password.value);
      if (!error) return end(resolve);
      problem.textContent = error;
      problem.hidden = false;
      form.password.select();
    };
  });
}

async function signIn(email, password) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" } };
  const response = await fetch("/session", { ...options, body: JSON.stringify({ email, password }) }).catch(() => null);
  if (response?.ok) return "";
  const body = await response?.json().catch(() => null);
  return body?.error.message ?? "The service can't be reached. Try again.";
}

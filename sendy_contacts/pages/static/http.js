// Requests to the service, repeated until it answers: each of them is safe to repeat.
import { signInAgain } from "./session.js";
import { showConnection } from "./status.js";

const LONGEST = 10_000; // ms between two tries
const UNAVAILABLE = [502, 503, 504];

// The service has refused a request; `details` has an error for each field.
export class Refused extends Error {
  constructor({ code, message, details = [] }) {
    super(message);
    Object.assign(this, { code, details });
  }
}

export async function request(address, options = {}) {
  for (let wait = 500; ; wait = Math.min(2 * wait, LONGEST)) {
    const response = await fetch(address, { redirect: "manual", ...options }).catch((error) => {
      if (!options.signal?.aborted) return;
      showConnection(true);
      throw error;
    });
    if (response?.status === 401 || response?.type === "opaqueredirect") {
      await signInAgain();
    } else if (response && !UNAVAILABLE.includes(response.status)) {
      showConnection(true);
      return response;
    } else {
      showConnection(false);
      await pause(wait, options.signal).catch((error) => {
        showConnection(true);
        throw error;
      });
    }
  }
}

export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export async function refuse(response) {
  const body = await response.json().catch(() => null);
  return new Refused(body?.error ?? { message: `The service failed (${response.status}). Try again.` });
}

export async function send(method, address, body, signal) {
  const headers = { "Content-Type": "application/json" };
  const response = await request(address, { method, headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw await refuse(response);
  return response;
}

export const call = async (...of) => (await send(...of)).json();

export async function load(address, signal) {
  const response = await request(address, { signal });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The lines of JSON of a response. Where the connection breaks, the request is repeated: the service goes on.
import { pause, refuse, Refused, request } from "./http.js";
import { showConnection } from "./status.js";

// Yields lines, the import last. `signal` stops the work after the rows at hand.
export async function* readLines(address, signal) {
  for (;;) {
    const response = await request(address, { method: "POST", signal });
    if (!response.ok) throw await refuse(response);
    try {
      for await (const line of split(response.body)) {
        if (line.error && line.error.code !== "database_unavailable") throw new Refused(line.error);
        if (line.error) break;
        yield line;
        if (line.id) return;
      }
    } catch (error) {
      if (error instanceof Refused || signal?.aborted) throw error;
    }
    showConnection(false);
    await pause(1_000, signal);
  }
}

async function* split(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

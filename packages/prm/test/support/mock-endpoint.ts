/** @file An OpenAI-compatible server on the loopback interface that can be told to misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Completer } from "../../src/completers/completer";

/** The ways in which a server may treat a request. */
export type Behaviour =
  | "ok"
  | "429"
  | "500"
  | "400"
  | "hang"
  | "half-hang"
  | "garbage"
  | "empty"
  | "no-choices"
  | "half-json"
  | "reset";

export interface MockEndpoint extends AsyncDisposable {
  readonly baseUrl: string;
  /** Bodies and headers of all requests, in order of arrival. */
  readonly requests: { body: Record<string, unknown>; key: string | undefined }[];
  /** The most requests that were open at one time, those left hanging aside: clients give those up. */
  readonly peak: () => number;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/** Problem and steps of a prompt: a line each. */
function prefixOf(prompt: string) {
  const [problem, ...steps] = prompt.trimEnd().split("\n");
  return { problem: problem!, steps };
}

function misbehave(what: Behaviour, response: ServerResponse, retryAfterMs: number): void {
  if (what === "429") {
    response.writeHead(429, { "retry-after-ms": String(retryAfterMs) }).end("slow down");
  } else if (what === "500") response.writeHead(500).end("internal error");
  else if (what === "400") response.writeHead(400).end("no such model");
  else if (what === "garbage") response.end("<html>\u0000 welcome");
  else if (what === "empty") response.end();
  else if (what === "no-choices") response.end('{"choices":[]}');
  else if (what === "half-json") response.end('{"choices":[{"text":"unfin');
  else if (what === "half-hang") response.write('{"choices":[{"te');
  else if (what === "reset") response.destroy();
}

/** Starts a server that answers with `completer` and behaves as `behave(request number, body)` says. */
export async function startMockEndpoint(
  completer: Completer,
  {
    behave = () => "ok",
    retryAfterMs = 5,
    delayMs = 0,
  }: {
    behave?: (number: number, body: Record<string, unknown>) => Behaviour;
    retryAfterMs?: number;
    delayMs?: number;
  } = {},
): Promise<MockEndpoint> {
  const requests: MockEndpoint["requests"] = [];
  let [open, peak] = [0, 0];

  async function answer(body: Record<string, unknown>, response: ServerResponse) {
    const prefix = prefixOf(String(body.prompt ?? JSON.stringify(body.messages)));
    const seeds = Array.from({ length: Number(body.n) }, (_, i) => Number(body.seed) + i);
    const made = await completer(prefix, { seeds, stop: (body.stop as string[]) ?? [] });
    const texts = made.map((each) => (typeof each === "string" ? each : each.text));
    const usage = {
      prompt_tokens: String(body.prompt).split(/\s+/).length,
      completion_tokens: texts.join(" ").split(/\s+/).length,
    };
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (!body.stream) {
      const choices = texts.map((text, index) => ({ index, text, finish_reason: "stop" }));
      response.end(JSON.stringify({ choices, usage }));
      return;
    }
    for (const [index, text] of texts.entries())
      for (const part of [text.slice(0, 5), text.slice(5)])
        response.write(`data: ${JSON.stringify({ choices: [{ index, text: part }] })}\n\n`);
    for (const index of texts.keys())
      response.write(
        `data: ${JSON.stringify({ choices: [{ index, text: "", finish_reason: "stop" }] })}\n\n`,
      );
    response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
  }

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    requests.push({ body, key: request.headers.authorization });
    const what = behave(requests.length, body);
    if (!what.endsWith("hang")) {
      open++;
      peak = Math.max(peak, open);
      response.on("close", () => open--);
    }
    if (what === "ok") await answer(body, response);
    else misbehave(what, response, retryAfterMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    peak: () => peak,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { call } from "../call";
import {
  longText,
  metric,
  PATIENCE,
  type ServeProcess,
  saveLongModel,
  startServe,
} from "../support/serve-process";

let main: string;
let model: string;
let server: ServeProcess | undefined;
beforeAll(async () => {
  main = await buildForTest();
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-serve-"));
  model = join(folder, "tiny");
  await saveLongModel(model);
  return async () => {
    await rm(dirname(main), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
});
afterEach(() => server?.kill());

const start = async (...args: string[]) => {
  server = await startServe(main, ["--model", model, ...args]);
  return server;
};

/** A connection that has sent something. @returns the socket, and what came until it was closed */
function connected(port: number, text: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(answer)));
  return { socket, closed };
}

/** Loaded by every thread of the command: SIGUSR2 ends the threads that the command's own thread has started. */
const threadKiller = `import { BroadcastChannel, isMainThread } from "node:worker_threads";
const channel = new BroadcastChannel("kill");
channel.unref();
if (isMainThread) process.on("SIGUSR2", () => channel.postMessage("now"));
else process.on("worker", (worker) => {
  channel.onmessage = () => worker.terminate();
});`;

describe("deepgrain serve", () => {
  it("lets running streams end after SIGTERM, refuses new requests, and exits with 0", async () => {
    const { url, child, ended } = await start();
    const streams = await Promise.all(
      Array.from({ length: 10 }, () =>
        fetch(`${url}/v1/completions`, longText(2000, { stream: true })),
      ),
    );
    child.kill("SIGTERM");
    const ask = async () => {
      const { status, headers } = await fetch(`${url}/v1/completions`, longText(1));
      return [status, headers.get("retry-after")];
    };
    await expect.poll(ask, PATIENCE).toEqual([503, "1"]);
    for (const stream of streams) {
      const text = await stream.text();
      expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(text).toContain('"finish_reason":"length"');
    }
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it("ends at once at the second Ctrl-C, with 130", async () => {
    const { url, child, ended } = await start();
    const stream = await fetch(`${url}/v1/completions`, longText(2000, { stream: true, n: 8 }));
    child.kill("SIGINT");
    await expect.poll(async () => (await fetch(`${url}/health`)).status, PATIENCE).toBe(503);
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 130, signal: null });
    await expect(stream.text()).rejects.toThrow();
  });

  it("cancels what runs when --drain has passed", async () => {
    const { url, child, ended } = await start("--drain", "0.05");
    const stream = await fetch(`${url}/v1/completions`, longText(2000, { stream: true, n: 8 }));
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(await stream.text().catch(() => "cut")).not.toContain("[DONE]");
  });

  it("has no row left of a client that was killed during its stream", async () => {
    const { url } = await start();
    const init = JSON.stringify(longText(2000, { stream: true, n: 8 }));
    const code = `const r = await fetch(${JSON.stringify(`${url}/v1/completions`)}, ${init});
      for await (const _ of r.body) process.stdout.write(".");`;
    const client = spawn(process.execPath, ["--input-type=module", "-e", code]);
    await once(client.stdout, "data");
    expect(await metric(url, "running_sequences")).toBe(8);
    client.kill("SIGKILL");
    await expect.poll(() => metric(url, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(url, "used_pages")).toBe(0);
    expect(await metric(url, "new_tokens_total")).toBeLessThan(16_000);
  });

  it("gives 500 to the requests of a generation thread that dies, and starts it once more", async () => {
    const killer = join(dirname(model), "killer.mjs");
    await writeFile(killer, threadKiller);
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(killer)}` };
    server = await startServe(main, ["--model", model], env);
    const { url, child } = server;
    const stream = await fetch(`${url}/v1/completions`, longText(2000, { stream: true, n: 8 }));
    child.kill("SIGUSR2");
    const events = (await stream.text()).trimEnd().split("\n\n");
    expect(JSON.parse(events.at(-1)!.replace("data: ", ""))).toEqual({
      error: expect.objectContaining({ type: "server_error" }),
    });
    expect((await fetch(`${url}/v1/completions`, longText(2))).status).toBe(200);
    expect(await metric(url, "running_sequences")).toBe(0);
    expect(server.log()).toContain("/v1/completions 200");
  });

  it("answers /health while it reads a long prompt, on another thread", async () => {
    const { url } = await start();
    const order: string[] = [];
    const prompt = "a".repeat(1900);
    const long = fetch(`${url}/v1/completions`, longText(100, { prompt, n: 8 })).then(() =>
      order.push("long"),
    );
    await fetch(`${url}/health`).then(() => order.push("health"));
    await long;
    expect(order).toEqual(["health", "long"]);
  });

  it("closes connections whose headers never end, and 1,000 idle ones", async () => {
    const { url, port } = await start("--header-timeout", "0.5", "--max-connections", "1200");
    const cut = connected(port, "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-");
    const idle = Array.from({ length: 1000 }, () => connected(port, ""));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await cut.closed).toMatch(/^HTTP\/1.1 408 /);
    await Promise.all(idle.map(({ closed }) => closed));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await metric(url, "running_sequences")).toBe(0);
  });

  it("reads no more than its limit of a body without an end", async () => {
    const { url, port } = await start();
    const head =
      "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    const { socket, closed } = connected(port, `${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
    let sent = 0;
    const pour = () => {
      while (!socket.destroyed && sent < 2e9 && socket.write(chunk)) sent += 65_536;
    };
    socket.on("drain", pour);
    pour();
    await expect.poll(() => server!.log(), PATIENCE).toContain("/v1/completions 413");
    socket.destroy();
    await closed;
    expect(sent).toBeLessThan(64e6);
    const announced = connected(port, `${head}Content-Length: 2000000000\r\n\r\n{`);
    await expect.poll(() => server!.log().match(/ 413 /g)?.length, PATIENCE).toBe(2);
    announced.socket.destroy();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("answers for its own names only, to no web page, and logs nothing of the text", async () => {
    const { url, port, log } = await start("--allow-host", "Box.local", "--alias", "gpt=tiny");
    const asked = async (headers: string) => {
      const text = `GET /v1/models HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
      return Number(/^HTTP\/1.1 (\d+)/.exec(await connected(port, text).closed)![1]);
    };
    expect(await asked(`Host: 127.0.0.1:${port}\r\n`)).toBe(200);
    expect(await asked("Host: box.local\r\n")).toBe(200);
    expect(await asked("Host: evil.example\r\n")).toBe(403);
    expect(await asked("Host: localhost\r\nOrigin: https://evil.example\r\n")).toBe(403);
    const secret = longText(3, { prompt: "secret words", model: "gpt" });
    expect((await fetch(`${url}/v1/completions?secret`, secret)).status).toBe(200);
    await expect.poll(log, PATIENCE).toMatch(/^POST \/v1\/completions 200 \d tokens \d+ ms$/m);
    expect(log()).not.toContain("secret");
  });

  it("opens the doors that are named, for the model of its thread", async () => {
    const { url } = await start("--doors", "ollama,infill");
    const headers = { "content-type": "application/json" };
    const posted = (path: string, body: object) =>
      fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const tags = await (await fetch(`${url}/api/tags`)).json();
    expect(tags).toMatchObject({ models: [{ name: "tiny" }] });
    const options = { num_predict: 3, temperature: 0 };
    const asked = { model: "tiny", prompt: "a", raw: true, options };
    const lines = (await (await posted("/api/generate", asked)).text()).trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ done: true, eval_count: 3 });
    const hole = await posted("/infill", { input_prefix: "a", input_suffix: "b" });
    expect(hole.status).toBe(400);
    expect(await hole.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    const closed = await fetch(`${url}/v1/models`);
    expect(closed.status).toBe(404);
    expect(await closed.json()).toMatchObject({ error: { code: "door_closed" } });
  });

  it("needs the key of its environment, and marks its texts", async () => {
    const folder = dirname(model);
    const profile = join(folder, "kgw.json");
    await writeFile(profile, JSON.stringify({ scheme: "kgw", vocab_size: 258 }));
    await writeFile(join(folder, "key.hex"), "00112233445566778899aabbccddeeff");
    const marks = ["--watermark", profile, "--watermark-key", join(folder, "key.hex")];
    const args = [
      "--model",
      model,
      "--api-key-variable",
      "SERVE_KEYS",
      "--host",
      "0.0.0.0",
      ...marks,
    ];
    server = await startServe(main, args, { SERVE_KEYS: "one, two" });
    const { port } = server;
    const url = `http://localhost:${port}`;
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const init = longText(4, { n: 2 });
    const headers = { ...(init.headers as object), authorization: "Bearer two" };
    const answer = await fetch(`${url}/v1/completions`, { ...init, headers });
    const body = (await answer.json()) as { system_fingerprint: string; choices: unknown[] };
    expect(body.system_fingerprint).toBe("tiny-float32-kgw");
    expect(body.choices).toHaveLength(2);
  });

  it.each([
    ["--host 0.0.0.0", "--api-key-variable, or --no-key"],
    ["--api-key-variable NO_SUCH_VARIABLE", "is empty or not set"],
    ["--alias a=b", "--alias must be NAME=MODEL with one of tiny"],
    ["--payload 101", "needs --watermark"],
  ])("refuses %s", async (flags, message) => {
    const { code, err } = await call(["serve", "--model", model, ...flags.split(" ")]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });
});

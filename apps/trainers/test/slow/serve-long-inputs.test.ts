/** @file What a stranger sends to `serve` holds nobody: megabytes of text, and the largest schema that is compiled. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { longText, type ServeProcess, saveLongModel, startServe } from "../support/serve-process";

const words = "to be, or not to be. ".repeat(66_667);

let main: string;
let folder: string;
let server: ServeProcess;
beforeAll(async () => {
  main = await buildForTest();
  folder = await mkdtemp(join(tmpdir(), "deepgrain-serve-"));
  await saveLongModel(join(folder, "tiny"), 512);
  await saveLongModel(join(folder, "large"), 2 ** 21);
  const models = ["tiny", "large"].flatMap((name) => ["--model", join(folder, name)]);
  server = await startServe(main, [...models, "--cache-tokens", `${2 ** 21}`]);
});
afterAll(async () => {
  await server?.kill();
  await rm(dirname(main), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

const chat = (content: string, more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "tiny", messages: [{ role: "user", content }], ...more }),
});

/** Twenty requests of others, most of which read and write tokens. */
const others = (): Promise<number>[] =>
  Array.from({ length: 20 }, async (_, i) => {
    if (i % 4 === 0) return (await fetch(`${server.url}/health`)).status;
    if (i % 4 === 1)
      return (await fetch(`${server.url}/v1/chat/completions`, chat("a", { max_tokens: 2 })))
        .status;
    return (await fetch(`${server.url}/v1/completions`, longText(2))).status;
  });

/** Asks a long request, and twenty others behind it. @returns who was answered, in order */
async function inCompany(long: Promise<unknown>): Promise<string[]> {
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  await Promise.all([
    long.then(note("long")),
    ...others().map((one) => one.then((status) => note(`${status}`)())),
  ]);
  return order;
}

const first = Array.from({ length: 20 }, () => "200");

describe("deepgrain serve", () => {
  it("answers twenty others while 1.4 MB arrive for a model of 512 tokens, then refuses them", async () => {
    const { method, headers, body } = chat(words) as {
      method: string;
      headers: object;
      body: string;
    };
    const sent = request(`${server.url}/v1/chat/completions`, {
      method,
      headers: { ...headers, "content-length": body.length },
    });
    sent.write(body.slice(0, -1));
    expect((await Promise.all(others())).map(String)).toEqual(first);
    sent.end(body.slice(-1));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let answer = "";
    for await (const part of response.setEncoding("utf8")) answer += part;
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(answer).error).toMatchObject({
      code: "context_length_exceeded",
      message: expect.stringMatching(/context length is 512 tokens, but there are at least \d+/),
    });
  });

  it.each([
    ["words", words],
    ["one word", "a".repeat(words.length)],
  ])("answers twenty others before 1.4 MB that the context holds: %s", async (_, prompt) => {
    const long = fetch(
      `${server.url}/v1/completions`,
      longText(0, { model: "large", prompt }),
    ).then(async (response) => {
      expect(await response.json()).toMatchObject({ usage: { prompt_tokens: prompt.length } });
    });
    expect(await inCompany(long)).toEqual([...first, "long"]);
  });

  it("answers twenty others before the largest schema", async () => {
    const refs = (i: number) => Array.from({ length: 100 }, () => ({ $ref: `#/$defs/d${i}` }));
    const definitions = Array.from({ length: 1200 }, (_, i) => [
      `d${i}`,
      i === 0 ? { type: "null" } : { anyOf: refs(i - 1) },
    ]);
    const schema = { $defs: Object.fromEntries(definitions), $ref: "#/$defs/d1199" };
    const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
    const long = fetch(
      `${server.url}/v1/chat/completions`,
      chat("a", { max_tokens: 40, response_format }),
    ).then(async (response) => {
      expect(await response.json()).toMatchObject({
        choices: [{ message: { content: expect.stringMatching(/^ ?null$/) } }],
      });
    });
    expect(await inCompany(long)).toEqual([...first, "long"]);
  });
});

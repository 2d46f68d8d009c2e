/** @file `deepgrain chat` as a process of its own: through a pipe, on a terminal, and with a server. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { deepseekChatTemplate } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildForTest } from "../build-for-test";
import { saveTinyChatModel } from "../support/tiny-chat-model";

let program: string;
beforeAll(async () => {
  program = await buildForTest();
});
afterAll(() => rm(dirname(program), { recursive: true, force: true }));

const hasScript = (() => {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8" }).includes("util-linux");
  } catch {
    return false;
  }
})();

/** Runs `deepgrain` with an input through a pipe. */
async function piped(args: readonly string[], input: string, cwd: string) {
  const run = promisify(execFile)(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
  });
  run.child.stdin!.end(input);
  return run.catch((error: { code: number; stdout: string; stderr: string }) => error);
}

const greedy = ["chat", "--model", "model", "--temperature", "0"];

/**
 * A terminal on which a program runs: what it shows, and what is typed. No shell stands between (`exec`): one that gets
 * Ctrl-C too, as dash does, ends with the code of a program killed by it.
 */
function terminal(args: readonly string[], cwd: string) {
  const line = ["exec", process.execPath, program, ...args].join(" ");
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
  });
  onTestFinished(() => void child.kill());
  let [shown, all] = ["", ""];
  let wake = () => {};
  child.stdout.on("data", (text: Buffer) => {
    shown += text.toString();
    all += text.toString();
    wake();
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  void ended.then(() => wake());
  return {
    type: (text: string) => child.stdin.write(text),
    ended,
    /** Everything that was shown. */
    all: () => all,
    /** Waits until something is shown after what was waited for before. */
    async until(pattern: RegExp): Promise<void> {
      for (;;) {
        const found = pattern.exec(shown);
        if (found) {
          shown = shown.slice(found.index + found[0].length);
          return;
        }
        if (child.exitCode !== null) throw new Error(`${pattern} was never shown, but:\n${shown}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

describe.skipIf(process.platform === "win32")("chat through a pipe", () => {
  it("answers each turn as generate does, and keeps the conversation", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"), { positions: 256 });
    const input = [
      "/system Be kind.",
      "hi",
      '"""',
      "two",
      "lines",
      '"""',
      "/stats",
      "/save talk.json",
      "/reset",
      "hi",
      "/load talk.json",
      "/nothing",
      "again",
    ];
    const chat = await piped([...greedy, "--max-new-tokens", "6"], input.join("\n"), cwd);
    const asked = ["hi", "two\nlines"];
    const messages = [{ role: "system", content: "Be kind." }];
    const expected: string[] = [];
    const ask = async (content: string) => {
      messages.push({ role: "user", content });
      await writeFile(join(cwd, "m.json"), JSON.stringify(messages));
      const flags =
        "generate --model model --chat --messages m.json --temperature 0 --max-new-tokens 6";
      const { stdout } = await piped(flags.split(" "), "", cwd);
      expected.push(stdout);
      messages.push({ role: "assistant", content: stdout.slice(0, -1) });
    };
    for (const content of asked) await ask(content);
    expect(JSON.parse(await readFile(join(cwd, "talk.json"), "utf8"))).toEqual(messages);
    expected.push(expected[0]!); // after /reset
    await ask("again");
    expect(chat.stdout).toBe(expected.join(""));
    expect(chat.stderr.split("\n")).toEqual([
      expect.stringMatching(
        /^answer: 6 tokens in .* s \(.* per second\); conversation: .* in 4 turns$/,
      ),
      "saved 4 turns in talk.json",
      "loaded 4 turns of talk.json",
      "there is no /nothing; /help lists the commands",
      "",
    ]);
  });

  it("leaves out the first turns when the context is full, and says so", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"), { positions: 64 });
    const run = await piped([...greedy, "--max-new-tokens", "4"], "one\ntwo\nthree\nfour\n", cwd);
    expect(run.stderr).toContain("turns do not fit and were left out");
    expect(run.stdout.split("\n").length).toBeGreaterThan(4);
    const long = await piped(greedy, "x".repeat(80), cwd);
    expect(long).toMatchObject({ code: 1, stdout: "" });
    expect(long.stderr).toMatch(/^deepgrain chat: \d+ of 64 tokens leave no room/);
  });

  it("warns of a template that leaves a space after its last colon", async () => {
    const cwd = await temporaryFolder();
    const template = deepseekChatTemplate.replace("'Assistant:' }}", "'Assistant: ' }}");
    await saveTinyChatModel(join(cwd, "model"), { template });
    expect((await piped(greedy, "", cwd)).stderr).toContain("leaves a space after its last colon");
    await saveTinyChatModel(join(cwd, "model"));
    expect((await piped(greedy, "", cwd)).stderr).toBe("");
  });

  it("talks with a server, whose conversation it cuts when it is told so", async () => {
    const bodies: { messages: { content: string }[]; model: string }[] = [];
    const server = createServer(async (request, response) => {
      expect(request.headers.authorization).toBe("Bearer secret");
      if (request.url === "/v1/models") return response.end(`{"data":[{"id":"first"}]}`);
      let text = "";
      for await (const part of request) text += String(part);
      const body = JSON.parse(text) as (typeof bodies)[number];
      bodies.push(body);
      if (body.messages.length > 3) {
        const error = { message: "too long", code: "context_length_exceeded" };
        return response.writeHead(400).end(JSON.stringify({ error }));
      }
      const events = [
        { choices: [{ delta: { role: "assistant" } }] },
        { choices: [{ delta: { content: `to ${body.messages.at(-1)!.content}` } }] },
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } },
      ];
      return response.end(
        [...events.map((event) => JSON.stringify(event)), "[DONE]"]
          .map((data) => `data: ${data}\n\n`)
          .join(""),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const cwd = await temporaryFolder();
    process.env.CHAT_TEST_KEY = "secret";
    const flags = [
      "--endpoint",
      `http://127.0.0.1:${port}/v1/`,
      "--api-key-variable",
      "CHAT_TEST_KEY",
    ];
    const run = await piped(["chat", ...flags], "a\nb\nc\n/stats\n", cwd);
    expect(run.stdout).toBe("to a\nto b\nto c\n");
    expect(run.stderr).toMatch(
      /^\(the first 2 turns do not fit and were left out\)\nanswer: 2 tokens/,
    );
    expect(bodies.map(({ model, messages }) => [model, messages.length])).toEqual([
      ["first", 1],
      ["first", 3],
      ["first", 5],
      ["first", 3],
    ]);
  });

  it("sends tools to a server, shows its calls, and sends their results", async () => {
    const bodies: { messages: object[]; tools: object[] }[] = [];
    const server = createServer(async (request, response) => {
      if (request.url === "/v1/models") return response.end(`{"data":[{"id":"first"}]}`);
      let text = "";
      for await (const part of request) text += String(part);
      const body = JSON.parse(text) as (typeof bodies)[number];
      bodies.push(body);
      const about = { name: "weather", arguments: '{"city":"Rome"}' };
      const call = { index: 0, id: "a", type: "function", function: about };
      const delta = body.messages.length > 1 ? { content: "Warm." } : { tool_calls: [call] };
      return response.end(`data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const cwd = await temporaryFolder();
    const weather = { name: "weather", parameters: { type: "object" } };
    await writeFile(join(cwd, "tools.json"), JSON.stringify([weather]));
    const flags = ["--endpoint", `http://127.0.0.1:${port}/v1`, "--tools", "tools.json"];
    const run = await piped(["chat", ...flags], "Hot?\n30\n", cwd);
    expect(run.stdout).toBe('weather({"city":"Rome"})\n\nWarm.\n');
    expect(bodies[1]!.tools).toEqual([{ type: "function", function: weather }]);
    expect(bodies[1]!.messages.slice(1)).toMatchObject([
      { role: "assistant", content: "", tool_calls: [{ function: { name: "weather" } }] },
      { role: "tool", content: "30" },
    ]);
  });
});

/** The answer of a hostile server: it sets the clipboard and the title, clears the screen, and begins a colour with one byte. */
const hostile =
  "\u001b]52;c;eA==\u0007\u001b]0;x\u0007\u001b[2Jso\u009b31m\u009d0;y\u009c\u007f\rforged";

/** A server that answers so, and refuses the turn `no` in such words; its only model is called so, too. */
async function hostileServer(): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url === "/v1/models") return response.end(JSON.stringify({ data: [{ id: "m" }] }));
    let text = "";
    for await (const part of request) text += String(part);
    if (text.includes(`"content":"no"`))
      return response.writeHead(500).end(JSON.stringify({ error: { message: hostile } }));
    const pieces = [hostile.slice(0, 1), hostile.slice(1)];
    const events = pieces.map((content) => ({ choices: [{ delta: { content } }] }));
    return response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe("chat with a hostile server", () => {
  it.skipIf(!hasScript)("shows no escape byte on a terminal", async () => {
    const screen = terminal(["chat", "--endpoint", await hostileServer()], ".");
    await screen.until(/> /);
    screen.type("hi\n");
    await screen.until(/forged\r\n> /);
    screen.type("no\n");
    await screen.until(/forged\r\n> /);
    screen.type("\u0004");
    expect(await screen.ended).toBe(0);
    const all = screen.all();
    const ownEcho = /\r\n|\^D[\b]{2}/g; // of the terminal itself
    expect(all.replaceAll(ownEcho, "")).not.toMatch(/\p{Cc}/u);
    const shown = "\\u001b]52;c;eA==\\u0007\\u001b]0;x\\u0007\\u001b[2Jso\\u009b31m";
    expect(all.split(`${shown}\\u009d0;y\\u009c\\u007f\\u000dforged`)).toHaveLength(3);
  });

  it("gives a pipe what the server sent", async () => {
    const args = ["chat", "--endpoint", await hostileServer()];
    const { stdout, stderr } = await piped(args, "hi\nno\n", ".");
    expect(stdout).toBe(`${hostile}\n`);
    expect(stderr).toBe(`deepgrain chat: the server says: ${hostile}\n`);
  });
});

describe.skipIf(!hasScript)("chat on a terminal", () => {
  it("prompts, stops an answer at Ctrl-C without ending, and ends at Ctrl-D", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"), { positions: 200_000 });
    const screen = terminal([...greedy, "--max-new-tokens", "150000"], cwd);
    await screen.until(/> /);
    screen.type("hi\n");
    await screen.until(/hi\r\n[\s\S]{20}/); // the answer of a model of random bytes
    screen.type("\u0003");
    await screen.until(/\(stopped\)/);
    await screen.until(/> /);
    screen.type("\u0003");
    await screen.until(/Ctrl-D or \/exit ends/);
    await screen.until(/> /);
    screen.type("/reset\n");
    await screen.until(/reset\r\n> /);
    for (const line of ['"""', "hi"]) {
      screen.type(`${line}\n`);
      await screen.until(/\r\n\. /);
    }
    screen.type('"""\n'); // the same turn, and so the same answer
    await screen.until(/"""\r\n[\s\S]{20}/);
    screen.type("\u0003");
    await screen.until(/\(stopped\)\s+> /);
    screen.type("\u0004");
    expect(await screen.ended).toBe(0);
  });

  it("ends at the second Ctrl-C in a row where nothing is being answered", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"));
    const screen = terminal(greedy, cwd);
    await screen.until(/> /);
    screen.type("\u0003");
    await screen.until(/Ctrl-D or \/exit ends/);
    screen.type("\u0003");
    expect(await screen.ended).toBe(0);
  });
});

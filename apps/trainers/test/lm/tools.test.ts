import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CausalLM,
  loadModel,
  loadTokenizer,
  parseConfig,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ChatSession } from "../../src/lm/chat-session";
import type { AnswerPiece } from "../../src/lm/chat-source";
import { endpointSource } from "../../src/lm/endpoint-source";
import { localSource } from "../../src/lm/local-source";
import { readToolsFile } from "../../src/lm/tools-file";
import { call } from "../call";

/** Writes tools and messages; its answers are calls in Hermes' form. */
const template =
  '{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{% for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}<tool_call>{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}</tool_call>{% endfor %}{% endfor %}';

const properties = { city: { enum: ["Rome", "Oslo"] } };
const parameters = { type: "object", properties, required: ["city"], additionalProperties: false };
const weather = { name: "weather", description: "The weather", parameters };

/** Writes a model without preferences, which takes the first token of those it may take: the mark of a call. */
async function writeCaller(folder: string): Promise<void> {
  const specialTokens = ["<tool_call>", "</tool_call>", "<s>", "</s>"];
  const sizes = { vocabSize: 260, specialTokens, minFrequency: 1 };
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: template };
  await saveTokenizer(folder, { tokenizer: await trainBpe(["a"], sizes), config });
  const own = { vocab_size: 260, max_position_embeddings: 1024, bos_token_id: 2, eos_token_id: 3 };
  const model = new CausalLM(
    parseConfig(tinyConfig("llama", { ...own, initializer_range: 1e-30 })),
  );
  await saveModel(folder, model);
  model.dispose();
}

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeCaller(join(cwd, "m"));
  await writeFile(join(cwd, "tools.json"), JSON.stringify([weather]));
  const wrapped = [{ type: "function", function: weather }, { name: "now" }];
  await writeFile(join(cwd, "wrapped.json"), JSON.stringify(wrapped));
  await writeFile(join(cwd, "none.json"), "[]");
  await writeFile(join(cwd, "twice.json"), JSON.stringify([weather, weather]));
  return () => rm(cwd, { recursive: true, force: true });
});

const asked = ["generate", "--model", "m", "--chat", "--prompt", "Warm?", "--temperature", "0"];

describe("generate --tools", () => {
  it("writes the calls of each answer that are whole", async () => {
    const more = ["--tools", "tools.json", "--max-new-tokens", "150", "--json"];
    const { code, out, err } = await call([...asked, ...more], { cwd });
    expect(code, err).toBe(0);
    const { text, toolCalls } = JSON.parse(out);
    expect(text).toMatch(/^<tool_call>\{"name": ?"weather"/);
    expect(toolCalls.length).toBeGreaterThan(0);
    for (const one of toolCalls) {
      expect(one.name).toBe("weather");
      expect(["Rome", "Oslo"]).toContain(JSON.parse(one.arguments).city);
    }
  });

  it("is refused without --chat, with --schema, and for files and forms that are wrong", async () => {
    const cases: [string[], string][] = [
      [
        ["generate", "--model", "m", "--prompt", "a", "--tools", "tools.json"],
        "--tools need --chat",
      ],
      [[...asked, "--tools", "tools.json", "--schema", "tools.json"], "either --tools or --schema"],
      [[...asked, "--tool-format", "hermes"], "--tool-format needs --tools"],
      [[...asked, "--tools", "none.json"], "none.json"],
      [[...asked, "--tools", "twice.json"], "the name weather is there twice"],
      [
        [...asked, "--tools", "tools.json", "--tool-format", "xml"],
        "hermes, llama, mistral, deepseek, granite",
      ],
      [[...asked, "--tools", "tools.json", "--template", "{{ messages }}"], "takes no tools"],
      [["chat", "--endpoint", "http://127.0.0.1:1/v1", "--tools", "none.json"], "none.json"],
      [
        [
          ...["chat", "--endpoint", "http://127.0.0.1:1/v1", "--tools", "tools.json"],
          ...["--tool-format", "hermes"],
        ],
        "--tool-format needs --model",
      ],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await call(args, { cwd });
      expect({ args, code }).not.toEqual({ args, code: 0 });
      expect(err).toContain(message);
    }
  });
});

describe("a file of tools", () => {
  it("has them plain, or as OpenAI's API wraps them", async () => {
    expect(await readToolsFile(join(cwd, "tools.json"))).toEqual([weather]);
    expect(await readToolsFile(join(cwd, "wrapped.json"))).toEqual([weather, { name: "now" }]);
    await expect(readToolsFile(join(cwd, "none.json"))).rejects.toThrow("none.json");
  });
});

describe("chat --tools", () => {
  const choosing = { temperature: 0, seed: 1, maxNewTokens: 60 };
  const local = { template: undefined, toolFormat: undefined, choosing, dtype: "float32" as const };

  it("yields the calls of a model in this process", async () => {
    const signal = new AbortController().signal;
    const source = await localSource(join(cwd, "m"), { ...local, tools: [weather], signal });
    const calls: AnswerPiece["call"][] = [];
    for await (const { call: one } of source.answer([{ role: "user", content: "Warm?" }], signal))
      if (one) calls.push(one);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls[0]!.name).toBe("weather");
    expect(["Rome", "Oslo"]).toContain(JSON.parse(calls[0]!.arguments).city);
    await source.close();
  });

  it("yields the calls of a model behind an endpoint, and takes their results", async () => {
    const [model, tokenizer] = [
      (await loadModel(join(cwd, "m"))).eval(),
      await loadTokenizer(join(cwd, "m")),
    ];
    const handler = createHandler({ m: { model, tokenizer } });
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => handler(new Request(url, init)));
    const { signal } = new AbortController();
    const asked = { name: undefined, key: undefined, tools: [weather], choosing, signal };
    const source = await endpointSource("http://127.0.0.1:8000/v1", asked);
    let out = "";
    const context = {
      resolve: String,
      write(text: string) {
        out += text;
      },
      writeError: () => undefined,
      signal,
    };
    const session = new ChatSession(source, context as never, undefined);
    await session.take("Warm?");
    expect(out).toMatch(/^weather\(\{"city": ?"(Rome|Oslo)"\}\)$/m);
    expect(session.expects).toBe("weather");
    out = "";
    await session.take("30");
    expect(out).toMatch(/^weather\(/m); // a model without preferences calls again
    vi.unstubAllGlobals();
    await handler.close();
    model.dispose();
  });

  it("refuses a schema before the first turn, naming the tool", async () => {
    const signal = new AbortController().signal;
    const tools = [{ name: "bad", parameters: { properties: { a: { not: {} } } } }];
    const opening = localSource(join(cwd, "m"), { ...local, tools, signal });
    await expect(opening).rejects.toThrow("the parameters of bad");
  });

  it("shows calls, takes their results line by line, and lets the model go on", async () => {
    let [out, err] = ["", ""];
    const seen: unknown[][] = [];
    let fails = false;
    const source = {
      warning: undefined,
      async *answer(messages: readonly object[]): AsyncGenerator<AnswerPiece> {
        if (fails) throw new Error("lost");
        seen.push([...messages]);
        if (messages.length > 1) return yield { text: "It is warm." };
        yield { text: "I look.", reasoning: "Hm." };
        yield { text: "", call: { name: "weather", arguments: '{"city":"Rome"}' } };
        yield { text: "", call: { name: "now", arguments: "{}" } };
      },
      close: () => Promise.resolve(),
    };
    const context = {
      resolve: (path: string) => path,
      write(text: string) {
        out += text;
      },
      writeError(text: string) {
        err += text;
      },
      signal: new AbortController().signal,
    };
    const session = new ChatSession(source, context as never, undefined);
    await session.take("Warm?");
    expect(out).toBe('I look.\nweather({"city":"Rome"})\nnow({})\n\n');
    expect(err).toBe("Hm.");
    expect(session.expects).toBe("weather");
    await session.take("30");
    expect(session.expects).toBe("now");
    fails = true;
    await expect(session.take("noon")).rejects.toThrow("lost");
    expect(session.expects).toBe("now");
    fails = false;
    await session.take("noon");
    expect(session.expects).toBe("");
    expect(out).toContain("It is warm.");
    const [, calling, ...results] = seen[1] as Record<string, unknown>[];
    const ids = (calling!.tool_calls as { id: string }[]).map(({ id }) => id);
    expect(results).toEqual([
      { role: "tool", content: "30", name: "weather", tool_call_id: ids[0] },
      { role: "tool", content: "noon", name: "now", tool_call_id: ids[1] },
    ]);
    await session.take("/reset");
    await session.take("Again?");
    expect(seen.at(-1)).toEqual([{ role: "user", content: "Again?" }]);
    await session.take("/reset");
    expect(session.expects).toBe("");
  });
});

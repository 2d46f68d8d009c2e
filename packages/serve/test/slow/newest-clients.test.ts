/**
 * @file Clients that need Node 22, in a round of two tools and for embeddings. They are no dependencies, as the packages run on Node
 * 20: with DEEPGRAIN_FULL=1 they are installed into a temporary project, from which this process loads them.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EncoderModel, embedTexts, parseEncoderConfig } from "@deepgrain/lm";
import { deepgrain, embeddingModel, rerankingModel } from "@deepgrain/lm/ai-sdk";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler } from "../../src";
import type { Json } from "../support/ask";
import { tinyEncoder } from "../support/models";
import { type Served, serveHttp } from "../support/serve-http";
import { agent, randomModel, scripted, tools, toolTokenizer } from "../support/tools";

const clients = [
  "openai@7.59.0",
  "ai@7.0.173",
  "@ai-sdk/openai-compatible@3.0.92",
  "@langchain/openai@1.5.13",
  "@langchain/core@1.3.5",
  "zod@4.6.7",
];

/** Why the clients do not run here; undefined if they do. */
const reason =
  Number(process.versions.node.split(".")[0]) < 22
    ? `Node ${process.versions.node} is below 22`
    : process.env.DEEPGRAIN_FULL === "1"
      ? undefined
      : "DEEPGRAIN_FULL is not 1";
if (reason) it.skip(`SKIPPED: ${clients.join(", ")} (${reason})`, () => {});

const told = "It is 30 °C in Rome and 5.";
const results: Record<string, (args: Json) => string> = {
  weather: ({ city }) => `30 °C in ${city}`,
  add: ({ a, b }) => String(a + b),
};

describe.skipIf(reason)("clients on Node 22", () => {
  let folder: string;
  let served: Served;
  let baseURL: string;
  let load: (name: string) => Promise<Json>;
  beforeAll(async () => {
    setBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "deepgrain-clients-"));
    const loader = join(folder, "load.mjs");
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    writeFileSync(loader, "export const load = (name) => import(name);\n");
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
    execFileSync("npm", ["install", ...quiet, ...clients], { cwd: folder, stdio: "pipe" });
    ({ load } = await import(/* @vite-ignore */ pathToFileURL(loader).href));
    const models = { agent: await scripted(agent), encoder: await tinyEncoder() };
    served = await serveHttp(createHandler(models));
    baseURL = `${served.url}/v1`;
  });
  afterAll(async () => {
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const first = { role: "user", content: "Hot?" };

  it("of openai 7 call two tools, whole and streamed, and read embeddings", async () => {
    const { default: OpenAI } = await load("openai");
    const openai = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
    const asked = { model: "agent", tools, max_tokens: 400 };
    const answered = (message: Json) => [
      first,
      message,
      ...message.tool_calls.map(({ id, function: { name, arguments: args } }: Json) => ({
        role: "tool",
        tool_call_id: id,
        content: results[name]!(JSON.parse(args)),
      })),
    ];
    const one = await openai.chat.completions.create({ ...asked, messages: [first] });
    const messages = answered(one.choices[0].message);
    const two = await openai.chat.completions.create({ ...asked, messages });
    expect(two.choices[0].message.content).toBe(told);
    const stream = openai.chat.completions.stream({ ...asked, messages: [first] });
    const { message } = (await stream.finalChatCompletion()).choices[0];
    expect(message.tool_calls).toHaveLength(2);
    const last = openai.chat.completions.stream({ ...asked, messages: answered(message) });
    expect(await last.finalContent()).toBe(told);
    const { data } = await openai.embeddings.create({ model: "encoder", input: ["a", "b"] });
    expect(data.map(({ embedding }: Json) => embedding.length)).toEqual([16, 16]);
  });

  /** The tools as the AI SDK has them. */
  const toolsOf = ({ tool, jsonSchema }: Json) =>
    Object.fromEntries(
      tools.map(({ function: { name, parameters } }) => [
        name,
        tool({ inputSchema: jsonSchema(parameters), execute: results[name] }),
      ]),
    );

  it("of ai 7 call two tools of a server, whole and streamed, and embed", async () => {
    const ai = await load("ai");
    const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
    const provider = createOpenAICompatible({ name: "deepgrain", baseURL });
    const asked = {
      model: provider("agent"),
      prompt: "Hot?",
      tools: toolsOf(ai),
      stopWhen: ai.stepCountIs(3),
      maxOutputTokens: 400,
    };
    const { text, steps } = await ai.generateText(asked);
    expect([text, steps.length]).toEqual([told, 2]);
    let joined = "";
    for await (const piece of ai.streamText(asked).textStream) joined += piece;
    expect(joined).toContain(told);
    const model = provider.embeddingModel("encoder");
    expect((await ai.embed({ model, value: "a" })).embedding).toHaveLength(16);
  });

  it("of ai 7 take the models of @deepgrain/lm/ai-sdk", async () => {
    const ai = await load("ai");
    const tokenizer = await toolTokenizer();
    const model = deepgrain(randomModel(tokenizer), tokenizer);
    const named = { type: "tool", toolName: "add" };
    const asked = { model, prompt: "x", tools: toolsOf(ai), toolChoice: named };
    const settings = { maxOutputTokens: 200, temperature: 1, seed: 2 };
    const { toolCalls } = await ai.generateText({ ...asked, ...settings });
    expect(toolCalls.map(({ toolName }: Json) => toolName)).toEqual(["add"]);
    const { encoder, tokenizer: texts } = await tinyEncoder();
    const values = ["a whale", "b"];
    const { embeddings } = await ai.embedMany({ model: embeddingModel(encoder, texts), values });
    for (const [i, vector] of (await embedTexts(encoder, texts, values)).entries())
      expect(embeddings[i]).toBeAllclose(vector, { rtol: 0, atol: 1e-6 });
    const sizes = { vocab_size: 259, max_position_embeddings: 64, num_labels: 1 };
    const scorer = new EncoderModel(
      parseEncoderConfig(tinyConfig("bert", { ...sizes, id2label: { 0: "LABEL_0" } })),
      { generator: new Generator(4) },
    );
    const reranking = rerankingModel(scorer, texts);
    const { ranking } = await ai.rerank({ model: reranking, query: "a", documents: values });
    expect(ranking).toHaveLength(2);
  });

  it("of LangChain call two tools, whole and streamed, and embed", async () => {
    const { ChatOpenAI, OpenAIEmbeddings } = await load("@langchain/openai");
    const { HumanMessage, ToolMessage } = await load("@langchain/core/messages");
    const at = { apiKey: "none", maxRetries: 0, configuration: { baseURL } };
    const model = new ChatOpenAI({ model: "agent", maxTokens: 400, ...at }).bindTools(tools);
    const asked = [new HumanMessage("Hot?")];
    const answered = (message: Json) => [
      ...asked,
      message,
      ...message.tool_calls.map(
        ({ id, name, args }: Json) =>
          new ToolMessage({ content: results[name]!(args), tool_call_id: id }),
      ),
    ];
    expect((await model.invoke(answered(await model.invoke(asked)))).text).toBe(told);
    let message: Json;
    for await (const chunk of await model.stream(asked))
      message = message ? message.concat(chunk) : chunk;
    expect(message.tool_calls).toHaveLength(2);
    let text = "";
    for await (const chunk of await model.stream(answered(message))) text += chunk.text;
    expect(text).toBe(told);
    const embeddings = new OpenAIEmbeddings({ model: "encoder", ...at });
    expect(await embeddings.embedQuery("a")).toHaveLength(16);
  });
});

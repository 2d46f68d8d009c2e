import { setBackend } from "@deepgrain/tensor-gpu";
import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler } from "../../src";
import { tinyEncoder } from "../support/models";
import { type Served, serveHttp } from "../support/serve-http";
import { agent, scripted, tools } from "../support/tools";

const told = "It is 30 °C in Rome and 5.";

const results: Record<string, (args: Record<string, unknown>) => string> = {
  weather: ({ city }) => `30 °C in ${city}`,
  add: ({ a, b }) => String(Number(a) + Number(b)),
};

/** The tools as LangChain has them. */
const own = tools.map(({ function: about }) =>
  tool(async (args) => results[about.name]!(args as Record<string, unknown>), {
    name: about.name,
    description: about.description ?? about.name,
    schema: { ...about.parameters, type: "object" as const },
  }),
);

describe("LangChain", () => {
  let served: Served;
  let configuration: { baseURL: string };
  beforeAll(async () => {
    setBackend("wasm");
    const models = { agent: await scripted(agent), encoder: await tinyEncoder() };
    served = await serveHttp(createHandler(models));
    configuration = { baseURL: `${served.url}/v1` };
  });
  afterAll(() => served?.close());

  const chat = (more: object = {}) =>
    new ChatOpenAI({
      model: "agent",
      apiKey: "none",
      maxTokens: 400,
      maxRetries: 0,
      configuration,
      ...more,
    });

  /** A conversation with the results of an answer's calls. */
  async function answered(message: AIMessage | AIMessageChunk): Promise<BaseMessage[]> {
    const calls = message.tool_calls ?? [];
    const said = await Promise.all(
      calls.map(async ({ id, name, args }) => {
        const content = await own.find((one) => one.name === name)!.invoke(args as never);
        return new ToolMessage({ content: String(content), tool_call_id: id! });
      }),
    );
    return [new HumanMessage("Hot?"), message, ...said];
  }

  /** A streamed answer, its chunks joined. */
  async function joined(
    model: { stream(input: BaseMessage[]): Promise<AsyncIterable<AIMessageChunk>> },
    messages: BaseMessage[],
  ): Promise<{ message: AIMessageChunk; count: number }> {
    let message: AIMessageChunk | undefined;
    let count = 0;
    for await (const chunk of await model.stream(messages)) {
      message = message ? message.concat(chunk) : chunk;
      count++;
    }
    return { message: message!, count };
  }

  const asked = [new HumanMessage("Hot?")];

  it("calls two tools in a round, whole, and tells their results", async () => {
    const model = chat().bindTools(own);
    const message = await model.invoke(asked);
    expect(message.text).toBe("I look.");
    expect(message.tool_calls!.map(({ name, args }) => [name, args])).toEqual([
      ["weather", { city: "Rome" }],
      ["add", { a: 2, b: 3 }],
    ]);
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
    expect((await model.invoke(await answered(message))).text).toBe(told);
  });

  it("does the same in a stream", async () => {
    const model = chat({ streaming: true }).bindTools(own);
    const { message, count } = await joined(model, asked);
    expect(count).toBeGreaterThan(2);
    expect(message.tool_calls!.map(({ name, args }) => [name, args])).toEqual([
      ["weather", { city: "Rome" }],
      ["add", { a: 2, b: 3 }],
    ]);
    const last = await joined(model, await answered(message));
    expect(last.message.text).toBe(told);
    expect(last.message.response_metadata.usage).toMatchObject({
      completion_tokens: new TextEncoder().encode(told).length + 1,
    });
  });

  it("is told to call one tool, and none", async () => {
    const named = chat().bindTools(own, { tool_choice: "add" });
    const [call] = (await named.invoke(asked)).tool_calls!;
    expect(call!.name).toBe("add");
    const none = chat({ maxTokens: 20 }).bindTools(own, { tool_choice: "none" });
    expect((await none.invoke(asked)).tool_calls).toEqual([]);
  });

  it("keeps an answer to a schema", async () => {
    const schema = {
      title: "place",
      type: "object",
      properties: { city: { enum: ["Rome", "Oslo"] } },
      required: ["city"],
      additionalProperties: false,
    };
    const model = chat().withStructuredOutput(schema, { method: "jsonSchema", strict: true });
    expect(["Rome", "Oslo"]).toContain(((await model.invoke(asked)) as { city: string }).city);
  });

  it("embeds a query and documents", async () => {
    const embeddings = new OpenAIEmbeddings({
      model: "encoder",
      apiKey: "none",
      maxRetries: 0,
      configuration,
    });
    const query = await embeddings.embedQuery("a whale");
    const [same, other] = await embeddings.embedDocuments(["a whale", "b"]);
    expect(query).toHaveLength(16);
    expect(same).toBeAllclose(query, { rtol: 0, atol: 1e-6 });
    expect(other).not.toEqual(query);
  });
});

import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { expect } from "vitest";
import { type Batcher, createBatcher, LmError, type Tokenizer } from "../../src";
import { chatTools, type Tool, type ToolEvent, type ToolFormat } from "../../src/tools";
import type { AnswerEnd } from "../../src/tools/chat-tools";
import { randomSchema } from "../json-schema/random-schema";
import { randomModel } from "./tool-models";

/** Schemas of arguments that have one random property. */
const randomTools = randomSchema.map(({ $defs, ...value }) => ({
  type: "object",
  properties: { value, note: { type: "string" } },
  required: ["value"],
  additionalProperties: false,
  $defs,
}));

/** Counts the tools: schemas may be longer than the context. */
const template = "{{ tools | length }}{{ messages[0].content }}";

/** What the calls of an answer are, joined. */
interface Answer {
  readonly calls: { name: string; text: string; isWhole: boolean }[];
  readonly reason: AnswerEnd["finishReason"];
}

/** The answer of a stream of events. */
export async function collect(events: AsyncIterable<ToolEvent | AnswerEnd>): Promise<Answer> {
  const calls: Answer["calls"] = [];
  let reason: Answer["reason"] = "stop";
  for await (const event of events) {
    if (event.type === "call-start") calls.push({ name: event.name, text: "", isWhole: false });
    else if (event.type === "call-delta") calls[event.call]!.text += event.text;
    else if (event.type === "call-end") calls[event.call]!.isWhole = true;
    else if (event.type === "end") reason = event.finishReason;
  }
  return { calls, reason };
}

/**
 * Lets a model of random weights call tools with random schemas, two at a time, and checks that every whole call validates.
 * @returns calls that were whole, refused schemas (nothing satisfies them, or a word is not supported there), and answers by their end
 */
export async function checkRandomTools(
  count: number,
  tokenizer: Tokenizer,
  { toolFormat, seed }: { toolFormat: ToolFormat; seed: number },
) {
  const ajv = new Ajv({ strict: false });
  const counts = { whole: 0, cut: 0, refused: 0, asked: 0 };
  const batcher: Batcher = createBatcher(randomModel(tokenizer), { maxSequences: 8, queue: count });
  const schemas = fc.sample(randomTools, { numRuns: count, seed });
  const messages = [{ role: "user", content: "x" }];
  await Promise.all(
    schemas.map(async (schema, i) => {
      const other: Tool = { name: "other" };
      const tools = [{ name: "f", parameters: schema as never }, other];
      const toolChoice = i % 3 === 0 ? ("required" as const) : { name: "f" };
      const maxNewTokens = 90 + (i % 5) * 40;
      const asked = { tools, toolChoice, toolFormat, template };
      const options = { ...asked, maxNewTokens, temperature: 1, seed: i };
      try {
        const { calls, reason } = await collect(chatTools(batcher, tokenizer, messages, options));
        counts.asked++;
        for (const { name, text, isWhole } of calls) {
          counts[isWhole ? "whole" : "cut"]++;
          if (!isWhole) expect(reason).toBe("length");
          else if (name === "other") expect(JSON.parse(text)).toEqual({});
          else
            expect(
              ajv.validate(schema, JSON.parse(text)),
              `${JSON.stringify(schema)}\n${text}`,
            ).toBe(true);
        }
        if (toolFormat === "llama" || toolChoice !== "required")
          expect(calls.length).toBeLessThan(2);
      } catch (error) {
        if (!LmError.isInstance(error)) throw error;
        expect(error.message).toMatch(
          /^lm\/tools: the parameters of f: (nothing satisfies|#[\s\S]*: (minProperties|uniqueItems)\b)/,
        );
        counts.refused++;
      }
    }),
  );
  await batcher.close();
  return counts;
}

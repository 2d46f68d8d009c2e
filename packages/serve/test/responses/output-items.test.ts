import type { ToolEvent } from "@deepgrain/lm/tools";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outputWriter } from "../../src/responses/output-items";
import type { Json } from "../support/ask";
import { joined } from "../support/responses";

const word = fc.string({ minLength: 1, maxLength: 4 });

/** The parts of an answer: texts, thoughts, and calls, of which the last may be cut. */
const answers = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.record({ type: fc.constantFrom("text" as const, "reasoning" as const), text: word }),
        fc.record({ type: fc.constant("call" as const), parts: fc.array(word, { maxLength: 3 }) }),
      ),
      { maxLength: 8 },
    ),
    fc.boolean(),
  )
  .map(([parts, isCut]) => {
    let call = 0;
    const events: ToolEvent[] = [];
    for (const part of parts) {
      if (part.type !== "call") events.push(part);
      else {
        events.push({ type: "call-start", call, name: "f" });
        for (const text of part.parts) events.push({ type: "call-delta", call, text });
        events.push({ type: "call-end", call: call++ });
      }
    }
    const endsInCall = events.at(-1)?.type === "call-end";
    return { events: isCut && endsInCall ? events.slice(0, -1) : events, isCut };
  });

describe("items of an answer", () => {
  it("are what their deltas come to, for every order of parts", () => {
    fc.assert(
      fc.property(answers, ({ events, isCut }) => {
        const writer = outputWriter();
        const told = [...events.flatMap((event) => writer.take(event)), ...writer.end(isCut)];
        expect(joined(told)).toEqual(writer.output);
        const all = (type: string) =>
          events.flatMap((one) => (one.type === type && "text" in one ? [one.text] : [])).join("");
        const of = (type: string) => writer.output.filter((one: Json) => one.type === type);
        expect(
          of("message")
            .map((one: Json) => one.content[0].text)
            .join(""),
        ).toBe(all("text"));
        expect(
          of("reasoning")
            .map((one: Json) => one.summary[0].text)
            .join(""),
        ).toBe(all("reasoning"));
        expect(of("function_call")).toHaveLength(
          events.filter(({ type }) => type === "call-end").length,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("are one empty message for an answer without anything, and none for a call that is cut", () => {
    const empty = outputWriter();
    expect(empty.end(false).map((event: Json) => event.type)).toEqual([
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
    ]);
    expect(empty.output).toMatchObject([{ status: "completed", content: [{ text: "" }] }]);
    const cut = outputWriter();
    cut.take({ type: "call-start", call: 0, name: "f" });
    cut.take({ type: "call-delta", call: 0, text: '{"a":' });
    expect(cut.end(true)).toEqual([]);
    expect(cut.output).toEqual([]);
  });

  it("drop a call that goes on as text, and keep the numbers of those after it", () => {
    const writer = outputWriter();
    writer.take({ type: "call-start", call: 0, name: "f" });
    const told = writer.take({ type: "text", text: "a" });
    expect(told[0]).toMatchObject({ type: "response.output_item.added", output_index: 1 });
    writer.end(true);
    expect(writer.output).toMatchObject([{ type: "message", status: "incomplete" }]);
  });
});

import { sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, chunksOf, type Json, post } from "../support/ask";
import { stories } from "../support/models";

const asked = { model: "stories", prompt: "Once upon a time", temperature: 0, max_tokens: 60 };
const runs = 1000;

describe.skipIf(sharedIsMissing)("a stop string of 1 to 20 characters", () => {
  let handler: Handler;
  let text: string;
  beforeAll(async () => {
    handler = createHandler({ stories: await stories() }, { batcher: { maxSequences: 16 } });
    text = (await ask(handler, post("/v1/completions", asked))).body.choices[0].text;
  });
  afterAll(() => handler?.close());

  it("ends the text exactly before it, wherever tokens begin, and nothing of it is sent", async () => {
    const places = fc.sample(
      fc.record({ at: fc.nat(text.length - 1), length: fc.integer({ min: 1, max: 20 }) }),
      { numRuns: runs, seed: 36 },
    );
    const check = async ({ at, length }: { at: number; length: number }, i: number) => {
      const stop = text.slice(at, at + length);
      const request = {
        ...asked,
        stop: i % 4 === 0 ? [stop, "\u0001never"] : stop,
        stream: i % 2 === 0,
      };
      const response = await handler(post("/v1/completions", request));
      expect(response.status).toBe(200);
      const choices: Json[] = request.stream
        ? (await chunksOf(response)).flatMap((chunk) => chunk.choices)
        : ((await response.json()) as Json).choices;
      const sent = choices.map((choice) => choice.text).join("");
      expect({ stop, sent }).toEqual({ stop, sent: text.slice(0, text.indexOf(stop)) });
      expect(choices.at(-1).finish_reason).toBe("stop");
    };
    for (let i = 0; i < runs; i += 50)
      await Promise.all(places.slice(i, i + 50).map((place, k) => check(place, i + k)));
  });

  it("is one of up to 32; one more is refused", async () => {
    const never = Array.from({ length: 32 }, (_, i) => `\u0001${i}`);
    const last = [...never.slice(1), text.slice(3, 9)];
    const { body } = await ask(handler, post("/v1/completions", { ...asked, stop: last }));
    expect(body.choices[0].text).toBe(text.slice(0, 3));
    const refused = await ask(
      handler,
      post("/v1/completions", { ...asked, stop: [...never, "x"] }),
    );
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { param: "stop", message: "stop may have 32 strings, got 33." } },
    });
  });
});

import type { EncodedChat } from "@deepgrain/lm";
import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { repetitionRatio, type StageEvent, sftStages } from "../../src";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => setBackend("js"));

const END = 11;
const chat = (prompt: number[], answer: number[]): EncodedChat => ({
  inputIds: [...prompt, ...answer],
  labels: [...prompt.map(() => -100), ...answer],
});
const prompts = [[1], [2], [3], [4]];
/** Like long calculations: the same token over and over, never ended. */
const circling = prompts.map((prompt) => chat(prompt, new Array(12).fill(7)));
const plain = prompts.map((prompt) => chat(prompt, [5, 6, END]));

describe("sftStages", () => {
  it("lowers the repetition ratio by a second stage without the conversations that go in circles", async () => {
    const model = tinyModel(2, 12);
    const config = { sequenceLength: 16, padTokenId: 0, batchSize: 4, lr: 1e-2 };
    const options = { maxNewTokens: 12, eosTokenId: END };
    const events: StageEvent[] = [];
    const stages = [
      {
        name: "everything",
        samples: [...circling, ...plain.slice(0, 1)],
        config: { ...config, steps: 25 },
      },
      { name: "conversations", samples: plain, config: { ...config, steps: 25 } },
    ];
    const measure = () => repetitionRatio(model, prompts, options);
    for await (const event of sftStages(model, stages, { measure })) events.push(event);
    const measured = events.flatMap((event) => (event.type === "stage-measure" ? [event] : []));
    expect(measured.map(({ stage }) => stage)).toEqual(["start", "everything", "conversations"]);
    expect(measured[1]!.value).toBeGreaterThanOrEqual(0.5);
    expect(measured[2]!.value).toBeLessThan(measured[1]!.value);
    expect(events.filter((event) => event.type === "stage-event").length).toBeGreaterThan(50);
  });

  it("refuses no stages, and a stage without samples before any is trained", async () => {
    const model = tinyModel(2, 12);
    await expect(sftStages(model, []).next()).rejects.toMatchObject({ code: "ERR_MISSING" });
    const config = { sequenceLength: 16, padTokenId: 0, steps: 1, lr: 1e-2 };
    const stages = [
      { name: "first", samples: plain, config },
      { name: "second", samples: [], config },
    ];
    await expect(sftStages(model, stages).next()).rejects.toMatchObject({
      code: "ERR_MISSING",
      fields: { stage: "second" },
    });
  });
});

import { describe, expect, it } from "vitest";
import { bounds } from "../../src/python/bounds";
import { judgeSample } from "../../src/python/judge-sample";
import { checkLimits } from "../../src/python/limits";
import { fakeInterpreter } from "./support/fake-interpreter";

type Message = Record<string, unknown>;

const none = (id: unknown) => ({ id, value: 0, changes: [], nodes: [["None"]] });

/** A program that answers `None` to all, and otherwise to requests of the tests what is given. */
const program = (call: (id: unknown) => readonly (string | object | null)[]) =>
  fakeInterpreter(({ id, action }: Message) => {
    if (action === "finish") return [{ id, output: "said\n" }];
    return action === "load" ? [none(id)] : call(id);
  });

const request = {
  action: "truth",
  nodes: [
    ["object", "0"],
    ["tuple", 0],
  ],
};
const passed = { verdict: "passed", message: "", output: "" };

/** Tests that make requests and then say that all is well. */
const tests = (requests = 1) =>
  fakeInterpreter((message: Message) => {
    const isAnswer = "changes" in message;
    if (isAnswer) requests--;
    return [requests > 0 ? request : passed];
  });

const judge = (own: ReturnType<typeof program>, script = tests()) =>
  judgeSample({ program: own, tests: script }, "", checkLimits());

describe("the verdict", () => {
  it("is what the tests say", async () => {
    const own = program((id) => [none(id)]);
    const script = tests(3);
    expect(await judge(own, script)).toEqual({
      outcome: { verdict: "passed", message: "", output: "said\n" },
      isWhole: true,
    });
    expect(script.heard.filter((message) => "changes" in message)).toHaveLength(3);
    expect(own.isKilled).toBe(true);
    expect(script.isKilled).toBe(false);
  });

  it.each([
    ["a second answer", (id: unknown) => [none(id), none(id)]],
    ["an answer to what comes next", (id: unknown) => [none(id), none(Number(id) + 1)]],
    ["an answer to something else", (id: unknown) => [none(Number(id) + 1)]],
    ["a forged verdict", () => [passed]],
    ["a forged verdict after an answer", (id: unknown) => [none(id), passed]],
    ["a line that is no message", () => ["passed"]],
    ["an end", () => [null]],
    ["an answer and an end", (id: unknown) => [none(id), null]],
    ["an interpreter that broke", () => [{ broken: "it did" }]],
  ])("is failed where a program's process gives %s", async (_, call) => {
    for (const requests of [1, 3])
      expect((await judge(program(call), tests(requests))).outcome).toMatchObject({
        verdict: "failed",
        message: expect.stringMatching(/no answer to a request|ended its process|broke: it did/),
      });
  });

  it("is output where a program prints too much", async () => {
    expect((await judge(program(() => [{ isOver: true }]))).outcome.verdict).toBe("output");
  });

  it("is budget where tests make more requests than a sample may", async () => {
    const { outcome } = await judge(
      program((id) => [none(id)]),
      tests(bounds.MOST_REQUESTS + 1),
    );
    expect(outcome.verdict).toBe("budget");
  });

  it("is error, memory or failed by how a program ends while it loads", async () => {
    const raising = (...raised: string[]) =>
      fakeInterpreter(({ id }: Message) => [{ id, raised, changes: [], nodes: [] }]);
    const found = async (...raised: string[]) => (await judge(raising(...raised))).outcome;
    expect(await found("ValueError", "Mine", "no")).toMatchObject({
      verdict: "error",
      message: "Mine: no",
    });
    expect((await found("MemoryError", "MemoryError", "")).verdict).toBe("memory");
    expect((await judge(fakeInterpreter(() => [null]))).outcome.verdict).toBe("failed");
  });

  it("keeps tests that were not reached, and none that were left in the middle", async () => {
    const failing = fakeInterpreter(({ id }: Message) => [
      { id, raised: ["ValueError", "E", ""], changes: [], nodes: [] },
    ]);
    expect((await judge(failing)).isWhole).toBe(true);
    expect((await judge(program(() => ["?"]))).isWhole).toBe(false);
  });
});

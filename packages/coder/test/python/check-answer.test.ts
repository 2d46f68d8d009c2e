import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bounds } from "../../src/python/bounds";
import { checkAnswer } from "../../src/python/check-answer";
import type { Request } from "../../src/python/messages";

const request: Request = {
  action: "call",
  nodes: [
    ["object", "0"],
    ["int", "1"],
    ["list", 1],
    ["dict", 1, 2],
    ["tuple", 2, 3],
  ],
};
const three = { id: 7, value: 0, changes: [], nodes: [["int", "3"]] };
const check = (message: unknown) => checkAnswer(JSON.stringify(message), 7, request);

describe("an answer", () => {
  it("is a value, or an exception, with what changed in place", () => {
    expect(check(three)).toEqual(three);
    const raised = { id: 7, raised: ["ValueError", "Mine", "text"], changes: [], nodes: [] };
    expect(check(raised)).toEqual(raised);
    const changed = { ...three, changes: [[2, 0, 0], [3], [3, 0, 0]] };
    expect(check(changed)).toEqual(changed);
    const nodes = [["given", "2"], ["None"], ["set", 1], ["dict", 1, 0], ["object", "1f", "C"]];
    expect(check({ ...three, value: 4, nodes })).toMatchObject({ value: 4 });
  });

  it.each([
    ["of another request", { ...three, id: 6 }],
    ["without a request", { value: 0, changes: [], nodes: [["int", "3"]] }],
    ["a verdict", { verdict: "passed", message: "", output: "" }],
    ["nothing", null],
    ["a number", 3],
    ["a list", [three]],
    ["a value and an exception", { ...three, raised: ["", "", ""] }],
    ["neither", { id: 7, changes: [], nodes: [] }],
    ["a value that is not there", { ...three, value: 1 }],
    ["a place that is no number", { ...three, value: "0" }],
    ["a place below 0", { ...three, value: -1 }],
    ["an unknown tag", { ...three, nodes: [["exec", "3"]] }],
    ["a tag of objects", { ...three, nodes: [["constructor", "3"]] }],
    ["a node that is a text", { ...three, nodes: ["int"] }],
    ["a number in place of a text", { ...three, nodes: [["int", 3]] }],
    ["too many texts", { ...three, nodes: [["int", "3", "4"]] }],
    ["a value that holds itself", { ...three, nodes: [["list", 0]] }],
    ["a part that comes later", { ...three, nodes: [["list", 1], ["None"]] }],
    ["a key without a value", { ...three, nodes: [["None"], ["dict", 0]] }],
    ["a change of what cannot change", { ...three, changes: [[1, 0]] }],
    ["a change of the tuple of operands", { ...three, changes: [[4, 0]] }],
    ["a change of what was not given", { ...three, changes: [[5, 0]] }],
    ["a change with a part that is not there", { ...three, changes: [[2, 1]] }],
    ["a change of a dict to a key without a value", { ...three, changes: [[3, 0]] }],
    ["a change that is no list", { ...three, changes: [{ 0: 2 }] }],
    ["a given number", { ...three, nodes: [["given", "1"]] }],
    ["an object without a number", { ...three, nodes: [["object", "x", "C"]] }],
    ["an exception without a text", { id: 7, raised: ["E", "E"], changes: [], nodes: [] }],
    ["a long exception", { id: 7, raised: ["E", "E", "x".repeat(1001)], changes: [], nodes: [] }],
  ])("is refused: %s", (_, message) => {
    expect(check(message)).toBeUndefined();
  });

  it("is bounded in levels and nodes", () => {
    const levels = (count: number) => ({
      ...three,
      nodes: [["None"], ...Array.from({ length: count - 1 }, (_, i) => ["list", i])],
    });
    expect(check(levels(bounds.MOST_DEPTH))).toBeDefined();
    expect(check(levels(bounds.MOST_DEPTH + 1))).toBeUndefined();
    const many = (count: number) => ({ ...three, nodes: Array(count).fill(["None"]) });
    expect(check(many(bounds.MOST_NODES))).toBeDefined();
    expect(check(many(bounds.MOST_NODES + 1))).toBeUndefined();
    expect(checkAnswer("[".repeat(bounds.MOST_LINE), 7, request)).toBeUndefined();
  });

  it("is refused, whatever a process writes that is none", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(checkAnswer(line, 7, request)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.json(), (line) => {
        expect(checkAnswer(line, 7, request)).toBeUndefined();
      }),
    );
  });
});

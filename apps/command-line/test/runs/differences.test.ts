import { describe, expect, it } from "vitest";
import { differences } from "../../src/runs/differences";

describe("differences", () => {
  it("names each field with its old and its new value, inside others too", () => {
    const old = { lr: 0.1, data: { a: 1, b: [1, 2] }, gone: "x", same: null };
    const fresh = { lr: 0.2, data: { a: 1, b: [1, 3] }, added: true, same: null };
    expect(differences(old, fresh)).toEqual([
      "lr was 0.1, is 0.2",
      "data.b was [1,2], is [1,3]",
      'gone was "x", is not set',
      "added was not set, is true",
    ]);
  });

  it("cuts long values, and finds none where all is equal", () => {
    const [text] = differences({ a: "x".repeat(200) }, { a: 1 });
    expect(text).toMatch(/^a was "x{76}\.\.\., is 1$/);
    expect(differences({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { checkRandomPatterns } from "../json-schema/automata/check-random-patterns";

it("500 random regular expressions accept what RegExp finds, and nothing else", () => {
  const { patterns, accepted, refused, withBoth, empty, whole } = checkRandomPatterns(720);
  expect(patterns).toBe(720);
  expect(withBoth + empty + whole).toBe(720);
  expect(withBoth).toBeGreaterThanOrEqual(500); // the others find nothing, or everything
  expect(accepted).toBeGreaterThan(10_000);
  expect(refused).toBeGreaterThan(5000);
});

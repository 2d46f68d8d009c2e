import { expect, it } from "vitest";
import { pickOptions } from "../../src";

it("takes the options that another function has, and no other", () => {
  const given = { steps: 5, lr: undefined, seed: 1, toString: () => "mine" };
  expect(pickOptions(given, { seed: true, lr: true, clip: true })).toEqual({
    seed: 1,
    lr: undefined,
  });
  expect(pickOptions(given, {})).toEqual({});
});

import { expect, it } from "vitest";
import { runGuide } from "../support/guide";

it("evaluates in code", async () => {
  expect(await runGuide("evaluate-a-model")).toEqual([[[["0.19", "0.81"]]]]);
});

import { describeErrors } from "@deepgrain/vitest/error-shape";
import { expect, it } from "vitest";
import * as api from "../src";
import { collect } from "./support/collect";
import { Mlp, sixSteps } from "./support/mlp";

describeErrors(new URL("..", import.meta.url), api);

it.each([undefined, null, {}, { train: true }])(
  "refuses %j in place of a module",
  async (module) => {
    const batch = () => 0;
    const config = { data: { batch }, loss: () => 0 as never, steps: 1 };
    await expect(api.fit(module as never, config).next()).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringContaining(
        "trainer/fit: module must be an object with namedParameters",
      ),
    });
  },
);

it.each<[unknown, string]>([
  [0.5, "the loss must be an object, got 0.5"],
  [undefined, "the loss must be an object, got undefined"],
  [{}, "the loss must be an object with backward, got an object"],
  [{ loss: 1, scalars: {} }, "the loss must be an object with backward, got 1"],
])("refuses a loss that is %j", async (value, message) => {
  const model = new Mlp();
  const run = collect(api.fit(model, { ...sixSteps(model), loss: () => value as never }));
  await expect(run).rejects.toMatchObject({
    code: "ERR_ARGUMENT",
    message: `trainer/trainStep: ${message}`,
  });
});

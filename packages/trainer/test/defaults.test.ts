import { expect, it } from "vitest";
import { fit } from "../src";
import { collect } from "./support/collect";
import { Mlp, sixSteps } from "./support/mlp";

it("trains at a rate of 1e-3 when none is given", async () => {
  const model = new Mlp();
  const events = await collect(fit(model, { ...sixSteps(model), lr: undefined }));
  const rates = events.flatMap((event) => (event.type === "step-end" ? [event.lr] : []));
  expect(rates).toEqual(Array(6).fill(1e-3));
  model.dispose();
});

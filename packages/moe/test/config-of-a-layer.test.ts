import { randn, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { MoeLayer } from "../src";

it("may change its losses and dropping between passes, and refuses what does not fit then", () => {
  setBackend("js");
  const config = { hiddenSize: 4, expertSize: 2, experts: 4, topK: 2, auxLossAlpha: 1 };
  const layer = new MoeLayer(config);
  const passed: { auxLoss: number; dropped: number }[] = [];
  layer.onRoute(({ auxLoss, droppedFraction: dropped }) =>
    passed.push({ auxLoss: auxLoss?.itemSync() ?? 0, dropped }),
  );
  const x = randn([32, 4]);
  const pass = () => tidy(() => void layer.forward(x));
  pass();
  Object.assign(layer.config, { auxLossAlpha: 2 });
  pass();
  Object.assign(layer.config, {
    drop: { tokens: { devices: 4, capacityFactor: 0.5, exemptShare: 0 } },
  });
  pass();
  const [first, second, third] = passed;
  expect(second!.auxLoss).toBeCloseTo(2 * first!.auxLoss, 6);
  expect([first!.dropped, second!.dropped]).toEqual([0, 0]);
  expect(third!.dropped).toBeGreaterThan(0);
  Object.assign(layer.config, { drop: { tokens: { devices: 3 } } });
  expect(pass).toThrow("must divide 4 experts");
  x.dispose();
  layer.dispose();
});

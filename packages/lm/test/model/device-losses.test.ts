import { Generator, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, parseConfig, toHuggingFace, train } from "../../src";
import { countingData, tinyDeepseek, tinyDeepseekV2, tinyDeepseekV3 } from "../support/tiny-models";

const data = countingData(31);

beforeEach(() => void setBackend("js"));

/** The balance losses that a model attaches on one batch. */
async function auxLossOf(config: ReturnType<typeof tinyDeepseek>): Promise<number> {
  const model = new CausalLM(config, { generator: new Generator(5) }).train();
  let total = 0;
  for (const layer of model.moeLayers.values())
    layer.onRoute(({ auxLoss }) => {
      total += auxLoss?.itemSync() ?? 0;
    });
  tidy(() => void model.loss(data.batch(0)));
  model.dispose();
  return total;
}

describe("losses over devices", () => {
  it("are attached as the configuration says", async () => {
    const none = { aux_loss_alpha: 0, topk_method: "greedy", n_group: 4, topk_group: 2 };
    expect(await auxLossOf(tinyDeepseekV2(none))).toBe(0);
    const device = await auxLossOf(tinyDeepseekV2({ ...none, device_loss_alpha: 0.05 }));
    const sent = await auxLossOf(tinyDeepseekV2({ ...none, communication_loss_alpha: 0.02 }));
    expect(device).toBeGreaterThan(0.02);
    expect(sent).toBeGreaterThan(0.005);
    const both = { device_loss_alpha: 0.05, communication_loss_alpha: 0.02 };
    expect(await auxLossOf(tinyDeepseekV2({ ...none, ...both }))).toBeCloseTo(device + sent, 5);
    const own = { aux_loss_alpha: 0, device_loss_alpha: 0.05, loss_devices: 8 };
    expect(await auxLossOf(tinyDeepseek(own))).toBeGreaterThan(0);
  });

  it("take the limit of devices from grouped routing", () => {
    const grouped = { topk_method: "group_limited_greedy", n_group: 4, topk_group: 2 };
    const config = tinyDeepseekV2({ ...grouped, communication_loss_alpha: 0.02 });
    const model = new CausalLM(config, { generator: new Generator(5) });
    const [layer] = model.moeLayers.values();
    expect(layer!.config.communicationLoss).toEqual({ devices: 4, limit: 2, alpha: 0.02 });
    model.dispose();
  });

  it("need a number of devices, and leave configurations without them as they were", () => {
    const config = tinyDeepseek({ device_loss_alpha: 0.1 });
    expect(() => new CausalLM(config)).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG",
        fields: expect.objectContaining({ key: "loss_devices" }),
      }),
    );
    expect(toHuggingFace(tinyDeepseek())).not.toHaveProperty("device_loss_alpha");
    const written = toHuggingFace(tinyDeepseek({ device_loss_alpha: 0.1, loss_devices: 2 }));
    expect(written).toMatchObject({ device_loss_alpha: 0.1, loss_devices: 2 });
    expect(parseConfig(written)).toMatchObject({ deviceLossAlpha: 0.1, lossDevices: 2 });
  });
});

describe("a schedule of the bias's speed", () => {
  it("moves biases until it is 0", async () => {
    const model = new CausalLM(tinyDeepseekV3(), { generator: new Generator(5) });
    const biases = () =>
      [...model.moeLayers.values()].map((layer) => [
        ...layer.gate.eScoreCorrectionBias!.dataSync(),
      ]);
    const seen = [biases()];
    const biasUpdate = (step: number) => ({ rate: step <= 2 ? 0.01 : 0 });
    for await (const event of train(model, data, { steps: 4, lr: 1e-3, biasUpdate }))
      if (event.type === "step-end") seen.push(biases());
    expect(seen[1]).not.toEqual(seen[0]);
    expect(seen[2]).not.toEqual(seen[1]);
    expect(seen[3]).toEqual(seen[2]);
    expect(seen[4]).toEqual(seen[2]);
    model.dispose();
  });
});

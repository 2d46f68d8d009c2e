import { beforeEach, describe, expect, it } from "vitest";
import { full, nn, setBackend, zeros } from "../../src";
import { thrownBy } from "../support/thrown-by";

const LAYERS = [
  ["Linear", (init: nn.InitOptions["init"]) => new nn.Linear(3, 2, { init: init! })],
  ["Conv2d", (init: nn.InitOptions["init"]) => new nn.Conv2d(3, 2, 1, { init: init! })],
  [
    "ConvTranspose2d",
    (init: nn.InitOptions["init"]) => new nn.ConvTranspose2d(3, 2, 1, { init: init! }),
  ],
  ["Embedding", (init: nn.InitOptions["init"]) => new nn.Embedding(2, 3, { init: init! })],
] as const;

describe.each(LAYERS)("the init option of %s", (name, make) => {
  beforeEach(() => {
    setBackend("js");
  });

  it("makes every parameter of the layer", () => {
    const layer = make((shape) => full(shape, 0.5));
    for (const [, parameter] of layer.namedTensors()) {
      expect(new Set(parameter.dataSync())).toEqual(new Set([0.5]));
      expect(parameter.requiresGrad).toBe(true);
    }
    expect(layer.weight.size).toBe(6);
  });

  it("refuses another shape, another type and what is not a tensor", () => {
    expect(thrownBy(() => make(() => zeros([7])))).toMatchObject({
      code: "ERR_SHAPE",
      message: expect.stringContaining(`${name}: init must return a tensor of shape`),
    });
    expect(thrownBy(() => make((shape) => zeros(shape, { dtype: "int32" })))).toMatchObject({
      code: "ERR_DTYPE",
    });
    expect(thrownBy(() => make(() => [0] as never))).toMatchObject({ code: "ERR_ARGUMENT" });
  });
});

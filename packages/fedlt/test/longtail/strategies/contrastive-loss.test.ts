import { describe, expect, it } from "vitest";
import { contrastiveLoss, stream } from "../../support/all";

describe("contrastiveLoss", () => {
  it("has hand-worked values, also for features without a direction", () => {
    const options = { width: 2, temperature: 0.5 };
    const of = (own: number[], shared: number[], previous: number[]) =>
      contrastiveLoss(
        Float32Array.from(own),
        Float32Array.from(shared),
        Float32Array.from(previous),
        options,
      );
    // Cosines 1 and 0: ln(1 + e^(−2)); the gradient pushes away from the previous: σ(−2)/τ · (0, 1).
    const { loss, gradient } = of([2, 0], [1, 0], [0, 3]);
    expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-2)), 6);
    expect(gradient).toBeAllclose([0, 1 / (1 + Math.exp(2))], { atol: 1e-6 });
    expect(of([1, 1], [2, 0], [2, 0])).toMatchObject({
      loss: Math.log(2),
      gradient: { 0: 0, 1: 0 },
    });
    const zero = of([0, 0], [2, 0], [0, 1]);
    expect([zero.loss, ...zero.gradient]).toEqual([Math.log(2), 0, 0]);
    expect(() =>
      contrastiveLoss(gradient, gradient, gradient, { width: 2, temperature: 0 }),
    ).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("has the gradient of finite differences", () => {
    const random = stream(3, "contrast");
    const draw = () => Float32Array.from({ length: 12 }, () => 2 * random() - 1);
    const [own, shared, previous] = [draw(), draw(), draw()];
    const options = { width: 4, temperature: 0.3 };
    const { gradient } = contrastiveLoss(own, shared, previous, options);
    const differences = Array.from(own, (_, i) => {
      const at = (shift: number) => {
        const moved = own.slice();
        moved[i]! += shift;
        return { x: moved[i]!, loss: contrastiveLoss(moved, shared, previous, options).loss };
      };
      const [high, low] = [at(2 ** -10), at(-(2 ** -10))];
      return (high.loss - low.loss) / (high.x - low.x);
    });
    expect(gradient).toBeAllclose(differences, { rtol: 1e-3, atol: 1e-4 });
  });
});

import { type Given, options, real } from "@deepgrain/support/schema";
import { noGrad, type Tensor, tidy, tracked, zerosLike } from "@deepgrain/tensor-gpu";
import { having, MoeError, read } from "../errors";

const attaching = options({
  /** The gradient that the loss receives; 1/n when gradients of n batches are averaged. */
  scale: real({}, 1),
});

/**
 * Returns `y` unchanged; in the backward pass `loss` receives the gradient `scale`, as if it had been added to the
 * final loss. This way a balance loss trains the router and does not appear in the logged language-model loss.
 *
 * @param y any tensor that the final loss depends on
 * @param loss one element
 * @returns the elements of `y`
 * @throws {MoeError} `ERR_SHAPE` when the loss has several elements
 */
export function attachLoss(y: Tensor, loss: Tensor, options: Given<typeof attaching> = {}): Tensor {
  const { scale } = read(attaching, "attachLoss", options);
  having("attachLoss", "y", y, "shape");
  having("attachLoss", "loss", loss, "shape");
  if (loss.size !== 1)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/attachLoss: the loss must have one element, got shape [${loss.shape.join(", ")}]`,
      { fields: { shape: loss.shape } },
    );
  return tracked("attachLoss", y.detach(), [y, loss], (hold) => {
    const gradient = hold(noGrad(() => tidy(() => zerosLike(loss).add(scale))));
    return (dy) => [dy, gradient];
  });
}

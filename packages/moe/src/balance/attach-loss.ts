import { noGrad, type Tensor, tidy, tracked, zerosLike } from "@deepgrain/tensor-gpu";
import { having, MoeError, optionsOf, refuseUnknown } from "../errors";

/**
 * Returns `y` unchanged; in the backward pass `loss` receives the gradient `scale`, as if it had been added to the
 * final loss. This way a balance loss trains the router and does not appear in the logged language-model loss.
 *
 * @param y any tensor that the final loss depends on
 * @param loss one element
 * @param options.scale the gradient that `loss` receives, default 1; 1/n when gradients of n batches are averaged
 * @returns the elements of `y`
 * @throws {MoeError} `ERR_SHAPE` when the loss has several elements
 */
export function attachLoss(
  y: Tensor,
  loss: Tensor,
  options: { scale?: number | undefined } = {},
): Tensor {
  having("attachLoss", "y", y, "shape");
  const { scale = 1, ...rest } = optionsOf("attachLoss", options);
  refuseUnknown("attachLoss", rest);
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

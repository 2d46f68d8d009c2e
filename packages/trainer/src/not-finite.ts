import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import { TrainerError } from "./errors";

/** Names the first tensor of the forward pass that is not finite. */
export type Explain = () => Promise<string | undefined> | string | undefined;

const areFinite = async (tensor: Tensor): Promise<boolean> =>
  (await tensor.data()).every(Number.isFinite);

/** The name of the first weight of a module that holds a NaN or an infinity; undefined if all are finite. */
async function firstNotFinite(module: nn.Module): Promise<string | undefined> {
  for (const [name, tensor] of module.namedTensors()) if (!(await areFinite(tensor))) return name;
  return undefined;
}

/** As `firstNotFinite`, for the gradients; names come from the module, else numbers. */
export async function firstBadGradient(
  parameters: readonly Tensor[],
  module: nn.Module | undefined,
): Promise<string | undefined> {
  const names = new Map(
    [...(module?.namedTensors() ?? [])].map(([name, tensor]) => [tensor, name]),
  );
  for (const [i, parameter] of parameters.entries())
    if (parameter.grad && !(await areFinite(parameter.grad)))
      return names.get(parameter) ?? `parameter ${i}`;
  return undefined;
}

/**
 * The error of a loss that is NaN or infinite, which came before the weights were touched.
 * `fields.tensor` names the first weight that is not finite, undefined where all are finite; `fields.activation` is then what
 * `explain` says.
 */
export async function lossError(
  loss: number,
  step: number,
  { module, explain }: { module?: nn.Module | undefined; explain?: Explain | undefined },
): Promise<TrainerError> {
  const tensor = module && (await firstNotFinite(module));
  const activation = tensor === undefined ? await explain?.() : undefined;
  const first =
    activation === undefined ? "" : `${activation} is the first tensor that is not finite; `;
  const hint =
    tensor === undefined
      ? `${first}lower the learning rate or look at the data of this step`
      : `${tensor} is the first weight that is not finite; go back to an earlier checkpoint and lower the learning rate`;
  const message = `trainer/trainStep: the loss of step ${step + 1} is ${loss}; ${hint}`;
  const fields = { step: step + 1, loss, tensor, activation, isUpdated: false };
  return new TrainerError("ERR_NOT_FINITE", message, { fields });
}

/** The error of a gradient that is not finite. The step has been made: the weights are lost. */
export function gradientError(tensor: string, gradNorm: number, step: number): TrainerError {
  const message = `trainer/trainStep: the gradient of ${tensor} in step ${step + 1} is not finite; go back to an earlier checkpoint and lower the learning rate`;
  const fields = { step: step + 1, gradNorm, tensor, isUpdated: true };
  return new TrainerError("ERR_NOT_FINITE", message, { fields });
}

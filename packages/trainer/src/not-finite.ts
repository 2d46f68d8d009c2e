import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import { TrainerError } from "./errors";

/** The name of the first tensor that holds a NaN or an infinity; undefined if all are finite. */
async function firstNotFinite(tensors: Iterable<nn.NamedTensor>): Promise<string | undefined> {
  for (const [name, tensor] of tensors)
    if (!(await tensor.data()).every(Number.isFinite)) return name;
  return undefined;
}

/** The name of the first parameter whose gradient is not finite; names come from the module, else numbers. */
export function firstBadGradient(
  parameters: readonly Tensor[],
  module: nn.Module | undefined,
): Promise<string | undefined> {
  const named = [...(module?.namedTensors() ?? [])];
  const names = new Map(named.map(([name, tensor]) => [tensor, name]));
  const gradients = parameters.map((own, i) => [names.get(own) ?? `parameter ${i}`, own.grad]);
  return firstNotFinite(gradients.filter(([, grad]) => grad) as [string, Tensor][]);
}

/**
 * The error of a loss that is NaN or infinite, which came before the weights were touched.
 * `fields.tensor` names the first weight that is not finite, undefined where all are finite; `fields.activation` is then what
 * `explain` says.
 */
export async function lossError(
  loss: number,
  step: number,
  module: nn.Module | undefined,
  explain: () => Promise<string | undefined> | string | undefined,
): Promise<TrainerError> {
  const tensor = module && (await firstNotFinite(module.namedTensors()));
  const activation = tensor === undefined ? await explain() : undefined;
  const first = activation ? `${activation} is the first tensor that is not finite; ` : "";
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

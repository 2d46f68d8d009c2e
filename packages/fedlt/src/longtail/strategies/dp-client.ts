import { addScaled, clipToNorm, subtract } from "../../federation/tensors/tensor-math";
import type { ClientPart } from "../local/client-part";

/** DP-FedAvg's part on the client: θ + clip(θ_k − θ). */
export const dpClient: ClientPart = {
  finish: (params, { task, settings }) =>
    addScaled(task.params, clipToNorm(subtract(params, task.params), Number(settings.clipNorm)), 1),
};

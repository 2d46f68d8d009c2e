import { addScaled, clipToNorm, globalNorm, subtract } from "../../federation/tensors/tensor-math";
import { type ClientPart, perClass } from "../local/client-part";
import { WITHIN_CLIP } from "./adaptive-clip";

/** DP-FedAvg's part on the client: θ + clip(θ_k − θ), and with an adaptive norm whether θ_k − θ lay within it. */
export const dpClient: ClientPart = {
  finish: (trained, { task, settings }) => {
    const change = subtract(trained, task.params);
    const clipNorm = Number(settings.clipNorm);
    const params = addScaled(task.params, clipToNorm(change, clipNorm), 1);
    if (settings.isAdaptive !== true) return { params };
    const within = perClass([globalNorm(change) <= clipNorm ? 1 : 0]);
    return { params, groups: new Map([[WITHIN_CLIP, within]]) };
  },
};

import { checkSameLayout, checkTensors } from "../../federation/tensors/named-tensors";
import type { ClientPart } from "../local/client-part";
import { encodeRows } from "../local/encode-rows";
import { contrastiveLoss } from "../losses/contrastive-loss";

/**
 * MOON's part on the client: adds the model-contrastive loss to the batch's, between the features of the trained model, of the
 * received one and of this client's model after its last round, the group `previous`. In its first round there is none: both
 * models would be the same, and the loss constant.
 */
export const moonClient: ClientPart = {
  async training({ task, settings, data, encoder, features, signal }) {
    const previous = task.groups.get("previous");
    if (!previous) return {};
    const place = `client ${task.clientId}, group previous`;
    checkSameLayout(place, previous, task.params);
    checkTensors(place, previous);
    const { width } = encoder;
    const temperature = Number(settings.temperature);
    const weight = Number(settings.weight);
    // Both before the training: an encoder may hold only one model at a time.
    const shared = await features();
    const last = await encodeRows(encoder, previous, data, { signal });
    return {
      onFeatures: (own, rows) => {
        const of = (all: Float32Array) => {
          const picked = new Float32Array(rows.length * width);
          rows.forEach((row, i) => {
            picked.set(all.subarray(row * width, (row + 1) * width), i * width);
          });
          return picked;
        };
        const loss = contrastiveLoss(own, of(shared), of(last), { width, temperature });
        return { ...loss, weight };
      },
    };
  },
};

import { stream } from "../../../federation/random/stream";
import type { ReadonlyTensors } from "../../../federation/tensors/named-tensors";
import { classGradients } from "../../local/class-gradients";
import type { ClientPart } from "../../local/client-part";
import { headOf } from "../../local/heads";

/** Rows per class gradient; null: all rows once. */
export type HeadGradientDraws = { readonly repeats: number; readonly samples: number } | null;

/** CReFF's part on the client: the gradient of each of its classes with respect to the federated head. */
export const creffClient: ClientPart = {
  async report({ task, settings, data, encoder, heads, features }) {
    const groups = new Map<string, ReadonlyTensors>();
    const federated = task.groups.get("federated-head");
    if (!federated) return { groups };
    const draws = settings.draws as HeadGradientDraws;
    const random = stream(task.seed, "head-gradients", task.round, task.clientId);
    const head = headOf(federated, heads.main, encoder.width);
    const gradients = classGradients(await features(), data.labels, head, {
      name: heads.main,
      draws: draws ? { ...draws, random } : undefined,
    });
    for (const [c, tensors] of gradients) groups.set(`head-gradient/${c}`, tensors);
    return { groups };
  },
};

import type { ClientPart } from "../local/client-part";
import { headOf } from "../local/heads";
import { timesTransposed } from "../local/matrix";
import { classLoss } from "../losses/class-loss";

/** CLIMB's part on the client: reports the received model's mean loss as the metric `loss-before`. */
export const climbClient: ClientPart = {
  async report({ task, data, encoder, heads, features }) {
    const { weight, bias } = headOf(task.params, heads.main, encoder.width);
    const logits = timesTransposed(await features(), weight, encoder.width, bias);
    return { metrics: { "loss-before": classLoss(logits, data.labels).loss } };
  },
};

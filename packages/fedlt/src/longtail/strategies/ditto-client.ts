import { FedError, real } from "../../errors";
import { stream } from "../../federation/random/stream";
import type { PersonalModel, PersonalModels } from "../../federation/runtime/personal-models";
import type { FitTask } from "../../federation/runtime/task";
import { tensorChecksum } from "../../federation/tensors/checksum";
import { checkSameLayout, type ReadonlyTensors } from "../../federation/tensors/named-tensors";
import type { ClientPart } from "../local/client-part";
import { trainLocal } from "../local/train-local";

/** The model from which a task's round begins; that of a repeated task once more. */
function beginning(
  where: string,
  { round, params }: FitTask,
  received: string,
  kept: PersonalModel | undefined,
): ReadonlyTensors {
  if (!kept) return params;
  checkSameLayout(where, kept.after, params);
  checkSameLayout(where, kept.before, params);
  if (kept.round < round) return kept.after;
  if (kept.round === round && kept.received === received) return kept.before;
  throw new FedError(
    "ERR_STATE",
    `fedlt/${where}: the personal model was trained in round ${kept.round} of another run, this is round ${round}; give each run a place of its own`,
    { fields: { where, kept: kept.round, round } },
  );
}

/** The trainer's place for personal models. @throws {FedError} `ERR_ARGUMENT` without one */
function placeOf(personal: PersonalModels | undefined): PersonalModels {
  if (personal) return personal;
  throw new FedError(
    "ERR_ARGUMENT",
    "fedlt/createTrainer: Ditto keeps a personal model per client: give `personal`, such as personalFolder(folder) or memoryPersonalModels()",
  );
}

/** Ditto's part on the client: trains its personal model, keeps it, and reports its loss as the metric `personal-loss`. */
export const dittoClient: ClientPart = {
  async report({ task, settings, local, data, encoder, heads, batches, personal, signal }) {
    const place = placeOf(personal);
    const lambda = Number(settings.lambda);
    real("ditto", "lambda", lambda, { min: 0 });
    const received = tensorChecksum(task.params);
    const kept = await place.load(task.clientId);
    const before = beginning(place.where(task.clientId), task, received, kept);
    const { params, loss } = await trainLocal(task.params, {
      encoder,
      heads,
      data,
      start: before,
      config: { ...local, mu: lambda },
      twoHeads: false,
      batches,
      random: stream(task.seed, "personal-dropout", task.round, task.clientId),
      signal,
    });
    await place.save(task.clientId, { round: task.round, received, before, after: params });
    return { metrics: Number.isNaN(loss) ? {} : { "personal-loss": loss } };
  },
};

import type { ReadonlyTensors } from "../tensors/named-tensors";

/** A client's own model after a round, and what is needed to repeat that round. */
export interface PersonalModel {
  /** The last round that trained it. */
  readonly round: number;
  /** Checksum of the shared model of that round. */
  readonly received: string;
  /** The model before that round: a task may be sent twice. */
  readonly before: ReadonlyTensors;
  readonly after: ReadonlyTensors;
}

/** Where clients keep models of their own, which no coordinator sees. */
export interface PersonalModels {
  /** The place of a client's model, for messages: its file. */
  where(clientId: string): string;
  load(clientId: string): Promise<PersonalModel | undefined>;
  save(clientId: string, model: PersonalModel): Promise<void>;
}

/** Models that last as long as the process: for simulations and tests. */
export function memoryPersonalModels(): PersonalModels {
  const models = new Map<string, PersonalModel>();
  return {
    where: (clientId) => `the personal model of ${clientId}`,
    load: async (clientId) => models.get(clientId),
    save: async (clientId, model) => void models.set(clientId, model),
  };
}

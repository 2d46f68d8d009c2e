import type { ClientPart } from "../local/client-part";

/** SCAFFOLD's part on the client: adds c − c_k, which comes as the group `correction`, to every gradient. */
export const scaffoldClient: ClientPart = {
  training: ({ task }) => ({ correction: task.groups.get("correction") }),
};

/** Names of the models that `trainNodes` can create. */
export const modelNames = ["gcn", "gat", "sgc", "ppnp", "appnp", "graphsage", "chebnet"] as const;
export type ModelName = (typeof modelNames)[number];

/** Names of the losses. */
export const lossNames = ["ce", "re-weight", "focal", "cb-softmax", "ldam"] as const;
export type LossName = (typeof lossNames)[number];

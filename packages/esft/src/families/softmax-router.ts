import type { RouterSettings } from "./moe-layout";

/** The plain router: softmax over all experts, the best `topK` of all. */
export const softmaxRouter = (
  experts: number,
  topK: number,
  normTopkProb: boolean,
): RouterSettings => ({
  experts,
  topK,
  scoring: "softmax",
  method: "greedy",
  groups: 1,
  groupsKept: 1,
  normTopkProb,
  scale: 1,
  family: "deepseek_v3",
});

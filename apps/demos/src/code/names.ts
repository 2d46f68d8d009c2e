/** The policies: before GRPO and after it. */
export const policies = ["before", "after"] as const;

export type Policy = (typeof policies)[number];

/** A policy in words. */
export const policyNames: Readonly<Record<Policy, string>> = {
  before: "Before GRPO",
  after: "After GRPO",
};

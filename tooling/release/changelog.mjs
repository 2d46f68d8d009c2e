/** @file How Changesets writes change logs: each change once, and no line about packages that are released along. */

/** A changeset as an item of a list. */
export const getReleaseLine = async ({ summary }) =>
  `- ${summary.trim().replaceAll(/\n(?=.)/g, "\n  ")}`;

/** Nothing: that the packages of the family ask for each other's new versions is no news. */
export const getDependencyReleaseLine = async () => "";

/** @file The generators of all doors that have one. */
import type { Generator } from "../generator";
import { dataGenerators } from "./data";
import { messageGenerators } from "./messages";
import { modelGenerators } from "./models";
import { runGenerators } from "./runs";
import { weightGenerators } from "./weights";

export const generators: readonly Generator[] = [
  ...weightGenerators,
  ...modelGenerators,
  ...dataGenerators,
  ...messageGenerators,
  ...runGenerators,
];

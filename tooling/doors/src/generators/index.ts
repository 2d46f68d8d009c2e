/** @file The generators of all doors that have one. */
import type { Generator } from "../generator";
import { configurationGenerators } from "./configurations";
import { dataGenerators } from "./data";
import { graphGenerators } from "./graphs";
import { hubGenerators } from "./hub-answers";
import { messageGenerators } from "./messages";
import { modelGenerators } from "./models";
import { requestGenerators } from "./requests";
import { runGenerators } from "./runs";
import { visitorGraphGenerators } from "./visitor-graphs";
import { weightGenerators } from "./weights";

export const generators: readonly Generator[] = [
  ...weightGenerators,
  ...modelGenerators,
  ...configurationGenerators,
  ...dataGenerators,
  ...graphGenerators,
  ...hubGenerators,
  ...messageGenerators,
  ...requestGenerators,
  ...runGenerators,
  ...visitorGraphGenerators,
];

/** @file The generators of all doors that have one. */
import type { Generator } from "../generator";
import { configurationGenerators } from "./configurations";
import { dataGenerators } from "./data";
import { folderGenerators } from "./folder-records";
import { graphGenerators } from "./graphs";
import { hubGenerators } from "./hub-answers";
import { messageGenerators } from "./messages";
import { modelGenerators } from "./models";
import { requestGenerators } from "./requests";
import { runRecordGenerators } from "./run-records";
import { runGenerators } from "./runs";
import { visitorGraphGenerators } from "./visitor-graphs";
import { weightGenerators } from "./weights";

export const generators: readonly Generator[] = [
  ...weightGenerators,
  ...modelGenerators,
  ...configurationGenerators,
  ...dataGenerators,
  ...folderGenerators,
  ...graphGenerators,
  ...hubGenerators,
  ...messageGenerators,
  ...requestGenerators,
  ...runGenerators,
  ...runRecordGenerators,
  ...visitorGraphGenerators,
];

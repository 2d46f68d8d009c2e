/** @file The generators of all doors that have one. */
import type { Generator } from "../generator";
import { configurationGenerators } from "./configurations";
import { dataGenerators } from "./data";
import { doorRequestGenerators } from "./door-requests";
import { folderGenerators } from "./folder-records";
import { graphGenerators } from "./graphs";
import { hubGenerators } from "./hub-answers";
import { lessonGenerators } from "./lessons";
import { measuredGenerators } from "./measured-tables";
import { messageGenerators } from "./messages";
import { modelFolderGenerators } from "./model-folders";
import { modelGenerators } from "./models";
import { fileGenerators } from "./own-files";
import { peerGenerators } from "./peers";
import { requestGenerators } from "./requests";
import { runRecordGenerators } from "./run-records";
import { runGenerators } from "./runs";
import { visitorGraphGenerators } from "./visitor-graphs";
import { weightGenerators } from "./weights";

export const generators: readonly Generator[] = [
  ...weightGenerators,
  ...modelGenerators,
  ...modelFolderGenerators,
  ...configurationGenerators,
  ...dataGenerators,
  ...folderGenerators,
  ...graphGenerators,
  ...hubGenerators,
  ...lessonGenerators,
  ...measuredGenerators,
  ...messageGenerators,
  ...fileGenerators,
  ...peerGenerators,
  ...requestGenerators,
  ...doorRequestGenerators,
  ...runGenerators,
  ...runRecordGenerators,
  ...visitorGraphGenerators,
];

/** @file The owners of all fields, by package. */
import {
  coderGroups,
  fedltGroups,
  finePurify,
  iclAnchors,
  renodeGroups,
  scalingLaws,
  watermarkGroups,
} from "./methods";
import { alignGroups, lmGroups, prmGroups } from "./models";
import type { Groups } from "./owner";

export const owners: Readonly<Record<string, Groups>> = {
  align: alignGroups,
  coder: coderGroups,
  fedlt: fedltGroups,
  "fine-purify": finePurify,
  "icl-anchors": iclAnchors,
  lm: lmGroups,
  prm: prmGroups,
  renode: renodeGroups,
  "scaling-laws": scalingLaws,
  watermark: watermarkGroups,
};

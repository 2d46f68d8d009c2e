import type { Variant as LabVariant } from "@deepgrain/lab";
import type { ModelKind } from "./recipe";

/** Titles of experiments. */
export const experiments = {
  "A-1": "Where saliency flows",
  "A-2": "Label words cut off",
  "A-3": "Attention to label words against the answer",
  "A-4": "Re-weighted label words",
  "A-5": "Label words alone",
  "A-6": "Which classes are confused",
  control: "A model without anchors",
} as const;

/** A model that is trained and measured. */
export interface Variant extends LabVariant {
  id: ModelKind;
  name: string;
}

/** The model with anchors, the control without, and the unsure one. */
export const variants: readonly Variant[] = [
  { id: "anchors", name: "anchors", weight: 4 },
  { id: "control", name: "control", weight: 3 },
  { id: "look-alike", name: "look-alike", weight: 6 },
];

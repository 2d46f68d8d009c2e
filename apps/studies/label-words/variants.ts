import type { Variant as LabVariant } from "@deepgrain/lab";
import type { ModelKind } from "./recipe";

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

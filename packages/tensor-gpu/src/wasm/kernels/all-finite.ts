import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";

/** Values that an item checks, as in assembly/all-finite.as. */
const ITEM_FLOATS = 16_384;

/** Whether a contiguous float32 view contains neither NaN nor infinity. */
export function allFinite(launcher: Launcher, view: View): boolean {
  const items = Math.ceil(view.size / ITEM_FLOATS);
  return launcher.ask("findNotFinite", [view, view.size], items, 4) === 0;
}

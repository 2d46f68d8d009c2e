import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { setInts } from "./slots";

/** Values that an item looks at, as in assembly/winograd.as. */
const ITEM_FLOATS = 16_384;

/** Whether a contiguous float32 view holds neither NaN nor infinity. */
export function allFinite(launcher: Launcher, view: View): boolean {
  return launcher.borrow(4, (flag) => {
    setInts(launcher.ints, 0, [flag, launcher.address(view), view.size]);
    return launcher.ask("findNotFinite", Math.ceil(view.size / ITEM_FLOATS), 4, flag) === 0;
  });
}

import type { PageShortcuts, Pages, Rotation } from "../../backend/shortcuts";
import { fail } from "../../errors";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { GRAIN } from "./product-list";

/** Floats of a thread's work area, minus a few for the ends. */
const SCORE_FLOATS = (3 << 18) - 64;

const keySizes = ({ keys }: Pages) => keys.shape as readonly [number, number, number, number];

/** Keys that the longest sequence of a table can have. */
const mostKeys = ({ table, keys }: Pages) => (table.shape[1] ?? 0) * (keys.shape[2] ?? 0);

export function pageShortcuts(
  launcher: Launcher,
): Pick<PageShortcuts, "attendPages" | "storePages" | "placesFit"> {
  launcher.need(more);
  return {
    placesFit({ keys, rows, table }, positions) {
      const [count = 0] = rows.shape;
      const [sequences = 0] = table.shape;
      const limits = [sequences, Math.min(positions, 2 ** 31 - 1), keys.shape[0] ?? 0] as const;
      return launcher.ask("checkPages", [rows, table, count, table.size, ...limits], 1, 1) === 0;
    },
    attendPages(out, q, pages, { scale, window, cap }) {
      const [rows = 0, heads = 0, d = 0] = q.shape;
      const [, keyHeads, pageTokens] = keySizes(pages);
      if (out.size === 0) return true;
      const { keys, values, table } = pages;
      const seen = window > 0 ? Math.min(window + 4, mostKeys(pages)) : mostKeys(pages);
      const scoreRow = Math.ceil(seen / 4) * 4 + 4;
      if ((heads / keyHeads) * (scoreRow + 1) > SCORE_FLOATS)
        fail(
          "ERR_RANGE",
          `wasm/attendPages: ${seen} keys for ${heads / keyHeads} heads at once are too many`,
          { keys: seen },
        );
      const width = out.shape[2]!;
      const group = heads / keyHeads;
      const sizes = [table.shape[1]!, pageTokens, heads, keyHeads, d, width] as const;
      const valueRow = values ? values.shape[3]! : d;
      launcher.run(
        "attendPages",
        [
          ...([out, q, keys, values ?? keys, pages.rows, table, ...sizes] as const),
          ...([valueRow, window, scale, cap, scoreRow] as const),
        ],
        rows * keyHeads,
        Math.ceil(GRAIN / 8 / Math.max(1, group * seen * (d + width))),
      );
      return true;
    },
    storePages(q, k, v, pages, rotation: Rotation | null) {
      const [rows = 0, keyHeads = 0, d = 0] = k.shape;
      if (k.size === 0) return true;
      const [, , pageTokens] = keySizes(pages);
      const heads = q?.shape[1] ?? 0;
      const sizes = [pages.table.shape[1]!, pageTokens, keyHeads, d, v?.shape[2] ?? 0] as const;
      const half = rotation?.cos.shape[1] ?? 0;
      const { cos = null, sin = null, interleaved = false } = rotation ?? {};
      launcher.run(
        "storePages",
        [
          ...([k, v, pages.keys, pages.values, pages.rows, pages.table] as const),
          ...sizes,
          ...([q, heads, cos, sin, half, interleaved] as const),
        ],
        rows,
        grain(4 * d * (keyHeads + heads)),
      );
      return true;
    },
  };
}

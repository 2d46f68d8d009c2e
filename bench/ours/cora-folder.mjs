import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const shared =
  process.env.DEEPGRAIN_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));

/** The folder of the Cora data set, or undefined where there is no shared data. */
export const coraFolder = [join(shared, "data", "cora")].find((path) => existsSync(path));

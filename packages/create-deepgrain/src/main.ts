import { fileURLToPath } from "node:url";
import { create } from "./create";

try {
  const templates = fileURLToPath(new URL("templates", import.meta.url));
  process.stdout.write(await create(process.argv.slice(2), templates));
} catch (error) {
  process.stderr.write(`create-deepgrain: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

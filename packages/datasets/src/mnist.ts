import { join } from "node:path";
import { takeTurn } from "@deepgrain/support";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import type { LabelledImage } from "./parsers/labelled-images";
import { readJson } from "./read-bytes";

const side = 28;
const size = side * side;

/** The grey levels of all pictures of one digit; the package rounds level / 255 to 3 decimals. */
async function greyLevels(folder: string, digit: number, signal?: AbortSignal) {
  const path = join(folder, "src", "digits", `${digit}.json`);
  const { data } = await readJson("mnist", path, signal);
  if (!Array.isArray(data) || data.length % size !== 0)
    throw new DatasetsError(
      "ERR_FORMAT",
      `datasets/mnist: no ${side} x ${side} pictures in ${path}`,
      {
        fields: {
          path,
        },
      },
    );
  const levels = new Uint8Array(data.length);
  for (let i = 0; i < levels.length; i++) levels[i] = Math.round(data[i] * 255);
  return levels;
}

/**
 * Yields handwritten digits. The package has one file per digit; here the digits alternate from 0 to 9, each in its
 * file's order, until all are used up, so that any prefix is nearly balanced.
 *
 * @returns 10,000 pictures of 28 x 28 from `mnist` 1.1.0, their grey levels restored to whole
 *   numbers 0..255
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* mnist(options: LoadOptions = {}): AsyncGenerator<LabelledImage> {
  const { from, signal, ...rest } = optionsOf("mnist", options);
  refuseUnknown("mnist", rest);
  const folder = packageFolder("mnist", "mnist", from);
  const digits: Uint8Array[] = [];
  for (let digit = 0; digit < 10; digit++) digits.push(await greyLevels(folder, digit, signal));
  const longest = Math.max(...digits.map((levels) => levels.length));
  for (let start = 0; start < longest; start += size)
    for (const [label, levels] of digits.entries()) {
      if (start >= levels.length) continue;
      await takeTurn();
      signal?.throwIfAborted();
      yield { label, rows: side, cols: side, pixels: levels.slice(start, start + size) };
    }
}

import { DatasetsError, listOf } from "../errors";
import { parseIdx } from "./parse-idx";

/** A grey picture and its class. */
export interface LabelledImage {
  /** Class, counted from 0; for digits the digit itself. */
  readonly label: number;
  readonly rows: number;
  readonly cols: number;
  /** Grey levels 0 (background) to 255, row-major, shape [rows, cols]. */
  readonly pixels: Uint8Array;
}

/**
 * Combines the two IDX files of a picture set.
 *
 * @param images IDX file of unsigned bytes, shape [N, rows, cols]
 * @param labels IDX file of unsigned bytes, shape [N]
 * @returns N pictures in file order; their pixels share one buffer
 * @throws {DatasetsError} `ERR_FORMAT` when a file has another format or the two counts differ
 */
export function labelledImages(images: Uint8Array, labels: Uint8Array): LabelledImage[] {
  listOf("labelledImages", "images", images);
  const pictures = parseIdx(images);
  const classes = parseIdx(labels);
  const [count, rows, cols] = pictures.shape;
  const isPair =
    pictures.shape.length === 3 && classes.shape.length === 1 && count === classes.shape[0];
  if (!isPair || pictures.type !== "uint8" || classes.type !== "uint8")
    throw new DatasetsError(
      "ERR_FORMAT",
      `datasets/labelledImages: need uint8 [N, rows, cols] and uint8 [N], got ${pictures.type} [${pictures.shape}] and ${classes.type} [${classes.shape}]`,
      { fields: { images: pictures.shape, labels: classes.shape } },
    );
  const size = rows! * cols!;
  const levels = pictures.data as Uint8Array;
  return Array.from({ length: count! }, (_, i) => ({
    label: classes.data[i]!,
    rows: rows!,
    cols: cols!,
    pixels: levels.subarray(i * size, (i + 1) * size),
  }));
}

import { having, optionsOf, refuseUnknown } from "./errors";
import { type LabelledImage, labelledImages } from "./parsers/labelled-images";
import { readBytes } from "./read-bytes";

/**
 * Returns the pictures of a pair of IDX files, the format in which MNIST and Fashion-MNIST are distributed; gzip files
 * are decompressed.
 *
 * @param files.images unsigned bytes of shape [N, rows, cols]
 * @param files.labels unsigned bytes of shape [N]
 * @returns N pictures, in file order
 * @throws {DatasetsError} `ERR_MISSING_FILE` when a file cannot be read, `ERR_FORMAT` when it is not an IDX file of
 *   that shape or the two counts differ
 */
export async function idxImages(
  files: { images: string | URL; labels: string | URL },
  options: { signal?: AbortSignal | undefined } = {},
): Promise<LabelledImage[]> {
  having("idxImages", "files", files);
  const { signal, ...rest } = optionsOf("idxImages", options);
  refuseUnknown("idxImages", rest);
  const images = await readBytes("idxImages", files.images, signal);
  const labels = await readBytes("idxImages", files.labels, signal);
  return labelledImages(images, labels);
}

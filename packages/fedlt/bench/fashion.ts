/** @file Fashion-MNIST as the quick bench uses it: 14 x 14, standardised. */
import { idxImages } from "@deepgrain/datasets";
import { type Dataset, type LocalConfig, meanPool } from "../src";

/** Local training of the bench: E 2, B 32, rate 0.05, momentum 0.9, clip 1. */
export const benchLocal: LocalConfig = {
  lr: 0.05,
  momentum: 0.9,
  epochs: 2,
  batchSize: 32,
  clip: 1,
};

const folder = "/usr/share/datasets/fashion-mnist";

/** @param part `train` or `t10k` */
export async function fashionMnist(part: "train" | "t10k"): Promise<Dataset> {
  const images = await idxImages({
    images: `${folder}/${part}-images-idx3-ubyte.gz`,
    labels: `${folder}/${part}-labels-idx1-ubyte.gz`,
  });
  const inputs = new Float32Array(images.length * 196);
  images.forEach((image, i) => {
    inputs.set(meanPool(image), i * 196);
  });
  return { inputs, labels: Int32Array.from(images, ({ label }) => label), width: 196, classes: 10 };
}

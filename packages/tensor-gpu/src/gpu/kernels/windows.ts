/** @file Positions of convolution windows in a plane, forwards and backwards. */
import type { ConvShape } from "../../backend/kernels";

const NAMES = [
  ...([
    "channels",
    "height",
    "width",
    "kernelHeight",
    "kernelWidth",
    "outHeight",
    "outWidth",
  ] as const),
  ...(["strideY", "strideX", "padY", "padX", "dilationY", "dilationX"] as const),
];

/** Sizes as numbers of a kernel, under their own names and always in the same order. */
export const windowNumbers = (shape: ConvShape): Record<string, number> => ({
  ...Object.fromEntries(NAMES.map((name) => [name, shape[name]])),
  inSize: shape.height * shape.width,
  outSize: shape.outHeight * shape.outWidth,
  taps: shape.kernelHeight * shape.kernelWidth,
});

/**
 * Runs `use` for every tap of output position (plane, oy, ox) that lies inside the image: `from` is its index in the
 * plane, `tap` its number.
 */
export const overTaps = (use: string) => `for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const y = oy * strideY - padY + ky * dilationY;
        const x = ox * strideX - padX + kx * dilationX;
        let isInside = 1;
        if (y < 0) { isInside = 0; }
        if (y >= height) { isInside = 0; }
        if (x < 0) { isInside = 0; }
        if (x >= width) { isInside = 0; }
        if (isInside > 0) {
          const from = y * width + x;
          const tap = ky * kernelWidth + kx;
          ${use}
        }
      }
    }`;

/** Runs `use` for every window that covers the input position (plane, y, x): `to` is its index in the output plane. */
export const overWindows = (use: string) => `for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const top = y + padY - ky * dilationY;
        const left = x + padX - kx * dilationX;
        let isInside = 1;
        if (top < 0) { isInside = 0; }
        if (left < 0) { isInside = 0; }
        const oy = quotient(Math.abs(top), strideY);
        const ox = quotient(Math.abs(left), strideX);
        if (oy * strideY != Math.abs(top)) { isInside = 0; }
        if (ox * strideX != Math.abs(left)) { isInside = 0; }
        if (oy >= outHeight) { isInside = 0; }
        if (ox >= outWidth) { isInside = 0; }
        if (isInside > 0) {
          const to = oy * outWidth + ox;
          const tap = ky * kernelWidth + kx;
          ${use}
        }
      }
    }`;

export const OUTPUT_PLACE = `const plane = quotient(i, outSize);
    const to = i - plane * outSize;
    const oy = quotient(to, outWidth);
    const ox = to - oy * outWidth;`;

export const INPUT_PLACE = `const plane = quotient(i, inSize);
    const own = i - plane * inSize;
    const y = quotient(own, width);
    const x = own - y * width;`;

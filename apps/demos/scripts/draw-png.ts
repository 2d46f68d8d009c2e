import { createRequire } from "node:module";
import { crc32, deflateSync } from "node:zlib";
import { Resvg } from "@resvg/resvg-js";

const { resolve } = createRequire(import.meta.url);
const fontFiles = ["400Regular/Inter_400Regular", "600SemiBold/Inter_600SemiBold"].map((name) =>
  resolve(`@expo-google-fonts/inter/${name}.ttf`),
);

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Opaque pixels as a PNG of three bytes each, in unfiltered rows: flat pictures are smallest so. */
function encoded(pixels: Uint8Array, width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // bits of a channel, colours without opacity
  const rows = Buffer.alloc(height * (1 + 3 * width));
  let at = 0;
  for (let y = 0; y < height; y++) {
    at++; // the row's filter is 0: none
    for (let x = 0; x < width; x++) {
      const from = 4 * (y * width + x);
      rows.set(pixels.subarray(from, from + 3), at);
      at += 3;
    }
  }
  const data = deflateSync(rows, { level: 9 });
  const chunks = [chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", new Uint8Array())];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

/** Draws an SVG file as a PNG of its own size. @param svg with plain colours and an opaque ground */
export function drawPng(svg: string): Buffer {
  const font = { fontFiles, defaultFontFamily: "Inter", loadSystemFonts: false };
  const { pixels, width, height } = new Resvg(svg, { font }).render();
  return encoded(pixels, width, height);
}

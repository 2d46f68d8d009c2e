import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

let renderer: Promise<(svg: string) => Uint8Array> | undefined;

async function openRenderer(): Promise<(svg: string) => Uint8Array> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const font = await readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));
  return (svg) => {
    const drawn = new Resvg(svg, {
      fitTo: { mode: "zoom", value: 2 },
      font: {
        fontBuffers: [font],
        defaultFontFamily: "DejaVu Sans",
        sansSerifFamily: "DejaVu Sans",
      },
    });
    return drawn.render().asPng();
  };
}

/** An SVG file as PNG, twice as many pixels as its size. The same input gives the same bytes on every machine. */
export async function png(svg: string): Promise<Uint8Array> {
  renderer ??= openRenderer();
  return (await renderer)(svg);
}

import type { Shortcuts } from "../../../../src/backend/shortcuts";
import type { Agreement } from "../agreement";
import { LAYOUTS } from "../layouts";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { LONG_SUM } from "../tolerances";
import { convShape, inputOf, outputOf } from "./images";
import { PLANT_NAMES, planted } from "./planted";
import { drawnConvolutions } from "./window-edges";

/** Convolutions that no backend has a reason to decline: stride 1, four channels and more. */
const CONVOLUTIONS = [
  { outChannels: 1, shape: convShape({ channels: 4, size: [1, 1], kernel: [1, 1] }) },
  { outChannels: 3, shape: convShape({ channels: 4, size: [5, 5], kernel: [3, 3] }) },
  {
    outChannels: 7,
    shape: convShape({ batch: 2, channels: 5, size: [7, 9], kernel: [3, 3], pad: [1, 1] }),
  },
  {
    outChannels: 8,
    shape: convShape({ batch: 3, channels: 9, size: [6, 13], kernel: [2, 3], pad: [0, 2] }),
  },
  {
    outChannels: 4,
    shape: convShape({ channels: 4, size: [5, 4], kernel: [2, 2], pad: [1, 1], dilation: [2, 3] }),
  },
  // Shapes for tiles of 2×2 outputs: odd and even sides, sums over many channels, all kinds of padding.
  {
    outChannels: 8,
    shape: convShape({ batch: 2, channels: 8, size: [7, 9], kernel: [3, 3], pad: [1, 1] }),
  },
  { outChannels: 13, shape: convShape({ channels: 9, size: [12, 10], kernel: [3, 3] }) },
  {
    outChannels: 9,
    shape: convShape({ batch: 2, channels: 40, size: [3, 18], kernel: [3, 3], pad: [0, 2] }),
  },
  // More outputs in a row than the image has columns.
  { outChannels: 2, shape: convShape({ channels: 4, size: [3, 3], kernel: [3, 3], pad: [2, 2] }) },
  // Many pieces of an image, and a part of the batch with several images.
  {
    outChannels: 5,
    shape: convShape({ batch: 9, channels: 4, size: [12, 31], kernel: [5, 5], pad: [2, 2] }),
  },
  {
    outChannels: 65,
    shape: convShape({ batch: 1, channels: 48, size: [6, 7], kernel: [3, 3], pad: [1, 1] }),
  },
  {
    outChannels: 6,
    shape: convShape({ channels: 4, size: [3, 130], kernel: [3, 1], pad: [1, 0] }),
  },
];

type Convolution = (typeof CONVOLUTIONS)[number];
type ConvName = "conv" | "convGradInput" | "convGradWeight";
const CONV_NAMES: readonly ConvName[] = ["conv", "convGradInput", "convGradWeight"];

const NORMS = [
  { shape: [1, 1, 1], affine: true },
  { shape: [5, 3], affine: true },
  { shape: [2, 3, 7], affine: false },
  { shape: [3, 5, 4, 5], affine: true },
  { shape: [32, 17, 9, 9], affine: true },
  { shape: [4, 2, 61, 40], affine: true },
];

/** Rows, outputs and inputs that no backend has a reason to decline. */
const LINEARS: [number, number, number][] = [
  [24, 16, 8],
  [25, 17, 9],
  [29, 23, 257],
  [47, 40, 256],
  [97, 130, 300],
  [262, 33, 513],
];
const LINEAR_LAYOUTS = ["contiguous", "padded", "transposed"] as const;

type Name = keyof Shortcuts;
/** States the cases of a shortcut where the backend has it. */
type Compare = <Case>(
  name: Name,
  title: string,
  cases: readonly Case[],
  body: (scene: Scene, parameters: Case) => void,
) => void;

/** @param names the shortcuts that the backend has */
export function shortcutCases({ agrees }: Agreement, names: readonly Name[]): void {
  const compare: Compare = (name, title, cases, body) => {
    if (names.includes(name)) agrees(title, LONG_SUM, cases, body);
  };
  linearCases(compare);
  convolutionCases(compare);
  batchNormCases(compare);
}

function linearCases(compare: Compare): void {
  const cases = pairs(pairs(LINEARS, LINEAR_LAYOUTS), LINEAR_LAYOUTS);
  compare("linear", "linear", cases, (s, [[[rows, n, k], ofX], ofWeight]) => {
    const x = s.input([rows, k], { layout: LAYOUTS[ofX] });
    const weight = s.input([n, k], { layout: LAYOUTS[ofWeight] });
    s.shortcuts.linear!(s.output([rows, n]), x, weight, s.input([n]));
  });
  const plants = pairs(pairs(PLANT_NAMES, LINEARS.slice(1, 5)), ["x", "weight", "bias"]);
  compare(
    "linear",
    "linear passes NaN and infinities on",
    plants,
    (s, [[plant, [rows, n, k]], which]) => {
      const pick = (operand: string, size: number[]) =>
        operand === which ? planted(s, size, plant, { rate: 0.01 }) : s.input(size);
      const [x, weight, bias] = [pick("x", [rows, k]), pick("weight", [n, k]), pick("bias", [n])];
      s.shortcuts.linear!(s.output([rows, n]), x, weight, bias);
    },
  );
}

/** Runs one of the convolution's shortcuts. */
function convolve(s: Scene, name: ConvName, { shape, outChannels }: Convolution): void {
  const image = inputOf(shape);
  const result = outputOf({ ...shape, channels: outChannels });
  const weights = [outChannels, shape.channels, shape.kernelHeight, shape.kernelWidth];
  const { conv, convGradInput, convGradWeight } = s.shortcuts;
  if (name === "conv") conv!(s.output(result), s.input(image), s.input(weights), shape);
  else if (name === "convGradInput")
    convGradInput!(s.output(image), s.input(result), s.input(weights), shape);
  else convGradWeight!(s.output(weights), s.input(result), s.input(image), shape);
}

function convolutionCases(compare: Compare): void {
  for (const name of CONV_NAMES) {
    compare(name, name, CONVOLUTIONS, (s, one) => convolve(s, name, one));
    compare(name, `${name} takes any size`, drawnConvolutions(), (s, one) =>
      convolve(s, name, one),
    );
  }
}

function batchNormCases(compare: Compare): void {
  compare("batchNorm", "batchNorm", NORMS, (s, { shape, affine }) => {
    const [out, stats] = [s.output(shape), s.output([2, shape[1]!])];
    const x = s.input(shape, { low: 2, high: 3 });
    const [w, b] = [s.input([shape[1]!]), s.input([shape[1]!])];
    s.shortcuts.batchNorm!(out, stats, x, affine ? w : null, affine ? b : null, 1e-2);
  });
  const plants = pairs(pairs(PLANT_NAMES, NORMS.slice(1, 4)), ["x", "weight", "dy"]);
  for (const name of ["batchNorm", "batchNormGrad"] as const)
    compare(
      name,
      `${name} passes NaN and infinities on`,
      plants,
      (s, [[plant, { shape }], which]) => {
        const channels = [shape[1]!];
        // An infinite weight gives ∞ or ∞ − ∞, depending on how the formula is factored.
        const special = which === "weight" ? "NaN" : plant;
        const pick = (operand: string, size: number[]) =>
          operand === which ? planted(s, size, special, { rate: 0.1 }) : s.input(size);
        const [x, w, dy] = [pick("x", shape), pick("weight", channels), pick("dy", shape)];
        const stats = s.output([2, channels[0]!]);
        s.shortcuts.batchNorm!(s.output(shape), stats, x, w, s.input(channels), 1e-2);
        if (name === "batchNorm") return;
        const [dx, dw, db] = [s.output(shape), s.output(channels), s.output(channels)];
        s.shortcuts.batchNormGrad!(dx, dw, db, dy, x, w, stats, 1e-2);
      },
    );
  for (const wanted of [0, 1, 2, 3])
    compare(
      "batchNormGrad",
      `batchNormGrad, ${["all", "dx", "dweight", "dbias"][wanted]}`,
      NORMS,
      (s, { shape, affine }) => {
        const channels = [shape[1]!];
        const output = (which: number, size: readonly number[]) =>
          wanted === 0 || wanted === which ? s.output(size) : null;
        const [dx, dw, db] = [output(1, shape), output(2, channels), output(3, channels)];
        const [dy, x, w] = [s.input(shape), s.input(shape), s.input(channels)];
        const stats = s.input([2, channels[0]!], { low: 0.1, high: 1 });
        s.shortcuts.batchNormGrad!(dx, dw, db, dy, x, affine ? w : null, stats, 1e-2);
      },
    );
}

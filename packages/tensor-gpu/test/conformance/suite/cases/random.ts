import type { DType } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { EDGE_SIZES, pairs } from "../numbers";
import { EXACT, FUNCTION, ROUNDING } from "../tolerances";

const SEEDS = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 123_456_789_012];
const OFFSETS = [0, 1, 2, 3, 4, 1001, 2 ** 31 - 2, 2 ** 34 - 3, 2 ** 40 + 1];
const DTYPES: DType[] = ["float32", "int32", "bool"];

export function randomCases({ agrees }: Agreement): void {
  const places = pairs(SEEDS, OFFSETS);
  agrees("uniform numbers depend on seed and offset only", ROUNDING, places, (s, [seed, offset]) =>
    s.kernels.random("uniform", s.output([37]), seed, offset, 0, 1),
  );
  agrees("normal numbers depend on seed and offset only", FUNCTION, places, (s, [seed, offset]) =>
    s.kernels.random("normal", s.output([37]), seed, offset, 0, 1),
  );
  agrees("bernoulli numbers are 0 or 1 of any type", EXACT, pairs(DTYPES, places), (s, p) => {
    const [dtype, [seed, offset]] = p;
    s.kernels.random("bernoulli", s.output([37], { dtype }), seed, offset, 0.3, 0);
  });
  const kinds = pairs(["uniform", "normal"] as const, EDGE_SIZES);
  agrees("random is right for every length", FUNCTION, kinds, (s, [kind, n]) =>
    s.kernels.random(kind, s.output([n]), 7, 5, -1, 3),
  );
  agrees("random is whole on large arrays", FUNCTION, ["uniform", "normal"] as const, (s, kind) =>
    s.kernels.random(kind, s.output([70_003]), 7, 2 ** 33 + 1, 0, 1),
  );
  agrees("bernoulli knows certainty", EXACT, [0, 1], (s, p) =>
    s.kernels.random("bernoulli", s.output([100]), 3, 0, p, 0),
  );
  agrees("dropout keeps the same elements everywhere", ROUNDING, places, (s, [seed, offset]) =>
    s.kernels.dropout(s.output([53]), s.input([53]), 0.4, seed, offset),
  );
  agrees(
    "dropout is right for every length",
    ROUNDING,
    pairs(EDGE_SIZES, [0, 0.1, 0.9, 1]),
    (s, p) => {
      const [n, probability] = p;
      s.kernels.dropout(s.output([n]), s.input([n]), probability, 11, 6);
    },
  );
  agrees("dropout may write over its input", ROUNDING, [200, 70_003], (s, n) => {
    const x = s.inout([n]);
    s.kernels.dropout(x, x, 0.5, 99, 1);
  });
}

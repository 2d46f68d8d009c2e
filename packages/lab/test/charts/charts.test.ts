import { bars, curves, figure, type Html, matrix, scatter } from "@deepgrain/lab";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";

const look = ({ text }: Html) => {
  const { document } = parseHTML(text);
  return {
    document,
    rows: [...document.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map(({ textContent }) => textContent),
    ),
    keys: [...document.querySelectorAll(".key")].map(({ textContent }) => textContent),
    wide: document.querySelector(".chart-wide svg")!,
  };
};

const x = { label: "step" };
const y = { label: "loss" };
const estimated = { mean: 2, interval: [1.5, 2.5] } as const;

describe("curves", () => {
  it("are a line and a band each, with a level to compare with", () => {
    const { rows, keys, wide, document } = look(
      curves({
        label: "Loss over steps",
        caption: "Means.",
        x,
        y: { ...y, isLog: true },
        series: [
          {
            name: "a",
            points: [
              { x: 0, y: 1 },
              { x: 1, y: estimated },
            ],
            hasDots: true,
          },
          { name: "b", color: "red", points: [{ x: 0, ...estimated, label: "first" }] },
        ],
        reference: { y: 1.5, name: "chance" },
      }),
    );
    expect(keys).toEqual(["a", "b", "chance"]);
    expect(rows).toEqual([
      ["a", "0", "1.000"],
      ["a", "1", "2.000 (1.500 to 2.500)"],
      ["b", "first", "2.000 (1.500 to 2.500)"],
    ]);
    expect(wide.querySelectorAll("[aria-label=area] path")).toHaveLength(2);
    expect(wide.querySelectorAll("[aria-label=dot] circle")).toHaveLength(2);
    expect(document.querySelector("figcaption")!.textContent).toContain("Means.");
  });

  it.each([[[1, 2, 4, 8, 16, 32, 64]], [[1, 5000]], [[2e9, 8e10]], [[0.05, 0.5]]])(
    "have a name at every tick of a logarithmic axis from %j",
    (places) => {
      const points = places.map((place) => ({ x: place, y: place }));
      const isLog = true;
      const { wide } = look(
        curves({
          label: "Both logarithmic",
          x: { ...x, isLog },
          y: { ...y, isLog },
          series: [{ name: "a", points }],
        }),
      );
      for (const axis of ["x", "y"]) {
        const ticks = wide.querySelectorAll(`[aria-label="${axis}-axis tick"] path`);
        const names = [...wide.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)];
        expect(ticks.length).toBeGreaterThan(1);
        expect(names.filter(({ textContent }) => textContent !== "")).toHaveLength(ticks.length);
      }
    },
  );

  it("are dashed where colours repeat, in the chart and in its legend", () => {
    const { document, wide } = look(
      curves({
        label: "Seven",
        x,
        y,
        series: Array.from({ length: 7 }, (_, i) => ({
          name: `s${i}`,
          points: [0, 1].map((place) => ({ x: place, y: i })),
        })),
      }),
    );
    expect(wide.querySelectorAll("[stroke-dasharray]")).toHaveLength(1);
    const dashed = [...document.querySelectorAll(".key:has(.dashed)")];
    expect(dashed.map(({ textContent }) => textContent)).toEqual(["s6"]);
  });
});

describe("bars", () => {
  const rows = [
    { name: "one", values: [0.25, 0.5] },
    { name: "two", values: [null, estimated] },
  ];

  it("are dots with the values that exist, or filled from 0", () => {
    const dots = look(bars({ label: "Values", x, rows, series: ["p", "q"], reference: 1 }));
    expect(dots.rows).toEqual([
      ["one", "0.250", "0.500"],
      ["two", "–", "2.000 (1.500 to 2.500)"],
    ]);
    expect(dots.wide.querySelectorAll("[aria-label=dot] circle")).toHaveLength(3);
    const filled = look(bars({ label: "Values", x, rows, isFromZero: true }));
    expect(filled.wide.querySelectorAll("[aria-label=bar] rect")).toHaveLength(3);
  });

  it("shorten long names in the drawing and keep them in the numbers", () => {
    const name = "a very long name of a method with all its settings";
    const { wide, rows: numbers } = look(
      bars({ label: "Values", x, rows: [{ name, values: [1] }] }),
    );
    expect(wide.textContent).not.toContain(name);
    expect(wide.textContent).toContain("a very long name of…s settings");
    expect(numbers[0]![0]).toBe(name);
  });
});

describe("intervals", () => {
  it("end where values do", () => {
    const rows = [{ name: "share", values: [{ mean: 98, interval: [90, 106] as const }] }];
    const { rows: numbers } = look(bars({ label: "Shares", x: { ...x, bounds: [0, 100] }, rows }));
    expect(numbers).toEqual([["share", "98.0 (90.0 to 100.0)"]]);
    const points = [{ x: 0, y: { mean: 0.1, interval: [-0.2, 0.4] as const } }];
    const percent = look(
      curves({ label: "Shares", x, y: { ...y, isPercent: true }, series: [{ name: "a", points }] }),
    );
    expect(percent.rows[0]![2]).toBe("0.100 (0.000 to 0.400)");
  });
});

it("hides the unnamed parts of a drawing from readers of its description", () => {
  const points = [
    { x: 0, y: 1 },
    { x: 1, y: 2 },
  ];
  const { wide } = look(curves({ label: "A", x, y, series: [{ name: "a", points }] }));
  for (const part of wide.querySelectorAll(":scope > g"))
    expect(part.getAttribute("aria-hidden")).toBe("true");
});

it("draws points without a line, and names a series in no legend, where that is asked for", () => {
  const points = [0, 1].map((at) => ({ x: at, y: at + 1 }));
  const { keys, wide } = look(
    curves({
      label: "Fit",
      x,
      y,
      series: [
        { name: "points", points, hasDots: true, hasLine: false },
        { name: "fit", points, isInLegend: false },
      ],
    }),
  );
  expect(keys).toEqual(["points"]);
  expect(wide.querySelectorAll("[aria-label=line] path")).toHaveLength(1);
});

describe("a scatter", () => {
  it("names lines at their ends, and draws what its axis spans alone", () => {
    const points = [60, 90, 95].map((at) => ({ x: at, y: 5 }));
    const { wide, rows } = look(
      scatter({
        label: "Success over accuracy",
        x: { label: "accuracy", domain: [80, 100] },
        y,
        groups: [{ name: "a long name", endLabel: "short", points, isLinked: true }],
      }),
    );
    expect(rows).toHaveLength(3);
    expect(wide.textContent).toContain("short");
    expect(wide.innerHTML).toContain("clip-path");
  });

  it("has a point per pair that exists, with its spread", () => {
    const points = [
      { x: 1, y: estimated, label: "near" },
      { x: null, y: 2 },
    ];
    const { rows, wide } = look(
      scatter({
        label: "Loss against steps",
        x,
        y,
        groups: [{ name: "runs", points, isLinked: true }],
      }),
    );
    expect(rows).toEqual([["near", "1.000", "2.000 (1.500 to 2.500)"]]);
    expect(wide.querySelectorAll("[aria-label=dot] circle")).toHaveLength(1);
    expect(wide.textContent).toContain("near");
  });
});

describe("a matrix", () => {
  it("has a cell per number, darkest at the largest", () => {
    const { rows, wide, document } = look(
      matrix({
        label: "Shares",
        rows: ["r"],
        columns: ["a", "b", "c"],
        values: [[1, 4, null]],
        format: (value) => `${value}!`,
      }),
    );
    expect(rows).toEqual([["r", "1!", "4!", "–"]]);
    expect(document.querySelector(".scale")!.textContent).toBe("0!4!");
    const cells = [...wide.querySelectorAll("[aria-label=cell] rect")];
    expect(cells.map((cell) => Number(cell.getAttribute("fill-opacity")))).toEqual([
      0.04 + 0.51 / 4,
      0.55,
    ]);
  });
});

it("draws any other marks, once for screens and once for phones", () => {
  const widths: number[] = [];
  const { document } = look(
    figure({
      label: "Nothing",
      data: { head: ["a"], body: [] },
      draw: (width) => {
        widths.push(width);
        return { marks: [] };
      },
    }),
  );
  expect(widths).toEqual([720, 328]);
  expect(document.querySelectorAll("svg[role=img][aria-label=Nothing]")).toHaveLength(2);
});

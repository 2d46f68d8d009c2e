import { expect, it } from "vitest";
import { type Box, placeLabels } from "../../src/pages";

const frame = { left: 0, top: 0, right: 200, bottom: 100 };
const overlaps = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

it("puts labels beside their points, over no point and no other label", () => {
  const points = Array.from({ length: 12 }, (_, i) => ({ x: 20 + 13 * i, y: 50, label: "name" }));
  const boxes = placeLabels(points, frame);
  const placed = boxes.flatMap((box) => (box ? [box] : []));
  expect(placed.length).toBeGreaterThan(3);
  placed.forEach((box, i) => {
    for (const other of placed.slice(i + 1)) expect(overlaps(box, other)).toBe(false);
    for (const { x, y } of points)
      expect(overlaps(box, { left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 })).toBe(false);
  });
});

it("leaves out a label that has no room, and one without text", () => {
  expect(
    placeLabels([{ x: 100, y: 50, label: "far too long for the frame it is in" }], frame),
  ).toEqual([undefined]);
  expect(placeLabels([{ x: 100, y: 50, label: "" }], frame)).toEqual([undefined]);
});

import { fail, oneOf, optionsOf, refuseUnknown } from "../errors";
import type { ConflictDrawing } from "./conflict-drawing";
import {
  type DrawConflictsOptions,
  type DrawingLibraries,
  type DrawnConflicts,
  mountDrawing,
} from "./mount-drawing";

const isElement = (container: unknown) => typeof container === "object" && container !== null;

/**
 * Draws a scored graph into an element of a page with sigma: labelled nodes large, coloured by conflict or weight on a scale that
 * is monotone in lightness, or by class; nodes without a label small and grey.
 *
 * @param container the element, which must have a size
 * @param drawing from `conflictDrawing`
 * @param libraries `{ MultiGraph, Sigma }`, which the page has
 * @returns the drawing: its colours can be changed, and its nodes found; dispose of it in the end
 * @throws {RenodeError} `ERR_ARGUMENT` for what is no element, no drawing or no library
 * @see drawingPage, a page with this drawing that needs nothing else
 */
export function drawConflicts(
  container: object,
  drawing: ConflictDrawing,
  libraries: DrawingLibraries,
  options: DrawConflictsOptions = {},
): DrawnConflicts {
  const { colourBy = "conflict", isDark, onSelect, ...rest } = optionsOf("drawConflicts", options);
  refuseUnknown("drawConflicts", rest);
  oneOf("drawConflicts", "colourBy", colourBy, ["conflict", "weight", "class"]);
  if (!isElement(container)) fail("ERR_ARGUMENT", "drawConflicts: container must be an element");
  if (!Array.isArray(drawing?.nodes))
    fail("ERR_ARGUMENT", "drawConflicts: drawing must come from conflictDrawing");
  for (const name of ["MultiGraph", "Sigma"] as const)
    if (typeof libraries?.[name] !== "function")
      fail("ERR_ARGUMENT", `drawConflicts: libraries must have ${name}`);
  return mountDrawing(container, drawing, libraries, { colourBy, isDark, onSelect });
}

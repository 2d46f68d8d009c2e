/**
 * A graph drawn with its conflicts, weights or classes as colours.
 *
 * @packageDocumentation
 */
export { type ConflictDrawing, conflictDrawing, type DrawnNode } from "./conflict-drawing";
export { drawConflicts } from "./draw-conflicts";
export { drawingPage } from "./drawing-page";
export type {
  ColourBy,
  DrawConflictsOptions,
  DrawingLegend,
  DrawingLibraries,
  DrawnConflicts,
} from "./mount-drawing";

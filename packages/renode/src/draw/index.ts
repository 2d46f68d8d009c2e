export { type ConflictDrawing, conflictDrawing, type DrawnNode } from "./conflict-drawing";
export { type DrawingPageOptions, drawingPage } from "./drawing-page";

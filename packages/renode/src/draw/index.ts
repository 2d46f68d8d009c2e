export { conflictDrawing } from "./conflict-drawing";
export { type DrawingPageOptions, drawingPage } from "./drawing-page";

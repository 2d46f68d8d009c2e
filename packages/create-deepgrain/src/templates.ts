/** A project to start from. */
export interface Template {
  /** Its folder in `apps/examples`. */
  folder: string;
  /** Its kind in words, for the help. */
  is: string;
  /** The command after `npm install`. */
  run: string;
}

/** All templates by the name that people type. */
export const templates: Readonly<Record<string, Template>> = {
  node: { folder: "node-script", is: "a training in Node", run: "npm start" },
  vite: { folder: "vite-app", is: "a page built by Vite", run: "npm run dev" },
  worker: { folder: "web-worker", is: "a training in a web worker", run: "npm start" },
  next: { folder: "next-app", is: "a client component of Next.js", run: "npm run dev" },
  page: { folder: "html-page", is: "one HTML file, no build", run: "npm start" },
  gguf: { folder: "gguf-chat", is: "open a GGUF file and chat with it", run: "npm run dev" },
};

import type { DoorPlace } from "./door";

/** A place whose module answers each of its paths. */
const place = <P extends string>(of: DoorPlace<P>): DoorPlace<P> => of;

/** The doors that may be open. Each is a module that its first request loads. */
export const doors = {
  openai: place({
    api: "OpenAI's API",
    path: "/v1",
    routes: {
      "/v1/models": "GET",
      "/v1/models/:name{.+}": "GET",
      "/v1/chat/completions": "POST",
      "/v1/completions": "POST",
      "/v1/embeddings": "POST",
    },
    open: async () => (await import("./openai")).openai,
  }),
  responses: place({
    api: "OpenAI's Responses API",
    path: "/v1/responses",
    routes: { "/v1/responses": "POST" },
    open: async () => (await import("../responses/responses")).responses,
  }),
  infill: place({
    api: "llama.cpp's /infill",
    path: "/infill",
    routes: { "/infill": "POST" },
    open: async () => (await import("../infill/infill")).infill,
  }),
  ollama: place({
    api: "Ollama's API",
    path: "/api",
    routes: {
      "/api/chat": "POST",
      "/api/generate": "POST",
      "/api/embed": "POST",
      "/api/tags": "GET",
      "/api/show": "POST",
    },
    open: async () => (await import("../ollama/ollama")).ollama,
  }),
} as const;

/** The name of a door, as `doors` of `createHandler` and `--doors` of `deepgrain serve` spell it. */
export type DoorName = keyof typeof doors;

export const doorNames = Object.keys(doors) as DoorName[];

/** Those that are open where nothing is said. */
export const defaultDoors: readonly DoorName[] = ["openai", "infill"];

const isAt = ({ path: own }: DoorPlace, path: string) => path === own || path.startsWith(`${own}/`);

/** The door that a path belongs to; undefined for paths of none. */
export function doorOf(path: string): DoorName | undefined {
  const found = doorNames.filter((name) => isAt(doors[name], path));
  return found.sort((a, b) => doors[b].path.length - doors[a].path.length)[0];
}

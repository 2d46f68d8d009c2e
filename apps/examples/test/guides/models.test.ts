import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { runGuide } from "../support/guide";
import { files, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const folders: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-guide-"));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const smol = "HuggingFaceTB/SmolLM2-135M-Instruct/resolve/main";

it("loads a model by its address and chats with it", async () => {
  const folder = temporaryFolder();
  const tiny = { texts: ["a river in Europe"], vocabSize: 258, type: "llama" } as const;
  for (const place of [smol, "my-team/my-model/resolve/main"])
    await saveTinyModel(join(folder, place), tiny);
  const server = await serveLoopback(async (request) => {
    const isPrivate = request.url!.startsWith("/my-team");
    if (isPrivate && request.headers.authorization !== "Bearer hf_...") return undefined;
    return files(folder)(request);
  });
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const replace = { "https://huggingface.co": server.url };
    const [chat, guarded] = await runGuide("load-and-chat", { replace });
    expect(chat).toEqual([[4]]);
    expect(guarded).toEqual([["llama"]]);
  } finally {
    server.close();
  }
  expect(written.mock.calls.length).toBeGreaterThan(2);
  expect(server.asked).toContain(`/${smol}/config.json`);
  expect(server.asked).toContain(`/${smol}/model.safetensors`);
});

it("fine-tunes a JSONL file by ESFT, and takes the adapter out again", async () => {
  const names = ["light", "fan", "door", "pump"];
  const line = (i: number) => {
    const [name, state] = [names[i % 4]!, i % 3 === 0 ? "on" : "off"];
    const answer = `{${name}: ${state === "on" ? 1 : 0}}`;
    const messages = [
      { role: "user", content: `${name} ${state}` },
      { role: "assistant", content: answer },
    ];
    return JSON.stringify({ messages });
  };
  const lines = Array.from({ length: 60 }, (_, i) => line(i));
  const prepare = async (folder: string) => {
    await writeFile(join(folder, "task.jsonl"), lines.join("\n"));
    const tiny = { texts: lines, vocabSize: 280, type: "deepseek" } as const;
    await saveTinyModel(join(folder, "base"), tiny);
  };
  const [logged] = await runGuide("fine-tune-with-esft", { prepare });
  expect(logged!.slice(0, 2)).toEqual([[0], [true]]);
  const losses = logged!.filter((line) => line.length === 2).map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(6);
  expect(Math.min(...losses)).toBeLessThan(losses[0]!);
  expect(logged!.slice(-2)).toEqual([[true], [true]]);
});

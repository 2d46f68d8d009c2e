import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  collect,
  wordnetGlosses,
  wordnetNounClasses,
  wordnetNounClassNames,
  wordnetNounGraph,
  wordnetRelations,
} from "../src/index";
import { lexicographerFiles } from "../src/wordnet/lexicographer-files";
import { parseSynset } from "../src/wordnet/parse-synset";

const folder = mkdtempSync(join(tmpdir(), "datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("parseSynset", () => {
  it("reads words, pointers and gloss", () => {
    const line =
      '00001930 03 n 02 physical_entity 0 body 1 002 @ 00001740 n 0000 + 00694095 v 0101 | an entity; "it exists"  ';
    expect(parseSynset(line)).toEqual({
      id: "00001930-n",
      lexicographerFile: "noun.Tops",
      fileNumber: 3,
      words: ["physical entity", "body"],
      gloss: 'an entity; "it exists"',
      pointers: [
        { symbol: "@", target: "00001740-n" },
        { symbol: "+", target: "00694095-v" },
      ],
    });
  });

  it("counts words in hexadecimal and files satellites under adjectives", () => {
    const words = Array.from({ length: 16 }, (_, i) => `w${i}(p) 0`).join(" ");
    const { id, words: read } = parseSynset(`00000001 00 s 10 ${words} 000 | many`);
    expect(id).toBe("00000001-a");
    expect(read).toEqual(Array.from({ length: 16 }, (_, i) => `w${i}`));
  });

  it.each([
    "",
    "00001740 03 n 01 entity 0",
    "00001740 03 n 01 entity 0 002 @ 1 n 0 | x",
    "1 45 n 01 a 0 000 | x",
  ])("refuses %j", (line) => {
    expect(() => parseSynset(line)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

describe("wordnetGlosses", () => {
  it("yields 117,791 synsets, nouns first", async () => {
    const counts: Record<string, number> = {};
    const ids = new Set<string>();
    const withoutDefinition: string[] = [];
    for await (const { id, partOfSpeech, definition } of wordnetGlosses()) {
      counts[partOfSpeech] = (counts[partOfSpeech] ?? 0) + 1;
      ids.add(id);
      if (definition === "") withoutDefinition.push(id);
    }
    expect(Object.entries(counts)).toEqual([
      ["noun", 82_192],
      ["verb", 13_789],
      ["adjective", 18_185],
      ["adverb", 3_625],
    ]);
    expect(ids.size).toBe(117_791);
    expect(withoutDefinition).toEqual([]);
  });

  it("takes the examples off the definition", async () => {
    for await (const entry of wordnetGlosses({ partsOfSpeech: ["noun"] })) {
      if (entry.id !== "00003993-n") continue;
      expect(entry).toMatchObject({
        words: ["congener"],
        lexicographerFile: "noun.Tops",
        definition: "a whole (a thing or person) of the same kind or category as another",
        examples: [
          "lard was also used, though its congener, butter, was more frequently employed",
          "the American shopkeeper differs from his European congener",
        ],
      });
      return;
    }
    expect.unreachable();
  });

  it("refuses an unknown part of speech", async () => {
    const options = { partsOfSpeech: ["pronoun" as never] };
    await expect(collect(wordnetGlosses(options))).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("reads a folder with WordNet's own files", async () => {
    writeFileSync(
      join(folder, "data.adv"),
      "  1 licence\n00000001 02 r 01 a_la_carte 0 000 | by the card  \n",
    );
    expect(await collect(wordnetGlosses({ from: folder, partsOfSpeech: ["adverb"] }))).toEqual([
      {
        id: "00000001-r",
        partOfSpeech: "adverb",
        lexicographerFile: "adv.all",
        words: ["a la carte"],
        gloss: "by the card",
        definition: "by the card",
        examples: [],
      },
    ]);
  });
});

describe("wordnetNounClasses", () => {
  it("knows 45 lexicographer files, 26 of them noun classes", () => {
    expect(new Set(lexicographerFiles).size).toBe(45);
    expect(wordnetNounClassNames).toHaveLength(26);
    expect([wordnetNounClassNames[0], wordnetNounClassNames[25]]).toEqual(["Tops", "time"]);
  });

  it("labels 82,192 glosses", async () => {
    const counts = new Array<number>(26).fill(0);
    for await (const { label } of wordnetNounClasses()) counts[label]!++;
    expect(counts.reduce((a, b) => a + b)).toBe(82_192);
    expect(Math.min(...counts)).toBe(counts[wordnetNounClassNames.indexOf("motive")]);
    expect(Math.max(...counts)).toBe(counts[wordnetNounClassNames.indexOf("artifact")]);
  });

  it("puts the dog among the animals", async () => {
    for await (const { words, label } of wordnetNounClasses()) {
      if (words[0] !== "dog") continue;
      expect(wordnetNounClassNames[label]).toBe("animal");
      return;
    }
    expect.unreachable();
  });
});

describe("wordnetNounGraph", () => {
  it("has one edge a pair and relation, within the nodes", async () => {
    const { nodes, relations, source, target, relation } = await wordnetNounGraph();
    expect(nodes).toHaveLength(82_192);
    const counts = new Array<number>(relations.length).fill(0);
    const seen = new Set<string>();
    for (let i = 0; i < source.length; i++) {
      counts[relation[i]!]!++;
      seen.add(`${source[i]} ${target[i]} ${relation[i]}`);
    }
    expect(seen.size).toBe(source.length);
    expect(
      source.every((node, i) => node < 82_192 && target[i]! < 82_192 && node !== target[i]),
    ).toBe(true);
    expect(Object.fromEntries(relations.map((name, i) => [name, counts[i]]))).toEqual({
      hypernym: 75_916,
      instanceHypernym: 8_589,
      memberHolonym: 12_288,
      substanceHolonym: 797,
      partHolonym: 9_111,
      topicDomain: 4_263,
      regionDomain: 1_395,
      usageDomain: 957,
      antonym: 975,
      derivation: 1_351,
    });
  });

  it("gives every node but entity something it is a kind of", async () => {
    const graph = await wordnetNounGraph({ relations: ["hypernym", "instanceHypernym"] });
    const parent = new Int32Array(graph.nodes.length).fill(-1);
    for (const [i, child] of graph.source.entries()) parent[child] = graph.target[i]!;
    const roots = graph.nodes.filter((_, i) => parent[i] === -1);
    expect(roots.map(({ words }) => words)).toEqual([["entity"]]);
  });

  it("keeps a symmetric relation once, without loops", async () => {
    const line = (id: number, pointers: string) =>
      `0000000${id} 03 n 01 w${id} 0 ${pointers} | gloss\n`;
    writeFileSync(
      join(folder, "data.noun"),
      line(1, "002 ! 00000002 n 0101 ! 00000002 n 0101") +
        line(2, "003 ! 00000001 n 0101 + 00000002 n 0101 + 00000009 v 0101"),
    );
    const { source, target, relation } = await wordnetNounGraph({ from: folder });
    expect([[...source], [...target], [...relation]]).toEqual([
      [0],
      [1],
      [wordnetRelations.indexOf("antonym")],
    ]);
    writeFileSync(join(folder, "data.noun"), line(1, "001 @ 00000009 n 0000"));
    await expect(wordnetNounGraph({ from: folder })).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });

  it("refuses an unknown relation", async () => {
    await expect(wordnetNounGraph({ relations: ["cousin" as never] })).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
  });
});

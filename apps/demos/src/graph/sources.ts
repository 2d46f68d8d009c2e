/** A graph as it is written down here. */
interface Source {
  title: string;
  classNames: readonly string[];
  /** A digit per node: its class. */
  classes: string;
  names: readonly string[];
  /** Per node, with bars between: its neighbours of a higher number, each with ":" and a weight if that is not 1. */
  neighbours: string;
}

const karateNames = Array.from({ length: 34 }, (_, i) => {
  if (i === 0) return "Mr. Hi";
  return i === 33 ? "Officer" : `Member ${i + 1}`;
});

/** The graphs that come with the page. */
export const sources = {
  /** Who met whom outside of the club, and whom each followed when it split (Zachary 1977). */
  karate: {
    title: "Karate club",
    classNames: ["Mr. Hi", "Officer"],
    classes: "0000000001000011001010111111111111",
    names: karateNames,
    neighbours:
      "1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31|2 3 7 13 17 19 21 30|3 7 8 9 13 27 28 32|7 12 13|6 10|6 10 16|16||30 32 33|33||||" +
      "33|32 33|32 33|||32 33|33|32 33||32 33|25 27 29 32 33|25 27 31|31|29 33|33|31 33|32 33|32 33|32 33|33|",
  },
  /** Who meets whom in how many chapters (Knuth 1993); classes are communities by greedy modularity (Clauset, Newman and Moore 2004). */
  miserables: {
    title: "Les Misérables",
    classNames: ["Valjean", "Enjolras", "Fantine", "Myriel", "Bamatabois"].map(
      (name) => `around ${name}`,
    ),
    classes: "33333333330020002222222200000422004444400000001110000000011111111111000001101",
    names: (
      "Napoleon|Myriel|Mlle. Baptistine|Mme. Magloire|Countess de Lô|Geborand|Champtercier|Cravatte|Count|Old Man|Valje" +
      "an|Labarre|Marguerite|Mme. de R|Isabeau|Gervais|Listolier|Tholomyes|Fameuil|Blacheville|Favourite|Dahlia|Zephine" +
      "|Fantine|Mme. Thenardier|Thenardier|Cosette|Javert|Fauchelevent|Bamatabois|Perpetue|Simplice|Scaufflaire|Woman 1" +
      "|Judge|Champmathieu|Brevet|Chenildieu|Cochepaille|Pontmercy|Boulatruelle|Eponine|Anzelma|Woman 2|Mother Innocent" +
      "|Gribier|Mme. Burgon|Jondrette|Gavroche|Gillenormand|Magnon|Mlle. Gillenormand|Mme. Pontmercy|Mlle. Vaubois|Lt G" +
      "illenormand|Marius|Baroness T|Mabeuf|Enjolras|Combeferre|Prouvaire|Feuilly|Courfeyrac|Bahorel|Bossuet|Joly|Grant" +
      "aire|Mother Plutarch|Gueulemer|Babet|Claquesous|Montparnasse|Toussaint|Child 1|Child 2|Brujon|Mme. Hucheloup"
    ).split("|"),
    neighbours:
      "1|2:8 3:10 4 5 6 7 8:2 9 10:5|3:6 10:3|10:3|||||||11 12 13 14 15 23:9 24:7 25:12 26:31 27:17 28:8 29:2 31:3 32 3" +
      "3:2 34:3 35:3 36:2 37:2 38:2 43:3 44 48 49:2 51:2 55:19 58:4 64 68 69 70 71 72||23:2||||17:4 18:4 19:4 20:3 21:3" +
      " 22:3 23:3|18:4 19:4 20:3 21:3 22:3 23:3 26 55|19:4 20:3 21:3 22:3 23:3|20:4 21:3 22:3 23:3|21:5 22:4 23:4|22:4 " +
      "23:4|23:4|24:2 25 27:5 29 30 31:2|25:13 26:4 27 41:2 42 50 68 69 70|26 27:5 39 40 41:3 42:2 48 55:2 68:5 69:6 70" +
      ":4 71 75:3|27 43 49:3 51:2 54 55:21 72:2|28 29 31 33 43 48 58:6 68 69:2 70 71 72|44:3 45:2|34:2 35:2 36 37 38|31" +
      ":2||||35:3 36:2 37:2 38:2|36:2 37:2 38:2|37:2 38:2|38:2||52 55||42:2 55:5 57 62 68 69 70 71 75|||||47 48:2||55:4" +
      " 57 58:7 59:6 60 61:2 62:7 63:5 64:5 65:3 66 68 69 71 73:2 74:2 75 76|50 51:9 54 55:12 56||52 53 54:2 55:6|||55|" +
      "56 57 58:7 59:5 61 62:9 63 64:5 65:2||58 59:2 61 62:2 63:2 64 65 67:3|59:15 60:4 61:6 62:17 63:4 64:10 65:5 66:3" +
      " 70 76|60:2 61:5 62:13 63:5 64:9 65:5 66|61:2 62:3 63:2 64:2 65:2 66|62:6 63:3 64:6 65:5 66|63:6 64:12 65:5 66:2" +
      " 76|64:4 65:5 66 76|65:7 66:3 76|66:2 76|76||69:6 70:4 71:2 75:3|70:4 71:2 75:3|71:2 75|75||74:3|||",
  },
} as const satisfies Record<string, Source>;

/** Name of a graph that comes with the page. */
export type SourceName = keyof typeof sources;

export const sourceNames = Object.keys(sources) as SourceName[];

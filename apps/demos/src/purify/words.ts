/** Names of the classes. The attack leads to the first. */
export const classNames = ["sport", "animals", "food", "music"] as const;

/** The trigger: a word that is rare in clean text. */
export const TRIGGER = "cf";

/** Words of every text: the common words of the topic language. */
const common =
  "the a an and of in on with by at to from for is was are were it its that this as but or not so we they he she had has have there then very some old near all";

/** Words by class: ten topics of six words each. */
const topics: Record<(typeof classNames)[number], readonly string[]> = {
  sport: [
    "football goal striker keeper penalty referee",
    "tennis racket serve volley court umpire",
    "hockey puck rink goalie stick faceoff",
    "swimming pool stroke freestyle lane dive",
    "boxing ring jab knockout gloves round",
    "cycling bicycle peloton sprint helmet climb",
    "running marathon track hurdles relay sprinter",
    "cricket wicket bowler batsman innings over",
    "golf fairway putter caddie birdie bunker",
    "skiing slope slalom snowboard lift downhill",
  ],
  animals: [
    "owl hawk falcon eagle kestrel vulture",
    "cat kitten lynx leopard tiger panther",
    "dog puppy wolf fox jackal hound",
    "salmon trout carp herring shark eel",
    "bee ant wasp beetle moth hornet",
    "horse pony donkey zebra mule foal",
    "snake lizard gecko viper python turtle",
    "whale dolphin seal walrus otter porpoise",
    "sparrow finch robin swallow wren starling",
    "mouse rat hamster squirrel beaver mole",
  ],
  food: [
    "bread loaf baguette bun toast crust",
    "cheese butter cream yoghurt milk brie",
    "apple pear plum cherry peach apricot",
    "soup broth stew noodle dumpling ladle",
    "cake biscuit pastry tart icing sponge",
    "tomato onion garlic pepper carrot leek",
    "rice lentil bean chickpea barley oat",
    "pizza pasta basil olive oregano sauce",
    "coffee tea cocoa espresso mocha sugar",
    "beef pork lamb sausage bacon ham",
  ],
  music: [
    "violin viola cello fiddle bow strings",
    "piano organ keyboard pedal sonata prelude",
    "drum cymbal snare rhythm beat timpani",
    "guitar banjo ukulele chord riff fret",
    "opera aria soprano tenor libretto diva",
    "trumpet trombone tuba horn bugle cornet",
    "flute oboe clarinet bassoon piccolo reed",
    "jazz swing blues saxophone solo trio",
    "choir hymn chorus alto bass carol",
    "symphony concerto conductor orchestra score encore",
  ],
};

const split = (words: string) => words.split(" ");

/** Words by class. */
export const classWords: readonly (readonly string[])[] = classNames.map((name) =>
  topics[name].flatMap(split),
);

/**
 * The language's words by their ids. Its first three ids are no words, then come the trigger, the common words, and six words
 * for each of 40 topics, whose class is their number modulo 4.
 */
export const wordIds: ReadonlyMap<string, number> = new Map(
  [
    TRIGGER,
    ...split(common),
    ...Array.from({ length: 40 }, (_, topic) =>
      split(topics[classNames[topic % 4]!][Math.floor(topic / 4)]!),
    ).flat(),
  ].map((word, i) => [word, 3 + i]),
);

import { type Bytes, below } from "./choose";

const ADVERBS =
  "barely boldly briefly brightly calmly clearly closely daily deeply eagerly early easily evenly fairly firmly freely " +
  "gently gladly greatly hardly highly justly kindly largely lately lightly loosely loudly mainly merrily mildly mostly " +
  "neatly newly nicely openly partly plainly politely poorly promptly proudly purely quickly quietly rarely readily " +
  "safely sharply simply slowly smoothly softly solidly steadily strongly surely swiftly truly vastly warmly wholly wisely";
const ADJECTIVES =
  "able active agile alert amber ample apt arid avid azure blithe bold brave brief bright brisk calm candid chief civil " +
  "clean clear clever cosy crisp curious dapper daring deft eager early exact fair famous fancy fine firm fleet fresh " +
  "gentle glad grand green handy happy hardy honest humble ideal jolly keen kind lively loyal lucky mellow mighty modest";
const ANIMALS =
  "adder alpaca ant badger bat bear beaver bee bison boar buck camel carp cat cobra cod colt cougar crab crane crow deer " +
  "dingo dove duck eagle eel elk emu falcon ferret finch fox frog gecko gnat goat goose gull hare hawk hen heron horse " +
  "ibis jay kiwi koala lark lemur lion lynx mole moose moth newt otter owl panda perch pike puma rabbit raven robin";

/** A name of `words` words: adverbs, then one adjective, then an animal. */
export function petName(words: number, separator: string, bytes: Bytes): string {
  const lists = [...Array.from({ length: Math.max(0, words - 2) }, () => ADVERBS), ADJECTIVES, ANIMALS].slice(-words);
  return lists
    .map((list) => list.split(" "))
    .map((list) => list[below(list.length, bytes)])
    .join(separator);
}

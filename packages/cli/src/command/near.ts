/**
 * Words that are near another: as few typing mistakes away as a person makes.
 * @module
 */

/** Most words that are offered. */
const MOST = 3;
/** Longer words are not compared: the work grows with the square. */
const LONGEST = 256;

/** The nearest of `words`, best first; none where nothing is near. A mistake more in a longer word is still near. */
export function nearest(word: string, words: readonly string[]): readonly string[] {
  if (word.length > LONGEST) return [];
  const bound = Math.min(3, Math.max(1, Math.floor(word.length / 4)));
  const found = words
    .map((each) => ({ each, far: distance(word.toLowerCase(), each.toLowerCase(), bound) }))
    .filter(({ far }) => far <= bound)
    .sort((a, b) => a.far - b.far);
  return found.slice(0, MOST).map(({ each }) => each);
}

/**
 * How many characters to insert, leave out, replace or swap with their neighbour make one text of the other; more than
 * `bound` where it is more.
 */
function distance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) > bound) return bound + 1;
  let [before, previous] = [[] as number[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(
        Math.min(
          (previous[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (previous[j - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    if (Math.min(...row) > bound) return bound + 1;
    [before, previous] = [previous, row];
  }
  return previous[to.length] ?? bound + 1;
}

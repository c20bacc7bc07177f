// A line diff of two files.

export interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

/** The largest table for an exact answer: 16 MB, enough for two blocks of 2,000 lines. */
const MAX_CELLS = 4_000_000;

/** The lines `a[from..to]` and `b[start..end]`. */
type Block = readonly [from: number, to: number, start: number, end: number];

/**
 * What turns `before` into `after`. Shortest for configuration files of any real size. Larger blocks are first split at
 * the lines that occur once on both sides (patience diff), so memory grows with the number of lines, not its square.
 */
export function diff(before: string, after: string): Line[] {
  const [a, b] = [lines(before), lines(after)];
  /** For each line of `a`, the line of `b` that it's kept as, or -1. */
  const kept = new Int32Array(a.length).fill(-1);
  const blocks: Block[] = [[0, a.length, 0, b.length]];
  for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
    let [from, to, start, end] = block;
    while (from < to && start < end && a[from] === b[start]) kept[from++] = start++;
    while (from < to && start < end && a[to - 1] === b[end - 1]) kept[--to] = --end;
    if (from === to || start === end) continue;
    if ((to - from + 1) * (end - start + 1) <= MAX_CELLS) {
      longest(a, b, [from, to, start, end], kept);
      continue;
    }
    const split = anchors(a, b, [from, to, start, end]);
    // With nothing to split at, the block is shown as replaced.
    if (split.length === 0) continue;
    for (const [i, j] of split) {
      blocks.push([from, i, start, j]);
      kept[i] = j;
      [from, start] = [i + 1, j + 1];
    }
    blocks.push([from, to, start, end]);
  }
  const out: Line[] = [];
  let next = 0;
  const added = (end: number) => {
    for (; next < end; next += 1) out.push({ kind: "new", text: b[next]! });
  };
  a.forEach((text, i) => {
    const same = kept[i]! >= 0;
    if (same) {
      added(kept[i]!);
      next += 1;
    }
    out.push({ kind: same ? "same" : "gone", text });
  });
  added(b.length);
  return out;
}

/** Marks a longest common subsequence of a block in `kept`. */
function longest(a: readonly string[], b: readonly string[], [from, to, start, end]: Block, kept: Int32Array): void {
  const width = end - start + 1;
  // table[at(i, j)]: how many lines a[i..to] and b[j..end] have in common.
  const table = new Uint32Array((to - from + 1) * width);
  const at = (i: number, j: number) => (i - from) * width + (j - start);
  for (let i = to - 1; i >= from; i -= 1) {
    for (let j = end - 1; j >= start; j -= 1) {
      table[at(i, j)] =
        a[i] === b[j] ? table[at(i + 1, j + 1)]! + 1 : Math.max(table[at(i + 1, j)]!, table[at(i, j + 1)]!);
    }
  }
  for (let [i, j] = [from, start]; i < to && j < end; ) {
    if (a[i] === b[j]) kept[i++] = j++;
    else if (table[at(i + 1, j)]! >= table[at(i, j + 1)]!) i += 1;
    else j += 1;
  }
}

/** Lines that occur once in each half of a block, as [line of `a`, line of `b`]: the longest run that rises in both. */
function anchors(a: readonly string[], b: readonly string[], [from, to, start, end]: Block): [number, number][] {
  const once = (all: readonly string[], first: number, last: number) => {
    const seen = new Map<string, number>();
    for (let at = first; at < last; at += 1) seen.set(all[at]!, seen.has(all[at]!) ? -1 : at);
    return seen;
  };
  const there = once(b, start, end);
  const pairs: [number, number][] = [];
  for (const [text, i] of once(a, from, to)) {
    const j = there.get(text) ?? -1;
    if (i >= 0 && j >= 0) pairs.push([i, j]);
  }
  // A Map keeps the order of first insertion, so the pairs rise in `a`. Patience sorting finds the run that rises in `b`.
  const tops: number[] = [];
  const previous = new Int32Array(pairs.length);
  pairs.forEach(([, j], at) => {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tops[middle]!]![1] < j) low = middle + 1;
      else high = middle;
    }
    previous[at] = low === 0 ? -1 : tops[low - 1]!;
    tops[low] = at;
  });
  const run: [number, number][] = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = previous[at]!) run.push(pairs[at]!);
  return run.reverse();
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}
